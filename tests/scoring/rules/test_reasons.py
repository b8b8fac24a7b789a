import pytest

from core.language import in_language
from scoring.rules.reasons import SENTENCES, sentence
from scoring.rules.selection import Reason

pytestmark = pytest.mark.usefixtures("app")


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_a_reason_reads_in_both_languages_with_amounts_and_the_rulebooks_names() -> None:
    params: dict[str, str | int] = {"position": 4, "waiting": 1, "needed": 5_000_000, "left": 120_050}
    with in_language("es"):
        spanish = sentence(Reason.WAITLISTED_BUDGET, params, "MXN")
        below = sentence(Reason.BELOW_CRITERIA, {"criteria": "calidad, alcance"}, "MXN", {"calidad": "Calidad"})
    with in_language("en"):
        english = sentence(Reason.WAITLISTED_BUDGET, params, "MXN")
    assert spanish.replace("\u202f", " ") == (
        "Lugar 4 en el orden; necesita $50,000.00 MXN y quedan $1,200.50 MXN. Es el número 1 de la lista de espera."
    )
    assert english.replace("\u202f", " ") == (
        "Place 4 in the ranking; it needs $50,000.00 MXN and $1,200.50 MXN are left. "
        "It is number 1 on the waiting list."
    )
    assert below == "No llega al mínimo de las reglas en: Calidad, alcance."
