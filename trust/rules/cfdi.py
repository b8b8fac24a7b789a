"""What a receipt becomes for the tax office (CFDI 4.0 with Donatarias 1.1): facts in, a plan out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.mx import rfc as mexican

from core.money import Money, exponent
from trust.rules.cfdi_words import PAYMENT_FORMS, REGIMES_OF_RETURNS, REGIMES_OF_USE, RETURNS

GENERIC_RFC = "XAXX010101000"
FOREIGN_RFC = "XEXX010101000"
GENERIC_NAME = "PUBLICO EN GENERAL"
NO_DUTIES, NO_EFFECTS = "616", "S01"
FINANCIAL_HELP, ONE_OF_IT, PIECE = "84101600", "C62", "H87"
INVOICING, ACTIVITY = "84111506", "ACT"  # what a credit note is of, in the office's own guide
# The office takes a receipt that was dated at most this long ago.
STAMPED_WITHIN = timedelta(hours=72)
# Sponsorship is paid for with publicity and a subsidy is public money: neither is a gift anybody may deduct.
DEDUCTIBLE_KINDS = frozenset({"donation", "endowment"})
SIXTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Emitter:
    """Who issues: the trust, with the office's leave to receive deductible gifts."""

    rfc: str
    name: str
    regime: str
    postal_code: str
    authorisation: str
    authorised_on: date
    legend: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a fiscal receipt is made out to."""

    rfc: str
    name: str
    postal_code: str
    regime: str
    use: str

    @property
    def is_generic(self) -> bool:
        """Whether it stands for the public at large."""
        return self.rfc == GENERIC_RFC


@dataclass(frozen=True, slots=True)
class Concept:
    """The one line of a fiscal receipt. `amount` is quantity times unit value, in the decimals of its currency."""

    unit_code: str
    unit: str | None
    quantity: int
    unit_value: Decimal
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class FiscalPlan:
    """Everything a fiscal receipt says, before it is sealed."""

    emitter: Emitter
    receiver: Receiver
    concept: Concept
    series: str
    folio: str
    reference: str
    dated: datetime  # the emitter's local time, as the office wants it
    payment_form: str
    currency: str
    exchange_rate: Decimal | None  # pesos for one unit; none for pesos
    credits: str | None = None  # a credit note names the fiscal folio of the receipt that it takes from


def is_deductible(kind: str) -> bool:
    """Return whether a contribution of this kind is a gift that gets a fiscal receipt."""
    return kind in DEDUCTIBLE_KINDS


def plan_receipt(
    content: Mapping[str, Any], *, emitter: Emitter, receiver: Receiver | None, rate: Fraction | None, dated: datetime
) -> FiscalPlan:
    """Return what a receipt's frozen `content` becomes.

    Without a `receiver` it is made out to the public at large. `rate` is what the books valued a gift in another
    currency at: pesos for one unit of it.
    """
    money = Money(content["amount_cents"], content["currency"])
    series, year, folio = str(content["code"]).split("-")
    assert rate is not None or money.currency == "MXN"  # the books value every other currency in pesos
    return FiscalPlan(
        emitter=emitter,
        receiver=receiver or public_at_large(emitter),
        concept=_concept(money, content.get("item")),
        series=f"{series}{year}",
        folio=folio,
        reference=content["code"],
        dated=dated.replace(microsecond=0, tzinfo=None),
        payment_form=PAYMENT_FORMS[content["method"]],
        currency=money.currency,
        exchange_rate=None if rate is None or money.currency == "MXN" else _six_decimals(rate),
    )


def plan_credit_note(
    content: Mapping[str, Any],
    *,
    money: Money,
    number: int,
    credits: str,
    emitter: Emitter,
    receiver: Receiver | None,
    rate: Fraction | None,
    dated: datetime,
) -> FiscalPlan:
    """Return the credit note of what went back of a gift, made out as its fiscal receipt is, which it names."""
    gift = plan_receipt(content, emitter=emitter, receiver=receiver, rate=rate, dated=dated)
    whose = gift.receiver
    use = RETURNS if whose.regime in REGIMES_OF_RETURNS and not whose.is_generic else NO_EFFECTS
    amount = money.decimal
    return replace(
        gift,
        receiver=replace(whose, use=use),
        concept=Concept(ACTIVITY, None, 1, amount, amount, "Devolución parcial de donativo"),
        series=f"NC{gift.series}",
        folio=f"{gift.folio}-{number}",
        reference=f"{content['code']}-NC{number}",
        credits=credits,
    )


def public_at_large(emitter: Emitter) -> Receiver:
    """Return the receiver of a gift whose giver wants no fiscal receipt in a name."""
    return Receiver(GENERIC_RFC, GENERIC_NAME, emitter.postal_code, NO_DUTIES, NO_EFFECTS)


def too_old(dated: datetime, moment: datetime) -> bool:
    """Return whether the office would no longer take a receipt with this date."""
    return moment - dated > STAMPED_WITHIN


def clean_rfc(typed: str) -> str:
    """Return a tax number as the office writes it: no spaces or hyphens, capitals."""
    return re.sub(r"[\s.-]", "", typed).upper()


def rfc_fault(rfc: str) -> str:
    """Return what is wrong with a tax number: "" nothing, "form", "generic", or "digit" where only its check fails.

    About one real number in seventy was issued with a wrong check digit, so a person may insist on theirs.
    """
    if rfc in (GENERIC_RFC, FOREIGN_RFC):
        return "generic"
    try:
        understood = mexican.validate(rfc)
    except ValidationError:
        return "form"
    # The library forgives what the office's schema does not: digits of other scripts, a number without its last three.
    if understood != rfc or len(rfc) not in (12, 13) or rfc[-1] not in "0123456789A":
        return "form"
    return "" if mexican.is_valid(rfc, validate_check_digits=True) else "digit"


def regime_allows(use: str, regime: str) -> bool:
    """Return whether who is in this regime may put a receipt to this use."""
    return regime in REGIMES_OF_USE.get(use, frozenset())


def fiscal_name(typed: str) -> str:
    """Return a taxpayer's name as the office keeps it: capitals, single spaces, none of the sign that parts fields."""
    return _line(typed.upper(), 254)


def verification_url(*, uuid: str, emitter: str, receiver: str, total: str, seal: str) -> str:
    """Return the address where anybody asks the tax office about a stamped receipt."""
    return (
        "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"
        f"?id={uuid}&re={emitter}&rr={receiver}&tt={total}&fe={seal[-8:]}"
    )


def _concept(money: Money, item: Mapping[str, Any] | None) -> Concept:
    amount = money.decimal
    if item is None:
        return Concept(ONE_OF_IT, None, 1, amount, amount, "Donativo")
    quantity, unit = int(item["quantity"]), _line(item["unit"], 20) or None
    description = f"Donativo en especie: {item['description']}"
    cents = Decimal(1).scaleb(-exponent(money.currency))
    each = (amount / quantity).quantize(SIXTH, ROUND_HALF_UP)
    if each and (each * quantity).quantize(cents, ROUND_HALF_UP) == amount:
        return Concept(PIECE, unit, quantity, each, amount, _line(description, 1000))
    # So many that no unit value of six decimals multiplies back to the whole: it is given as one lot.
    lot = f"Donativo en especie: {quantity} {item['unit']}. {item['description']}"
    return Concept(ONE_OF_IT, None, 1, amount, amount, _line(lot, 1000))


def _six_decimals(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(SIXTH, ROUND_HALF_UP)


def _line(text: str, longest: int) -> str:
    """Return a text as one line that XML and the office's schema take; empty when nothing is left of it."""
    seen = "".join(c if c.isprintable() and c != "|" else " " for c in text)
    return " ".join(seen.split())[:longest].strip()
