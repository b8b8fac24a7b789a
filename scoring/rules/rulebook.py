"""The rulebook `puente-rulebook/1`: one JSON document that fixes, before anybody applies, how the winners are found.

Quantities are decimal strings, so that no reader's floating point changes a rule. Its name is the SHA-256 of its
RFC 8785 form.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.language import N_
from scoring.rules.provisions import (
    Bonus,
    ChargedTo,
    Criterion,
    Discrepancy,
    Envelope,
    Envelopes,
    Reserved,
    Rulebook,
    exact,
    moment,
    optional,
    plain,
    read,
    read_criterion,
    read_envelopes,
)

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

FORMAT = "puente-rulebook/1"

__all__ = [
    "FORMAT",
    "Bonus",
    "ChargedTo",
    "Criterion",
    "Discrepancy",
    "Envelope",
    "Envelopes",
    "Problem",
    "Reserved",
    "Rulebook",
    "canonical",
    "check",
    "digest",
    "exact",
    "moment",
    "parse",
    "plain",
    "read",
    "schema",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be a rulebook: where, a message to translate, and what fills its placeholders."""

    path: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 form of `document`: the bytes that are hashed and published."""
    import rfc8785  # local: as the validator

    return rfc8785.dumps(dict(document))


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form, in lower-case hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # local: computations without a rulebook need not wait for it

    # The schema is a constant of the program that happens to be written in JSON, so reading it once is not input.
    schema = json.loads(Path(__file__).with_name("rulebook.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def schema() -> dict[str, Any]:
    """Return the JSON Schema every rulebook conforms to."""
    document = _validator().schema
    assert isinstance(document, Mapping)
    return dict(document)


def check(document: object) -> list[Problem]:
    """Return every problem of shape, or else every contradiction; an empty list is a valid rulebook."""
    errors = sorted(_validator().iter_errors(document), key=lambda error: (error.json_path, str(error.validator)))
    if errors:
        return [_shape_problem(error) for error in errors]
    assert isinstance(document, Mapping)
    return list(_contradictions(document))


def parse(document: Mapping[str, Any]) -> Rulebook:
    """Return the rulebook as values to compute with.

    Raises:
        ValueError: `check` finds a problem; the first is named.
    """
    problems = check(document)
    if problems:
        raise ValueError(f"{problems[0].path}: {problems[0].message}")
    return read(document)


SAID, DETAIL = 60, 200
SHAPE_MESSAGES = {
    "required": N_("Falta un dato obligatorio: %(detail)s"),
    "additionalProperties": N_("Hay un dato que el formato no conoce: %(detail)s"),
    "pattern": N_("El valor no tiene la forma esperada: %(detail)s"),
    "enum": N_("El valor no es una de las opciones: %(detail)s"),
    "const": N_("El valor no es el único permitido: %(detail)s"),
}


def _shape_problem(error: "ValidationError") -> Problem:
    message = SHAPE_MESSAGES.get(str(error.validator), N_("El dato no cumple el formato: %(detail)s"))
    return Problem(error.json_path, message, {"detail": _detail(error)[:DETAIL]})


def _detail(error: "ValidationError") -> str:
    """Return what is wrong in names and values alone: the validator's own words are English."""
    asked, found = error.validator_value, error.instance
    if error.validator == "required" and isinstance(found, Mapping):
        return error.message.split("'")[1]  # one problem is told for each, by its name
    if error.validator == "additionalProperties" and isinstance(found, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        return ", ".join(name for name in found if name not in known)
    value = json.dumps(found, ensure_ascii=False)
    said = value if len(value) <= SAID else f"{value[:SAID]}…"
    return f"{said} ({error.validator}: {json.dumps(asked, ensure_ascii=False)})"


def _contradictions(document: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _weights(document)
    for index, entry in enumerate(document["criteria"]):
        yield from _scale(f"$.criteria[{index}]", entry)
    yield from _names(document)
    yield from _totals(document)
    yield from _loads(document["reviews"])
    yield from _ties(document)
    yield from _parts_of_budget(document)
    yield from _calendar(document.get("calendar", {}))


def _weights(document: Mapping[str, Any]) -> Iterator[Problem]:
    total = sum((Fraction(entry["weight"]) for entry in document["criteria"]), Fraction(0))
    if total != Fraction(document["weights_total"]):
        yield Problem(
            "$.weights_total",
            N_("Los pesos suman %(sum)s y las reglas dicen %(total)s."),
            {"sum": plain(total), "total": document["weights_total"]},
        )


def _scale(path: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    criterion = read_criterion(entry)
    name = {"criterion": criterion.id}
    if criterion.minimum >= criterion.maximum:
        yield Problem(f"{path}.scale", N_("La escala de «%(criterion)s» termina antes de empezar."), name)
        return
    steps = (criterion.maximum - criterion.minimum) / criterion.step
    if steps.denominator != 1:
        yield Problem(f"{path}.scale.step", N_("El paso de «%(criterion)s» no divide su escala."), name)
        return
    if steps > 100:
        yield Problem(f"{path}.scale.step", N_("La escala de «%(criterion)s» tiene más de 101 valores."), name)
        return
    if [value for value, _text in criterion.anchors] != criterion.values():
        yield Problem(
            f"{path}.anchors",
            N_("«%(criterion)s» necesita un descriptor para cada valor de su escala, en orden."),
            name,
        )
    if criterion.threshold is not None and not criterion.minimum <= criterion.threshold <= criterion.maximum:
        yield Problem(f"{path}.threshold", N_("El mínimo exigido de «%(criterion)s» está fuera de su escala."), name)


def _names(document: Mapping[str, Any]) -> Iterator[Problem]:
    for group in (["criteria"], ["bonus", "reserved"]):
        seen: set[str] = set()
        for key in group:
            for index, entry in enumerate(document[key]):
                if entry["id"] in seen:
                    yield Problem(f"$.{key}[{index}].id", N_("La clave «%(id)s» está repetida."), {"id": entry["id"]})
                seen.add(entry["id"])
    if len({entry["scale"]["better"] for entry in document["criteria"]}) > 1:
        yield Problem(
            "$.criteria", N_("No se puede sumar un criterio en que gana el más alto con otro en que gana el más bajo.")
        )


def _totals(document: Mapping[str, Any]) -> Iterator[Problem]:
    criteria = [read_criterion(entry) for entry in document["criteria"]]
    lowest = sum((c.weight * c.minimum for c in criteria), Fraction(0))
    highest = sum((c.weight * c.maximum for c in criteria), Fraction(0))
    bounds = {"low": plain(lowest), "high": plain(highest)}
    threshold = optional(document["score"]["threshold"])
    if threshold is not None and not lowest <= threshold <= highest:
        yield Problem(
            "$.score.threshold", N_("El mínimo total está fuera de lo posible: de %(low)s a %(high)s."), bounds
        )
    rule = document["discrepancy"]
    widest = max(c.maximum - c.minimum for c in criteria) if rule["measure"] == "criterion" else highest - lowest
    if Fraction(rule["spread_limit"]) > widest:
        yield Problem(
            "$.discrepancy.spread_limit",
            N_("Ninguna diferencia entre evaluaciones puede llegar a %(limit)s: la mayor posible es %(widest)s."),
            {"limit": rule["spread_limit"], "widest": plain(widest)},
        )


def _calendar(dates: Mapping[str, str]) -> Iterator[Problem]:
    found = {name: moment(text) for name, text in dates.items()}
    for name in sorted(name for name, at in found.items() if at is None):
        yield Problem(f"$.calendar.{name}", N_("No hay tal fecha y hora: %(text)s."), {"text": dates[name]})
    opens, closes = found.get("review_opens"), found.get("review_closes")
    if opens is not None and closes is not None and closes <= opens:
        yield Problem("$.calendar.review_closes", N_("El periodo de evaluación debe terminar después de empezar."))


def _parts_of_budget(document: Mapping[str, Any]) -> Iterator[Problem]:
    envelopes = read_envelopes(document["selection"].get("envelopes"))
    if envelopes is None:
        return
    path, names = "$.selection.envelopes", [part.id for part in envelopes.parts]
    total = sum((part.percent for part in envelopes.parts), Fraction(0))
    if total != 100:
        yield Problem(
            f"{path}.parts", N_("Las bolsas suman %(sum)s por ciento y deben sumar 100."), {"sum": plain(total)}
        )
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(f"{path}.parts[{index}].id", N_("La clave «%(id)s» está repetida."), {"id": name})
    if sorted(envelopes.refill) != sorted(set(names)):
        yield Problem(f"{path}.refill", N_("El orden en que se reparte lo que sobra debe nombrar cada bolsa una vez."))
    if document["reserved"] and envelopes.places_charged_to is None:
        yield Problem(
            f"{path}.places_charged_to",
            N_("Hay bolsas y lugares reservados: las reglas deben decir de qué dinero sale cada lugar reservado."),
        )


def _loads(reviews: Mapping[str, Any]) -> Iterator[Problem]:
    if reviews["min_load"] > reviews["max_load"]:
        yield Problem("$.reviews.min_load", N_("La carga mínima es mayor que la máxima."))
    lengths = reviews["justification"]
    if lengths["min_characters"] > lengths["max_characters"]:
        yield Problem("$.reviews.justification", N_("La justificación mínima es más larga que la máxima."))


def _ties(document: Mapping[str, Any]) -> Iterator[Problem]:
    ties = document["ties"]
    if ties[-1] != "lot":
        yield Problem("$.ties", N_("La lista de desempate debe terminar en el sorteo."))
    known = {f"criterion:{entry['id']}" for entry in document["criteria"]}
    known |= {f"reserved:{entry['id']}" for entry in document["reserved"]} | {"lot", "lower_request"}
    for index, tie in enumerate(ties):
        if tie not in known:
            yield Problem(
                f"$.ties[{index}]", N_("El desempate «%(tie)s» nombra algo que las reglas no tienen."), {"tie": tie}
            )
