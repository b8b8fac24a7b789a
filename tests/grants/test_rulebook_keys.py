"""Every key that a rulebook may have is set, seen and cleared in the editor, or has a reason here why not."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from grants.forms.decisions import DecisionForm
from grants.forms.envelopes import EnvelopesForm
from grants.forms.rulebook import CriterionForm, GroupForm
from grants.rules import rulebook_building as building
from scoring.rules.rulebook import check, schema
from tests.architecture.findings import assert_nothing
from tests.factories.rules import standard_rulebook

# Keys that nobody writes in the editor, and why.
WITHOUT_A_FIELD = {
    "format": "the name of the format",
    "weights_total": "added up from the weights",
    "score.rounding": "the only way there is",
    "criteria[].id": "made from the name",
    "bonus[].id": "made from the name",
    "reserved[].id": "made from the name",
    "selection.currency": "the call's",
    "selection.envelopes.parts[].id": "the axis or region",
    "selection.envelopes.parts[].name.es": "the axis or region",
    "selection.envelopes.parts[].name.en": "the axis or region",
    "lot.protocol": "the only one there is",
}
CALL_FORM = {
    "sections": [
        {
            "id": "uno", "title": {"es": "Uno"},
            "questions": [
                {"id": "green", "type": "yes_no", "label": {"es": "Verde", "en": "Green"}},
                {"id": "first_time", "type": "yes_no", "label": {"es": "Primera", "en": "First"}},
            ],
        }
    ]
}  # fmt: skip
AXES = [("uno", {"es": "Uno", "en": "One"}), ("dos", {"es": "Dos", "en": "Two"})]


def leaves(part: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths of every value a document of the format may have."""
    if "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        part = next(one for one in part["anyOf"] if one.get("type") != "null")
        yield from leaves(part, path)
    elif part.get("type") == "array":
        yield from leaves(part["items"], f"{path}[]")
    elif "properties" in part:
        for name, inner in part["properties"].items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path


def values(document: Any, path: str) -> list[Any]:
    """What a document says at a path, once for each part of a list."""
    name, _, rest = path.partition(".")
    is_list = name.endswith("[]")
    found = document.get(name.removesuffix("[]")) if isinstance(document, Mapping) else None
    if found is None:
        return []
    each = found if is_list else [found]
    return [value for one in each for value in values(one, rest)] if rest else list(each)


def least() -> dict[str, Any]:
    """A rulebook with nothing that can be left out."""
    found = standard_rulebook({"es": "Reglas", "en": "Rules"})
    found["criteria"] = [{**found["criteria"][0], "threshold": None}]
    found |= {"weights_total": "6", "bonus": [], "reserved": [], "ties": ["lot"]}
    found["score"]["threshold"] = None
    return found


def fullest() -> dict[str, Any]:
    """A rulebook that says everything the format can say, and each thing in another way than the least."""
    yes = {"question": "green", "in": ["yes"], "text": {"es": "Verde: Sí", "en": "Green: Yes"}}
    scale = {"min": "1", "max": "2", "step": "0.5", "better": "lower"}
    anchors = [{"value": value, "text": {"es": f"Es {value}", "en": f"Is {value}"}} for value in ("1", "1.5", "2")]
    criterion = {
        "id": "calidad", "name": {"es": "Rigor", "en": "Rigour"}, "description": {"es": "Bien", "en": "Well"},
        "weight": "2.5", "scale": scale, "anchors": anchors, "threshold": "1.5",
    }  # fmt: skip
    envelopes = {
        "by": "axis",
        "parts": [
            {"id": key, "name": name, "percent": share} for (key, name), share in zip(AXES, ("60", "40"), strict=True)
        ],
        "refill": ["dos", "uno"],
        "places_charged_to": "any_envelope",
    }
    return {
        "format": "puente-rulebook/1",
        "title": {"es": "Otras", "en": "Others"},
        "criteria": [criterion],
        "weights_total": "2.5",
        "score": {"threshold": "4", "decimals": 3, "rounding": "half_even"},
        "reviews": {
            "per_application": 2, "max_load": 9, "min_load": 1, "one_per_institution": False,
            "justification": {"min_characters": 33, "max_characters": 44},
        },
        "conflicts": ["other"],
        "discrepancy": {"measure": "criterion", "spread_limit": "1", "split_verdict": False, "further_reviewers": 2},
        "bonus": [{"id": "verde", "name": {"es": "Verde", "en": "Green"}, "points": "1.5", "when": yes}],
        "reserved": [
            {
                "id": "lugar", "name": {"es": "Lugar", "en": "Place"}, "places": 3, "winner_uses_place": False,
                "when": yes,
            }
        ],
        "ties": ["lower_request", "lot"],
        "selection": {
            "currency": "MXN", "cap_per_award_cents": 123_45, "skip_rule": "stop", "waiting_list": 7,
            "budget_cents": 678_90, "envelopes": envelopes, "lottery_band": "0.25",
        },
        "lot": {
            "protocol": "hmac-sha256-chain", "iterations": 77, "randomness_source": {"es": "Azar", "en": "Chance"},
        },
        "sessions": {"quorum_percent": "60", "tie": "chair", "signature_days": 21},
        "publication": {"scores": "totals", "justifications": "public"},
        "calendar": {"review_opens": "2026-05-04T09:00:00-06:00", "review_closes": "2026-05-29T18:00:00-06:00"},
    }  # fmt: skip


def edited(document: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """The document after every page of the editor that showed `shown` was saved on it."""
    better = shown["criteria"][0]["scale"]["better"]
    for part in shown["criteria"]:
        document = building.put_part(document, "criteria", CriterionForm.of(part).part(part["id"], better))
    for kind in building.GROUPS:
        for part in document[kind]:
            document = building.remove_part(document, kind, part["id"])
        for part in shown[kind]:
            document = building.put_part(
                document, kind, GroupForm.of(CALL_FORM, kind, part).part(part["id"], CALL_FORM)
            )
    for tie in document["ties"][:-1]:
        document = building.remove_tie(document, tie)
    for tie in shown["ties"][:-1]:
        document = building.add_tie(document, tie)
    document = DecisionForm.of(shown).changed(document)
    return EnvelopesForm.of(shown, AXES, AXES).changed(document)


EDITED = [path for path in leaves(schema()) if path not in WITHOUT_A_FIELD]


def test_the_reasons_are_of_keys_there_are() -> None:
    assert_nothing(sorted(set(WITHOUT_A_FIELD) - set(leaves(schema()))))
    assert (check(least()), check(fullest())) == ([], [])


@pytest.mark.parametrize(("begin", "end"), [(least, fullest), (fullest, least)])
def test_every_key_is_seen_set_and_cleared(app: Flask, begin: Any, end: Any) -> None:
    before, after = begin(), end()
    kept = deepcopy(before)
    with app.test_request_context():
        found = edited(before, after)
    assert before == kept
    same = [path for path in EDITED if values(before, path) == values(after, path)]
    assert_nothing(f"the two rulebooks of this test say the same: {path}" for path in same)
    wrong = [path for path in EDITED if _said(found, path) != _said(after, path)]
    assert_nothing(f"the editor does not keep {path}: {_said(found, path)}" for path in wrong)


def _said(document: Any, path: str) -> list[Any]:
    """The values, without those that say that there is none."""
    return [value for value in values(document, path) if value is not None]
