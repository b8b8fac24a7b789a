"""Tables, their order and their pages."""

from collections.abc import Iterator

import pytest
from flask import Flask, get_template_attribute

from core.listing import Listing
from tests.components.dom import elements


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/es/lista?orden=monto&pagina=2"):
        yield


def macro(name: str, *values: object, **named: object) -> str:
    return str(get_template_attribute("components/tables.html", name)(*values, **named))


def test_a_row_begins_with_its_header_and_every_cell_knows_its_column() -> None:
    html = macro("data_table", "Bolsas", ["Bolsa", ("Monto", "number")], [["General", 10]], foot=["Suma", 10])
    cells = [
        (tag, have["data-label"], have["class"]) for tag, have in elements(html, "th", "td") if "data-label" in have
    ]
    assert cells == [("th", "Bolsa", "cell-text"), ("td", "Monto", "cell-number")] * 2


def test_the_sorted_column_says_so_and_its_link_turns_the_order_round() -> None:
    html = macro("data_table", "Bolsas", [("Nombre", "text", "nombre"), ("Monto", "number", "monto")], [])
    assert [have.get("aria-sort") for _tag, have in elements(html, "th")] == [None, "ascending"]
    assert [have["href"] for _tag, have in elements(html, "a")] == ["/es/lista?orden=nombre", "/es/lista?orden=-monto"]


def test_values_are_escaped() -> None:
    html = macro("data_table", "<i>", ["<b>"], [["<script>"]])
    assert [tag for tag, _have in elements(html, "i", "b", "script")] == []


def test_pages_lead_back_and_forth_and_keep_the_order() -> None:
    middle: Listing[object] = Listing((), 60, 2, 25)
    assert [have["href"] for _tag, have in elements(macro("pagination", middle), "a")] == [
        "/es/lista?orden=monto&pagina=1",
        "/es/lista?orden=monto&pagina=3",
    ]
    assert macro("pagination", Listing((), 25, 1, 25)).strip() == ""


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        (Listing((), 0, 1, 25), "Sin resultados"),
        (Listing((), 1, 1, 25), "1 resultado"),
        (Listing((), 1_300, 2, 25), "26–50 de 1,300 resultados"),
    ],
)
def test_the_count_says_how_many(listing: Listing[object], said: str) -> None:
    assert f"<p>{said}</p>" in macro("list_count", listing)
