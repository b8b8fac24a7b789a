"""Nothing a person reads is left untranslated: a crawl in a language that marks every translated sentence."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from babel import Locale
from flask_babel import get_domain
from sqlalchemy import JSON, String, select

from core.database import Base, db
from core.language import in_catalogue
from tests.architecture.findings import assert_nothing
from tests.web.conftest import ROLES, VISITOR, World, visited
from tests.web.dom import Node
from tests.web.pages import Page, walk
from tests.web.pseudo import outside, write_catalogue

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

ATTRIBUTES = ("aria-label", "placeholder", "title", "alt", "content", "aria-description", "data-words-left")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Names, formats and units that are the same in every language.
SAME_EVERYWHERE = {
    *("Puente", "English", "Español", "PDF", "CSV", "JSON", "XLSX", "SVG", "JPEG", "PNG", "MB", "kB", "EUPL", "SHA"),
    *(
        "MXN",
        "USD",
        "EUR",
        "CAD",
        "GBP",
        "JPY",
        "ISO",
        "UTC",
        "ECB",
        "RFC",
        "CURP",
        "CLABE",
        "POA",
        "Stripe",
        "OXXO",
        "SPEI",
    ),
    *(
        "Giving",
        "DAC",
        "COP",
        "BRL",
        "CHF",
        "KRW",
        "km",
        "vs",
        "sha",
        "https",
        "http",
        "www",
        "localhost",
        "dark",
        "light",
    ),
    *("Windows", "CAMT"),  # an encoding and a bank's format
    *("Creative", "Commons", "Attribution", "tests"),
    *("string", "integer", "number", "boolean", "date"),  # types and names in the open data's schema
    *("beneficiary", "profile", "corrected"),
    *("width", "device", "initial", "scale", "FBFAF", "ffffff", "noindex", "index", "follow"),
}


@pytest.fixture(scope="module")
def marked(told: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Every page of every role in the marked language."""
    folder = tmp_path_factory.mktemp("pseudo")
    write_catalogue(folder)
    babel = told.app.extensions["babel"]
    with told.app.app_context():
        domain = get_domain()
    before = list(babel.translation_directories)
    babel.translation_directories[:] = [str(folder)]
    domain.cache.clear()
    in_catalogue.cache_clear()
    with visited(told):
        visitor = walk(told.app, told.client(VISITOR), VISITOR, language="en", samples=1)
        others = [role for role in ROLES if role != VISITOR]
        walked = [walk(told.app, told.client(who), who, language="en", samples=1, visitor=visitor) for who in others]
        pages = {each.role: list(each.html()) for each in (visitor, *walked)}
    babel.translation_directories[:] = before
    domain.cache.clear()
    in_catalogue.cache_clear()
    return pages


@pytest.fixture(scope="module")
def content(told: World) -> str:
    """Everything the database and the city's settings say, as one text to look things up in."""
    said: list[str] = []
    with visited(told), told.app.app_context():
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
            if columns:
                for row in db.session.execute(select(*columns)):
                    said.extend(text for value in row for text in strings(value))
        said.extend(text for value in told.app.config.values() for text in strings(value))
    for english in (Locale("en"), Locale("en", "GB")):
        months = english.months["format"]
        for names in (
            english.territories,
            english.languages,
            english.currencies,
            months["wide"],
            months["abbreviated"],
        ):
            said.extend(str(name) for name in names.values())
    return re.sub(r"\s+", " ", "\n".join(said)).casefold()


def strings(value: Any) -> Iterator[str]:
    """Yield every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def spoken(tree: Node) -> Iterator[str]:
    """Yield every text and attribute of a page that a person reads or hears; a field for another language says so."""
    for text in tree.xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::code or ancestor::textarea[@lang='es'])]"
        " | //title/text()"
    ):
        yield str(text)
    for name in ATTRIBUTES:
        for value in tree.xpath(f"//*[not(self::meta[@name='viewport' or @name='theme-color'])]/@{name}"):
            yield str(value)
    for node in tree.xpath("//body/@*[starts-with(name(), 'data-')]"):
        yield str(node)


def untranslated(page: Page, content: str) -> Iterator[str]:
    """Yield what a page says that neither the catalogue nor the database said."""
    return filter(None, (unknown_in(text, content) for text in spoken(page.tree)))


@cache  # pages say the same again and again, and the database says a lot
def unknown_in(text: str, content: str) -> str:
    """Return what of a text neither the catalogue nor the database said, or nothing."""
    rest = re.sub(r"https?://\S+", "", outside(text))
    if not LETTERS.search(rest) or rest.casefold() in content:
        return ""
    strange = [word for word in LETTERS.findall(rest) if word not in SAME_EVERYWHERE and word.casefold() not in content]
    phrase = rest.strip(" ·:,.()«»\"'→-")
    if strange or (len(phrase.split()) > 2 and phrase.casefold() not in content and not pieces_known(phrase, content)):
        return rest[:120]
    return ""


def pieces_known(phrase: str, content: str) -> bool:
    """Return whether a phrase is put together of known content: "Name · Name (12)"."""
    pieces = re.split(r"\s*[·:,;()«»/|→]\s*|\s+[–—-]\s+|\s*[\d.]+\s*", phrase)
    return all(
        piece.casefold() in content or set(piece.split()) <= SAME_EVERYWHERE or len(piece) < 3 for piece in pieces
    )


def test_nothing_is_said_in_one_language_only(marked: dict[str, list[Page]], content: str) -> None:
    found: dict[str, str] = {}
    for pages in marked.values():
        for page in pages:
            for text in untranslated(page, content):
                found.setdefault(f"{page.endpoint}: {text}", str(page))
    assert_nothing(f"{text!r} ({where})" for text, where in found.items())


def test_the_marks_reach_the_pages(marked: dict[str, list[Page]]) -> None:
    assert all(len(pages) > 5 for pages in marked.values())
    assert all("⟦" in page.body.decode() for pages in marked.values() for page in pages)


def test_the_check_would_notice(content: str) -> None:
    assert outside("⟦Hola ⟦tú⟧⟧ y adiós") == "y adiós"
    assert not LETTERS.search(outside("⟦Folio⟧ 2026-001"))
    assert "zanahoria morada" not in content
