"""Values as readers see them, in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, render_template_string

from core.language import in_language
from core.money import Money
from web import presentation

MIDNIGHT = datetime(2026, 11, 23, 5, 59, tzinfo=UTC)


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/es/lista?estado=abierta&pagina=3&q=son&q=jarocho"):
        yield


def test_moments_name_their_zone_in_both_languages(page: None) -> None:
    assert presentation.moment(MIDNIGHT) == "22 nov 2026, 23:59 (hora de la Ciudad de México)"
    with in_language("en"):
        assert presentation.moment(MIDNIGHT).startswith("22 Nov 2026, 23:59 (")
        assert presentation.moment(MIDNIGHT).endswith(" time)")


def test_a_moment_falls_on_the_citys_date_not_on_utcs(page: None) -> None:
    assert presentation.day(MIDNIGHT) == presentation.day(date(2026, 11, 22)) == "22 nov 2026"


def test_the_machine_reads_iso(page: None) -> None:
    assert presentation.machine_time(MIDNIGHT) == "2026-11-22T23:59:00-06:00"
    assert presentation.machine_time(date(2026, 11, 22)) == "2026-11-22"


def test_amounts_carry_their_currency_and_a_gain_its_sign(page: None) -> None:
    assert presentation.money(Money(2_500_000, "MXN")) == "$25,000.00\u202fMXN"
    assert presentation.money(Money(1, "MXN"), plus=True) == "+$0.01\u202fMXN"
    assert presentation.money(Money(0, "MXN"), plus=True) == "$0.00\u202fMXN"
    assert presentation.money(Money(-1, "MXN"), plus=True) == "\u2212$0.01\u202fMXN"


def test_nothing_is_a_dash(page: None) -> None:
    assert {presentation.money(None), presentation.day(None), presentation.moment(None), presentation.number(None)} == {
        "\u2014"
    }
    assert presentation.percent(None) == "\u2014"


def test_numbers_and_shares(page: None) -> None:
    assert presentation.number(1234567) == "1,234,567"
    assert [presentation.number(one) for one in (0, 999, 1000, -5)] == ["0", "999", "1,000", "-5"]
    assert presentation.number(Decimal("12.345"), 2) == "12.34"
    assert presentation.percent(0.453, 1) == "45.3\u00a0%"


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0\u00a0B"), (999, "999\u00a0B"), (1_500, "1.5\u00a0kB"), (25_000_000, "25\u00a0MB")]
)
def test_sizes_of_files(page: None, size: int, shown: str) -> None:
    assert presentation.filesize(size) == shown


def test_a_changed_filter_starts_at_page_one_and_keeps_the_rest(page: None) -> None:
    assert presentation.url_with(orden="-monto") == "/es/lista?estado=abierta&q=son&q=jarocho&orden=-monto"
    assert presentation.url_with(pagina=4) == "/es/lista?estado=abierta&q=son&q=jarocho&pagina=4"
    assert presentation.url_with(estado=None, q=None) == "/es/lista"


def test_the_same_page_in_the_other_language(page: None) -> None:
    assert presentation.url_in_language("en") == "/en/lista?estado=abierta&pagina=3&q=son&q=jarocho"


def test_an_address_without_language_leads_to_the_front_door(app: Flask) -> None:
    with app.test_request_context("/salud"):
        assert presentation.url_in_language("en") == "/en/"


def test_a_hostile_address_stays_on_this_site(app: Flask) -> None:
    with app.test_request_context("/es/<b>?_scheme=javascript&_external=1"):
        assert presentation.url_with(orden="a") == "/es/%3Cb%3E?_scheme=javascript&_external=1&orden=a"


def test_an_endless_query_is_not_carried_into_links(app: Flask) -> None:
    with app.test_request_context(f"/es/lista?estado=abierta&q={'%C3%B1' * 10_000}&orden=monto"):
        assert presentation.url_in_language("en") == "/en/lista?estado=abierta&orden=monto"
        assert presentation.url_with(pagina=2) == "/es/lista?estado=abierta&orden=monto&pagina=2"
    with app.test_request_context(f"/es/lista?{'q=son&' * 5_000}"):
        assert len(presentation.url_in_language("en")) <= len("/en/lista?") + 2_000


def test_filters_write_plain_text(page: None) -> None:
    said = render_template_string("{{ moment|date }} {{ amount|money }}", moment=MIDNIGHT, amount=Money(100, "USD"))
    assert said == "22 nov 2026 $1.00\u202fUSD"


def test_templates_say_words_in_the_readers_language_and_escape_what_is_filled_in(page: None) -> None:
    filled = '{{ _("Versión %(version)s.", version="<b>") }}'
    source = '{{ _("Saltar al contenido") }}|' + filled + '|{{ _("Al 100 %%, <i>sí</i>") }}'
    assert render_template_string(source) == "Saltar al contenido|Versión &lt;b&gt;.|Al 100 %, <i>sí</i>"
    with in_language("en"):
        assert render_template_string(source) == "Skip to content|Version &lt;b&gt;.|Al 100 %, <i>sí</i>"
    assert render_template_string(source).startswith("Saltar")


@pytest.mark.parametrize("locale", presentation.LOCALES.values())
def test_what_is_written_by_hand_is_what_the_locale_writes(page: None, locale: str) -> None:
    language = next(code for code, name in presentation.LOCALES.items() if name == locale)
    with in_language(language):
        for value in (0, 7, 999, 1_000, -1_234_567, 10**15):
            assert presentation.number(value) == format_decimal(value, format="#,##0", locale=locale)
            amount = format_decimal(Decimal(abs(value)).scaleb(-2), format="#,##0.00", locale=locale)
            assert presentation.money(Money(abs(value), "GBP")) == f"{amount}\u202fGBP"
        for month in range(1, 13):
            shown = format_date(date(2026, month, 9), "d MMM y", locale=locale)
            assert presentation.day(date(2026, month, 9)) == shown
            assert presentation.clock_moment(datetime(2026, month, 9, 18, 5, tzinfo=UTC)) == f"{shown}, 12:05"
