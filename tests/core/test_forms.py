"""Fields read what people type, keep it when it is wrong, and never pass on what no column holds."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField

from core.forms import CityDateTimeField, MoneyField, PuenteForm, clean_text
from core.money import Money


class Offer(PuenteForm):
    class Meta(PuenteForm.Meta):
        csrf = False

    name = StringField(filters=[lambda text: text and text.upper()])
    reason = TextAreaField()
    amount = MoneyField(currency="MXN")
    until = CityDateTimeField()


def offer(app: Flask, **typed: str) -> Offer:
    with app.test_request_context():
        form = Offer(MultiDict(typed))
        form.validate()
        return form


@pytest.mark.parametrize(("typed", "cents"), [("1,234.50", 123450), (" $25 000 MXN ", 2500000), ("12\x0034", 123400)])
def test_money_is_read_as_people_type_it(app: Flask, typed: str, cents: int) -> None:
    form = offer(app, amount=typed)
    assert (form.amount.data, list(form.amount.errors)) == (Money(cents, "MXN"), [])


@pytest.mark.parametrize("typed", ["mil pesos", "1.234,50", "9" * 40, "<b>1</b>", "-"])
def test_money_that_cannot_be_read_is_shown_again_as_typed(app: Flask, typed: str) -> None:
    form = offer(app, amount=typed)
    assert form.amount.data is None
    assert len(form.amount.errors) == 1
    assert form.amount._value() == typed


def test_money_already_there_is_shown_with_its_decimals(app: Flask) -> None:
    with app.test_request_context():
        assert Offer(amount=Money(123450, "MXN")).amount._value() == "1,234.50"


def test_no_amount_is_nothing_and_no_error(app: Flask) -> None:
    form = offer(app, amount="  ")
    assert (form.amount.data, list(form.amount.errors)) == (None, [])


def test_text_loses_control_characters_before_its_own_filters(app: Flask) -> None:
    form = offer(app, name=" a\x00n\x07a\u202e ", reason="uno\r\ndos\x00\ttres ")
    assert (form.name.data, form.reason.data) == ("ANA", "uno\ndos\ttres")
    assert clean_text(None) is None


def test_a_moment_is_read_on_the_citys_clock(app: Flask) -> None:
    form = offer(app, until="2026-03-02T23:59:59")
    assert form.until.data is not None
    assert form.until.data.astimezone(UTC) == datetime(2026, 3, 3, 5, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["mañana", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-01", "2026-03-02T25:00"]
)
def test_a_moment_that_cannot_be_read_or_kept_is_shown_again_as_typed(app: Flask, typed: str) -> None:
    form = offer(app, until=typed)
    assert (form.until.data, len(form.until.errors), form.until._value()) == (None, 1, typed)
