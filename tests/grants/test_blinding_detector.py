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
    return Detector(identity).find(pieces)


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
        "Nombramos 20260101 2026 ejemplares.",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert found(text) == []


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
