"""What in a reviewer's words would tell an applicant who wrote them, or name somebody else."""

import pytest

from grants.rules.detector import FindingKind, Identity
from grants.rules.feedback import FeedbackSearch, Named, OtherNames

MINE, ANOTHER = 7, 8
OTHERS = OtherNames(
    [
        Named("Laura Itzel Robledo", FindingKind.REVIEWER),
        Named("Citlali Ahuatzi Peña", FindingKind.OTHER_APPLICANT, ANOTHER),
        Named("Noé Barragán Luna", FindingKind.OTHER_APPLICANT, MINE),
        Named("Casa de la Danza Tlaloque A.C.", FindingKind.OTHER_APPLICANT, ANOTHER, is_organisation=True),
        Named("Centro Cultural de la Ciudad", FindingKind.OTHER_APPLICANT, ANOTHER, is_organisation=True),
    ]
)
READERS = Identity(
    names=("Ramiro Oyarzábal Iturbe",), organisations=("Escuela Ollin de Artes",), emails=("ramiro.oy@example.org",)
)
SEARCH = FeedbackSearch(READERS, OTHERS)


@pytest.mark.parametrize(
    ("text", "kind", "matched"),
    [
        ("Saludos de Oyarzabal.", FindingKind.REVIEWER, "Oyarzabal"),
        ("Coincido con Laura Robledo en todo.", FindingKind.REVIEWER, "Laura Robledo"),
        ("Se nota la mano de la Escuela Ollin.", FindingKind.REVIEWER_ORGANISATION, "Ollin"),
        ("Menos logrado que lo de Citlali Peña.", FindingKind.OTHER_APPLICANT, "Citlali Peña"),
        ("Tlaloque propone algo parecido.", FindingKind.OTHER_APPLICANT, "Tlaloque"),
        ("La Casa de Danza Tlaloque propone lo mismo.", FindingKind.OTHER_APPLICANT, "Casa de Danza Tlaloque"),
        ("Escríbanme a ramiro.oy@example.org.", FindingKind.EMAIL, "ramiro.oy@example.org"),
        ("Vean @ollin_artes hoy.", FindingKind.HANDLE, "@ollin_artes"),
        ("En mi taller vimos algo igual.", FindingKind.SELF, "mi taller"),
        ("Mis propios alumnos lo hacen.", FindingKind.SELF, "Mis propios alumnos"),
        ("Quien esto escribe estuvo ahí.", FindingKind.SELF, "Quien esto escribe"),
        ("Conocí ese espacio en 2019.", FindingKind.SELF, "Conocí"),
        ("I worked there for a year.", FindingKind.SELF, "I worked"),
    ],
)
def test_what_tells_is_found(text: str, kind: FindingKind, matched: str) -> None:
    assert [(one.kind, one.matched) for one in SEARCH.find(text, MINE)] == [(kind, matched)]


@pytest.mark.parametrize(
    "text",
    [
        "A mi juicio, el calendario no alcanza para tres ciudades.",
        "Presente un plan más claro y participe en la siguiente.",
        "El proyecto de Noé Barragán es claro.",  # the applicant's own name
        "La danza es la casa de todas las artes; el centro cultural del barrio ayuda.",
        "Nuestra ciudad gana con esto.",
        "Laura y Citlali son nombres que cualquiera lleva.",
    ],
)
def test_what_tells_nobody_is_left_alone(text: str) -> None:
    assert SEARCH.find(text, MINE) == []


def test_a_member_of_the_committee_who_also_applies_is_named_all_the_same() -> None:
    twice = OtherNames([Named("Noé Barragán", FindingKind.REVIEWER), Named("Noé Barragán", FindingKind.SELF, MINE)])
    (found,) = FeedbackSearch(Identity(), twice).find("Lo dijo Noé Barragán.", MINE)
    assert found.kind is FindingKind.REVIEWER


def test_an_organisation_of_common_words_alone_is_not_looked_for() -> None:
    assert SEARCH.find("El centro cultural de la ciudad recibe.", MINE) == []
