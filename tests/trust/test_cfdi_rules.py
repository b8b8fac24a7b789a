"""What a receipt becomes for the tax office: codes out of its own lists, lines that multiply back, names it takes."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from core.money import Money, exponent
from trust.models import ContributionKind, Method
from trust.rules.cfdi import (
    Emitter,
    Receiver,
    clean_rfc,
    fiscal_name,
    is_deductible,
    plan_receipt,
    regime_allows,
    rfc_fault,
    too_old,
    verification_url,
)
from trust.rules.cfdi_words import CANCEL_CODES, PAYMENT_FORMS, REGIMES, REGIMES_OF_USE, USES, CancelCode

EMITTER = Emitter("EKU9003173C9", "ESCUELA KEMPER URGATE", "603", "06000", "325-SAT", date(2026, 1, 2), "Leyenda")
NOON = datetime(2026, 3, 2, 12, 0, 0, 999, UTC)


def offices_codes(name: str) -> set[str]:
    """Return one of the tax office's closed lists, out of the schema that the extra ships."""
    spec = find_spec("satcfdi")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "transform" / "schemas" / "www.sat.gob.mx" / "sitio_internet" / "cfd"
    space = "{http://www.w3.org/2001/XMLSchema}"
    for _event, node in etree.iterparse(str(folder / "catalogos" / "catCFDI.xsd"), tag=f"{space}simpleType"):
        if node.get("name") == name:
            return {one.get("value", "") for one in node.iter(f"{space}enumeration")}
        node.clear()
    raise AssertionError(name)


def content(**facts: Any) -> dict[str, Any]:
    return {
        "code": "A-2026-000007",
        "amount_cents": 50_000,
        "currency": "MXN",
        "method": "transfer",
        "item": None,
        **facts,
    }


def plan(**facts: Any) -> Any:
    receiver, rate = facts.pop("receiver", None), facts.pop("rate", None)
    return plan_receipt(content(**facts), emitter=EMITTER, receiver=receiver, rate=rate, dated=NOON)


def test_every_code_is_one_of_the_offices_own() -> None:
    assert set(REGIMES) == offices_codes("c_RegimenFiscal")
    assert set(USES) <= offices_codes("c_UsoCFDI")
    assert set(REGIMES_OF_USE) == set(USES)
    assert set().union(*REGIMES_OF_USE.values()) == set(REGIMES)
    assert set(PAYMENT_FORMS.values()) <= offices_codes("c_FormaPago")
    assert set(PAYMENT_FORMS) == {one.value for one in Method}
    assert set(CANCEL_CODES) == set(CancelCode)


@pytest.mark.parametrize(
    ("method", "code"), [("card", "04"), ("oxxo", "01"), ("spei", "03"), ("transfer", "03"), ("delivery", "12")]
)
def test_each_method_has_the_offices_way_of_payment(method: str, code: str) -> None:
    assert plan(method=method).payment_form == code


def test_only_gifts_are_deductible() -> None:
    assert {one.value for one in ContributionKind if is_deductible(one)} == {"donation", "endowment"}


def test_without_tax_data_it_is_made_out_to_the_public_at_large_where_it_is_issued() -> None:
    receiver = plan().receiver
    assert receiver == Receiver("XAXX010101000", "PUBLICO EN GENERAL", "06000", "616", "S01")
    assert receiver.is_generic


def test_number_and_moment_are_the_receipts_own() -> None:
    made = plan()
    assert (made.series, made.folio, made.reference) == ("A2026", "000007", "A-2026-000007")
    assert made.dated.isoformat() == "2026-03-02T12:00:00"


def test_pesos_carry_no_rate_and_another_currency_the_books() -> None:
    assert plan(rate=Fraction(1)).exchange_rate is None
    assert plan(currency="USD", rate=Fraction(17_123_4567, 10_000_000)).exchange_rate == Decimal("17.123457")
    with pytest.raises(AssertionError):
        plan(currency="USD")


@given(
    cents=st.integers(1, 10**13),
    quantity=st.integers(1, 10**9),
    currency=st.sampled_from(["MXN", "JPY", "USD"]),
    unit=st.text(min_size=1, max_size=60),
    what=st.text(min_size=1, max_size=1_100),
)
def test_a_line_in_kind_always_multiplies_back_to_the_whole(
    cents: int, quantity: int, currency: str, unit: str, what: str
) -> None:
    item = {"quantity": quantity, "unit": unit, "description": what}
    line = plan(amount_cents=cents, currency=currency, item=item, rate=Fraction(20), method="delivery").concept
    smallest = Decimal(1).scaleb(-exponent(currency))
    assert (line.unit_value * line.quantity).quantize(smallest, ROUND_HALF_UP) == Money(cents, currency).decimal
    assert line.quantity in (1, quantity)
    assert 0 < len(line.description) <= 1_000
    assert "|" not in line.description
    assert line.description.isprintable()
    assert line.unit is None or 0 < len(line.unit) <= 20


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("GODE561231GR8", ""),
        ("eku-900317-3c9", ""),
        ("EKU900317 3C9", ""),
        ("GODE561231GR9", "digit"),
        ("GODE561331GR8", "form"),
        ("GODE561231", "form"),
        ("GODE561231GRZ", "form"),
        ("", "form"),
        ("NO ES UN RFC", "form"),
        ("GODE561231GR８", "form"),
        ("XAXX010101000", "generic"),
        ("XEXX010101000", "generic"),
    ],
)
def test_a_tax_number_is_checked_down_to_its_last_character(typed: str, fault: str) -> None:
    assert rfc_fault(clean_rfc(typed)) == fault


def test_names_are_written_as_the_office_keeps_them() -> None:
    assert fiscal_name("  Muñoz | Hnos.\n y  Cía ") == "MUÑOZ HNOS. Y CÍA"
    assert len(fiscal_name("a" * 400)) == 254
    assert fiscal_name("Ana\x08\ufffe\ud800 Ruiz") == "ANA RUIZ"
    assert fiscal_name(" | \x00") == ""


def test_a_use_belongs_to_some_regimes_only() -> None:
    assert regime_allows("D04", "605")
    assert not regime_allows("D04", "601")
    assert regime_allows("G03", "601")
    assert not regime_allows("X99", "601")


def test_the_office_takes_a_date_for_three_days() -> None:
    assert not too_old(NOON, NOON + timedelta(hours=72))
    assert too_old(NOON, NOON + timedelta(hours=72, seconds=1))


def test_the_offices_page_is_asked_with_the_end_of_the_seal() -> None:
    address = verification_url(uuid="U", emitter="E", receiver="R", total="500.00", seal="abcdefgh12345678")
    assert address.endswith("?id=U&re=E&rr=R&tt=500.00&fe=12345678")
