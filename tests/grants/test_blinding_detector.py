"""What the detector must find, and what it must leave alone."""

from itertools import pairwise

import pytest

from grants.rules.detector import REDACTED, Detector, Finding, FindingKind, Identity, Piece, redact

WHO = Identity(
    names=("Juana Inés Núñez de la Cruz", "Luz Rojas Tzompantzi"),
    organisations=("Colectivo Raíz Profunda A.C.", "Telar"),
    emails=("jnunez.danza@example.org",),
    literals=("Calle Tulipán 48, interior 3", "abc"),
)


def scan(pieces: list[Piece], identity: Identity) -> list[Finding]:
    return Detector(identity, of_themselves=True).find(pieces)


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.matched) for finding in scan([Piece("summary", text)], WHO)]


@pytest.mark.parametrize(
    ("text", "kind", "matched"),
    [
        ("La coreógrafa Juana baila", "name", "Juana"),
        ("JUANA baila", "name", "JUANA"),
        ("nuñez y su grupo", "name", "nuñez"),
        ("Nunez y su grupo", "name", "Nunez"),
        ("Nu\u0301n\u0303ez en forma descompuesta", "name", "Nu\u0301n\u0303ez"),
        ("Núñ\u00adez con guion oculto", "name", "Núñ\u00adez"),
        ("Nú\u200bñez con espacio sin ancho", "name", "Nú\u200bñez"),
        ("Nú-\nñez partido en dos renglones", "name", "Nú-\nñez"),
        ("Јuаnа con letras cirílicas", "name", "Јuаnа"),
        ("Jᴜᴀɴᴀ con versalitas", "name", "Jᴜᴀɴᴀ"),
        ("Ｊｕａｎａ de ancho completo", "name", "Ｊｕａｎａ"),
        ("J u a n a separada", "name", "J u a n a"),
        ("la obra de Cruz", "name", "Cruz"),
        ("juana de la cruz", "name", "juana de la cruz"),
        ("luz rojas expone", "name", "luz rojas"),
        ("con raíz profunda como base", "organisation", "raíz profunda"),
        ("COLECTIVO RAIZ PROFUNDA", "organisation", "COLECTIVO RAIZ PROFUNDA"),
        ("el taller telar", "organisation", "telar"),
        ("escribe a otra.persona@correo.mx", "email", "otra.persona@correo.mx"),
        ("escribe a otra (arroba) correo.mx", "email", "otra (arroba) correo.mx"),
        ("sígueme en @juanadanza", "handle", "@juanadanza"),
        ("usuario jnunez en redes", "handle", "jnunez"),
        ("usuario juana_nunez en redes", "name", "juana_nunez"),
        ("usuario JuanaCruz en redes", "handle", "JuanaCruz"),
        ("CURP NUCJ850101MDFXXX09", "curp", "NUCJ850101MDFXXX09"),
        ("RFC NUCJ850101AB3", "rfc", "NUCJ850101AB3"),
        ("tel. 55 1234 5678", "telephone", "55 1234 5678"),
        ("Tel. 55 1234 5678, en las tardes", "telephone", "55 1234 5678"),
        ("Juanita la de Luz y Chayo", "name", "Juanita"),
        ("J. N. firma la pieza", "name", "J. N."),
        ("una pieza de J.I.N.C. y otra", "name", "J.I.N.C."),
        ("L. R. T.", "name", "L. R. T."),
        ("firmado JINC al margen", "name", "JINC"),
        ("Mi obra «Ceniza» se vio en tres barrios", "self", "Mi obra «Ceniza»"),
        ("Nuestro segundo disco titulado Alba de sal, de 2024", "self", "Nuestro segundo disco titulado Alba de sal"),
        ("En el barrio me dicen el Flaco.", "self", "me dicen el Flaco"),
        ("Mejor conocida como La Negra del Golfo, canta", "self", "conocida como La Negra del Golfo"),
        ("+52 (55) 1234-5678", "telephone", "+52 (55) 1234-5678"),
        ("ver https://ejemplo.test/perfil", "link", "https://ejemplo.test/perfil"),
        ("ver vimeo.com/123", "link", "vimeo.com/123"),
        ("en calle tulipan 48, interior 3", "identifying_answer", "calle tulipan 48, interior 3"),
    ],
)
def test_finds(text: str, kind: str, matched: str) -> None:
    assert (kind, matched) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "La luz de la calle cae sobre flores rojas.",
        "El cruce de fronteras; la cruz como símbolo.",
        "Del 2026-03-02 al 2026-04-15, con 25,000.00 MXN y 1,234,567 personas.",
        "Un colectivo con raíces en el barrio.",
        "abc es corto para buscarse",
        "Mi obra habla del mar y mi proyecto llega a tres barrios; nuestra obra se monta en un día.",
        "La obra «Bodas de sangre» y el libro «Pedro Páramo» son de otros.",
        "Me llaman la atención los patios, y me dicen que sí.",
        "Con 1,234,567 personas, y 55 1234, no un teléfono.",
        "jn y la juanita de la historia; la lupita, el memo.",
        "Nombramos 20260101 2026 ejemplares.",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert found(text) == []


def test_short_forms_are_looked_for_with_a_capital_and_only_where_they_are_theirs() -> None:
    who = Identity(names=("José Luis Guadalupe Pérez",))
    said = "Pepe, Joselu y Lupita; Paco y Nacho no; un pepe, una lupita."
    assert [one.matched for one in scan([Piece("title", said)], who)] == ["Pepe", "Joselu", "Lupita"]


def test_of_whoever_writes_about_somebody_else_their_own_works_are_not_asked() -> None:
    assert Detector(WHO).find([Piece("title", "Mi obra «Ceniza», conocida como la Gris")]) == []


def test_place_points_into_the_original() -> None:
    text = "¡Ánimo! La señora Núñez, sí."
    (finding,) = scan([Piece("sections.0.fields.1", text)], WHO)
    assert (finding.where, text[finding.start : finding.end]) == ("sections.0.fields.1", "Núñez")
    assert redact(text, finding.start, finding.end) == f"¡Ánimo! La señora {REDACTED}, sí."


def test_findings_do_not_overlap() -> None:
    findings = scan([Piece("title", "Juana Inés Núñez de la Cruz")], WHO)
    assert all(a.end <= b.start for a, b in pairwise(findings))
    assert findings[0].kind is FindingKind.NAME


def test_nothing_known_still_finds_addresses() -> None:
    assert [finding.kind for finding in scan([Piece("title", "a.b@c.mx")], Identity())] == [FindingKind.EMAIL]
