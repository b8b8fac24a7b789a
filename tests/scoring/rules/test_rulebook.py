import copy
import hashlib
import json
from fractions import Fraction
from typing import Any

import pytest

from scoring.rules import rulebook as rules
from tests.factories.rules import standard_rulebook


@pytest.fixture
def document() -> dict[str, Any]:
    return standard_rulebook({"es": "Reglas 2026", "en": "Rules 2026"})


def problems(document: object) -> list[tuple[str, str]]:
    return [(problem.path, problem.message % problem.params) for problem in rules.check(document)]


def test_the_standard_rulebook_is_valid(document: dict[str, Any]) -> None:
    assert rules.check(document) == []


def test_a_parsed_rulebook_holds_exact_numbers(document: dict[str, Any]) -> None:
    book = rules.parse(document)
    assert [(c.id, c.weight, c.threshold) for c in book.criteria] == [
        ("calidad", Fraction(6), Fraction(3)),
        ("impacto", Fraction(6), Fraction(3)),
        ("viabilidad", Fraction(5), Fraction(2)),
        ("alcance", Fraction(3), None),
    ]
    assert book.entitlements() == {"barrio", "primera_vez"}
    assert not book.lower_is_better


def test_the_digest_does_not_depend_on_the_order_of_keys(document: dict[str, Any]) -> None:
    shuffled = json.loads(json.dumps(dict(reversed(list(document.items())))))
    assert rules.digest(shuffled) == rules.digest(document)
    assert rules.digest(document) == hashlib.sha256(rules.canonical(document)).hexdigest()


def test_the_digest_changes_with_any_word(document: dict[str, Any]) -> None:
    other = copy.deepcopy(document)
    other["criteria"][0]["anchors"][0]["text"]["es"] += " "
    assert rules.digest(other) != rules.digest(document)


def test_canonical_form_follows_rfc_8785() -> None:
    assert rules.canonical({"b": "é", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"é"}'.encode()


def test_half_marks_give_every_half_as_a_value(document: dict[str, Any]) -> None:
    scale = {"min": "0", "max": "5", "step": "0.5", "better": "higher"}
    document["criteria"][0]["scale"] = scale
    document["criteria"][0]["anchors"] = [{"value": f"{n / 2:g}", "text": {"es": "Nivel"}} for n in range(11)]
    criterion = rules.parse(document).criterion("calidad")
    assert criterion.values() == [Fraction(n, 2) for n in range(11)]
    assert criterion.allows(Fraction("4.5"))
    assert not criterion.allows(Fraction("4.25"))
    assert not criterion.allows(Fraction("5.5"))


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (lambda d: d.update(weights_total="21"), "$.weights_total", "Los pesos suman 20 y las reglas dicen 21."),
        (
            lambda d: d.update(calendar={"review_opens": "2026-02-30T09:00:00Z"}),
            "$.calendar.review_opens",
            "No hay tal fecha y hora: 2026-02-30T09:00:00Z.",
        ),
        (
            lambda d: d.update(
                calendar={"review_opens": "2026-05-04T09:00:00-06:00", "review_closes": "2026-05-04T15:00:00Z"}
            ),
            "$.calendar.review_closes",
            "El periodo de evaluación debe terminar después de empezar.",
        ),
        (
            lambda d: d["criteria"][0]["scale"].update(step="2"),
            "$.criteria[0].scale.step",
            "El paso de «calidad» no divide su escala.",
        ),
        (
            lambda d: d["criteria"][1]["scale"].update(min="5"),
            "$.criteria[1].scale",
            "La escala de «impacto» termina antes de empezar.",
        ),
        (
            lambda d: d["criteria"][2]["anchors"].pop(2),
            "$.criteria[2].anchors",
            "«viabilidad» necesita un descriptor para cada valor de su escala, en orden.",
        ),
        (
            lambda d: d["criteria"][0].update(threshold="6"),
            "$.criteria[0].threshold",
            "El mínimo exigido de «calidad» está fuera de su escala.",
        ),
        (
            lambda d: d["score"].update(threshold="100.5"),
            "$.score.threshold",
            "El mínimo total está fuera de lo posible: de 0 a 100.",
        ),
        (
            lambda d: d["discrepancy"].update(spread_limit="101"),
            "$.discrepancy.spread_limit",
            "Ninguna diferencia entre evaluaciones puede llegar a 101: la mayor posible es 100.",
        ),
        (
            lambda d: d["reviews"].update(min_load=26),
            "$.reviews.min_load",
            "La carga mínima es mayor que la máxima.",
        ),
        (
            lambda d: d["reviews"]["justification"].update(min_characters=2000, max_characters=1999),
            "$.reviews.justification",
            "La justificación mínima es más larga que la máxima.",
        ),
        (
            lambda d: d.update(ties=["lot", "criterion:calidad"]),
            "$.ties",
            "La lista de desempate debe terminar en el sorteo.",
        ),
        (
            lambda d: d.update(ties=["criterion:belleza", "lot"]),
            "$.ties[0]",
            "El desempate «criterion:belleza» nombra algo que las reglas no tienen.",
        ),
        (
            lambda d: d["reserved"][0].update(id="barrio"),
            "$.reserved[0].id",
            "La clave «barrio» está repetida.",
        ),
    ],
)
def test_a_contradiction_is_named_where_it_is(document: dict[str, Any], change: Any, path: str, message: str) -> None:
    change(document)
    assert (path, message) in problems(document)


def test_directions_may_not_be_mixed(document: dict[str, Any]) -> None:
    document["criteria"][0]["scale"]["better"] = "lower"
    assert problems(document) == [
        ("$.criteria", "No se puede sumar un criterio en que gana el más alto con otro en que gana el más bajo.")
    ]


@pytest.mark.parametrize("bad", [None, [], "puente-rulebook/1", {}, {"format": "puente-rulebook/2"}])
def test_a_shapeless_document_is_refused_without_failing(bad: object) -> None:
    assert rules.check(bad) != []


def test_numbers_as_floats_are_refused(document: dict[str, Any]) -> None:
    document["criteria"][0]["weight"] = 6.0
    assert [problem.path for problem in rules.check(document)] == ["$.criteria[0].weight"]


def test_unknown_keys_are_refused(document: dict[str, Any]) -> None:
    document["secret_rule"] = "the mayor decides"
    assert [problem.path for problem in rules.check(document)] == ["$"]


def test_parse_refuses_what_check_refuses(document: dict[str, Any]) -> None:
    document["weights_total"] = "21"
    with pytest.raises(ValueError, match="weights_total"):
        rules.parse(document)
