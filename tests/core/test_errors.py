"""Refusals say what happened in a sentence a person understands."""

import re

from flask import Flask

from core.errors import InvalidInput, MissingRate, NotFound, Refusal


def every_refusal(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """The whole family, whoever wrote it."""
    return [kind, *(found for child in kind.__subclasses__() for found in every_refusal(child))]


def test_a_refusal_fills_its_sentence_and_names_itself(app: Flask) -> None:
    refusal = MissingRate(base="EUR", quote="MXN", date="2026-03-01")
    assert refusal.message() == "No hay tipo de cambio publicado de EUR a MXN para el 2026-03-01."
    assert str(refusal) == "MissingRate(base='EUR', quote='MXN', date='2026-03-01')"
    assert (refusal.advice(), NotFound().advice()) == ("", "Revisa la dirección o vuelve al inicio.")


def test_every_refusal_is_an_answer_to_the_person_not_a_fault_of_ours(app: Flask) -> None:
    # These are not the person's doing: somebody outside is away, something is not installed or set up, or what was
    # stored no longer matches its hash.
    ours = {kind.__name__: kind.status for kind in every_refusal() if not 400 <= kind.status < 500}
    assert ours == {
        "ActTampered": 500,
        "FiscalExtraMissing": 503,
        "PacUnavailable": 503,
        "PaymentUnavailable": 503,
        "ReceiptTampered": 500,
        "SealUnusable": 503,
    }


def test_every_refusal_speaks_in_a_whole_sentence(app: Flask) -> None:
    poor = [
        kind.__name__
        for kind in every_refusal()
        if not re.fullmatch(r"(?s)[A-ZÁÉÍÓÚÑ«%¿¡].*[.?»)s]", kind.sentence) or kind.sentence.startswith("%s")
    ]
    assert poor == []


def test_a_child_without_its_own_sentence_keeps_its_parents(app: Flask) -> None:
    class Nothing(InvalidInput):
        pass

    assert Nothing().message() == "Hay un dato que no podemos aceptar."
