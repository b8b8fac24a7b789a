"""Each breakdown answers the question it asks, and keeps back what few people could be told by."""

import pytest

from tests.transparency.figures import CATALOGUE
from transparency.documents.sections import people
from transparency.rules.breakdowns import DIMENSIONS, Count, breakdowns

pytestmark = pytest.mark.usefixtures("app")


def answer_about(dimension: str, *groups: tuple[str, int, int]) -> str:
    """Return the sentence about groups of name, decided and awarded."""
    counts = [Count(dimension, key, 1, 1, decided, awarded, awarded * 100) for key, decided, awarded in groups]
    (one,) = (
        one
        for one in breakdowns(counts, {**CATALOGUE, "profile": ("person", "collective", "organisation")}, "MXN")
        if one.dimension == dimension
    )
    return people.group(one).answer


@pytest.mark.parametrize(
    ("dimension", "groups", "said"),
    [
        (
            "axis",
            (("1", 20, 6), ("unknown", 30, 9)),
            "De los ejes que se muestran, el de más apoyos es «Ciudad creativa»: 6 de 15, entre 20 solicitudes.",
        ),
        (
            "region",
            (("europe", 20, 6), ("unknown", 30, 9)),
            "De las regiones que se muestran, la de más apoyos es «Europa»: 6 de 15, entre 20 solicitudes.",
        ),
        (
            "territory",
            (("Iztapalapa", 9, 5), ("Tlalpan", 20, 7)),
            "De las partes de la ciudad que se muestran, la de más apoyos es Tlalpan: 7 de 12, entre 20 solicitudes.",
        ),
        ("profile", (("person", 20, 9), ("collective", 20, 5)), "De 14 apoyos: personas, 9; colectivos, 5."),
        (
            "profile",
            (("person", 20, 9), ("collective", 8, 6), ("organisation", 3, 2)),
            "De 17 apoyos: personas, 9. Los demás se reservan para no señalar a nadie.",
        ),
        (
            "gender",
            (("woman", 20, 7), ("man", 20, 6)),
            "De 13 apoyos, 7 fueron para mujeres y 6 para hombres.",
        ),
        (
            "gender",
            (("woman", 20, 6), ("man", 20, 5), ("unknown", 40, 30)),
            "De 41 apoyos, 6 fueron para mujeres y 5 para hombres; en 30 no se preguntó, no se dijo o se reserva.",
        ),
        (
            "gender",
            (("woman", 20, 5), ("man", 20, 2), ("unknown", 40, 7)),
            "Cuántas mujeres y cuántos hombres se reserva: con tan pocas personas, la cifra diría de quién se trata.",
        ),
        (
            "first_time",
            (("yes", 20, 8), ("no", 20, 6)),
            "De 14 apoyos, 8 fueron para quienes solicitaban por primera vez.",
        ),
        (
            "first_time",
            (("yes", 3, 2), ("no", 20, 6)),
            "Cuántas eran primeras veces se reserva: con tan pocas personas, la cifra diría de quién se trata.",
        ),
    ],
)
def test_each_breakdown_answers_its_own_question(
    dimension: str, groups: tuple[tuple[str, int, int], ...], said: str
) -> None:
    assert answer_about(dimension, *groups) == said


def test_sums_of_what_may_be_corrected_say_that_they_count_what_was_sent() -> None:
    counts = [Count(one, "unknown", 1, 1, 20, 6, 600) for one in DIMENSIONS]
    sections = {one.dimension: people.group(one) for one in breakdowns(counts, CATALOGUE, "MXN")}
    said = {name for name, one in sections.items() if any("corregida después" in note for note in one.notes)}
    assert said == {"territory", "gender", "first_time"}
    assert sections.keys() == set(DIMENSIONS)
