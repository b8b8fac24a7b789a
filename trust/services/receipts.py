"""Receipts: one number after another, one for each contribution, never changed, only cancelled."""

import secrets
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from core.audit import record
from core.clock import local, now
from core.database import session
from core.files import StoredFile, read, store_generated
from core.language import localised
from core.settings import setting
from trust import queries
from trust.documents import render_receipt
from trust.errors import ReasonRequired, ReceiptTampered
from trust.models import Contribution, ContributionForm, ContributionKind, Receipt, ReceiptCounter
from trust.rules import fingerprint
from trust.rules.cfdi_words import CancelCode
from trust.rules.packages import gift_part
from trust.services.fiscal import cancel_fiscal, open_fiscal
from trust.states import RECEIPT_STATES, ReceiptState

SERIES = {ContributionForm.CASH: "A", ContributionForm.IN_KIND: "E"}
insert_for: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_counter: Any = ReceiptCounter.__table__


def issue_receipt(
    contribution: Contribution, *, holder: str | None = None, tax_id: str | None = None, language: str = "es"
) -> Receipt:
    """Give a received contribution the next number of its series and year, and keep its PDF.

    Everything the receipt prints is frozen in `content`, so that it can be rendered again to the same bytes.
    `holder` None makes it out to the bearer.
    """
    issued_at = now()
    year = local(issued_at).year
    series = SERIES[contribution.form]
    number = _next_number(series, year)
    code = f"{series}-{year}-{number:06d}"
    content = _content(contribution, code, holder, tax_id, language)
    pdf = render_receipt(content)
    stored = store_generated(pdf, f"recibo-{code}.pdf", "application/pdf", "receipt")
    receipt = Receipt(
        series=series,
        year=year,
        number=number,
        code=code,
        contribution=contribution,
        content=content,
        sha256=fingerprint(pdf),
        stored_file_id=stored.id,
        token=secrets.token_urlsafe(32),
        issued_at=issued_at,
        state=ReceiptState.VALID,
    )
    session().add(receipt)
    session().flush()
    record("receipt.issued", "receipt", receipt.id, None, {"code": code, "sha256": receipt.sha256})
    open_fiscal(receipt)
    return receipt


def receipt_bytes(receipt: Receipt) -> bytes:
    """Return the PDF that was issued, rendered again from its frozen content when the file store lost it.

    Raises:
        ReceiptTampered: neither the kept file nor the frozen content gives the bytes that were issued.
    """
    stored = session().get_one(StoredFile, receipt.stored_file_id)
    try:
        data = read(stored)
    except FileNotFoundError:
        data = b""
    if fingerprint(data) != receipt.sha256:
        data = render_receipt(receipt.content)
    if fingerprint(data) != receipt.sha256:
        raise ReceiptTampered(code=receipt.code)
    return data


def cancel_receipt(receipt: Receipt, *, reason: str, code: CancelCode = CancelCode.ERRORS) -> None:
    """Take a receipt out of force, saying why. Its number stays used and its page says that it was cancelled.

    What it is before the tax office is cancelled with it, for the reason that the office's `code` stands for.

    Raises:
        IllegalTransition: it was cancelled before. ReasonRequired: no reason was given.
    """
    RECEIPT_STATES.check(receipt.state, ReceiptState.CANCELLED)
    if not reason.strip():
        raise ReasonRequired()
    receipt.state, receipt.cancelled_at, receipt.cancel_reason = ReceiptState.CANCELLED, now(), reason.strip()
    session().flush()
    record("receipt.cancelled", "receipt", receipt.id, {"state": "valid"}, {"state": "cancelled", "reason": reason})
    cancel_fiscal(receipt, code)


def _next_number(series: str, year: int) -> int:
    """Take the next number; the counter's row is locked until the transaction ends, so no number is skipped."""
    connection = session().connection()
    here = (_counter.c.series == series) & (_counter.c.year == year)
    taken = (
        update(_counter).where(here).values(last_number=_counter.c.last_number + 1).returning(_counter.c.last_number)
    )
    number = connection.execute(taken).scalar_one_or_none()
    if number is None:
        # Two first receipts of a year may meet here; whoever comes second finds the row the first one wrote.
        insert = insert_for[connection.dialect.name]
        connection.execute(insert(_counter).values(series=series, year=year, last_number=0).on_conflict_do_nothing())
        number = connection.execute(taken).scalar_one()
    return int(number)


def _content(
    contribution: Contribution, code: str, holder: str | None, tax_id: str | None, language: str
) -> dict[str, Any]:
    item = contribution.item
    accepted = queries.acceptance_of(contribution.id) if item is not None else None
    promised = _promised(contribution, language)
    return {
        "form": contribution.form.value,
        "kind": contribution.kind.value,
        "method": contribution.method.value,
        "code": code,
        "language": language,
        "holder": holder,
        "tax_id": tax_id,
        "amount_cents": contribution.amount_cents,
        "currency": contribution.currency,
        "received_on": contribution.received_on.isoformat() if contribution.received_on else None,
        "issued_on": local(now()).date().isoformat(),
        "fund_code": contribution.fund.code,
        "fund_name": localised(contribution.fund.name, language),
        "trust_name": localised(setting("TRUST_NAME"), language),
        "city_name": localised(setting("CITY_NAME"), language),
        "url": f"{setting('PUBLIC_URL')}/{language}/recibos/{code}",
        "item": None
        if item is None
        else {
            "description": item.description,
            "quantity": item.quantity,
            "unit": item.unit,
            "valuation": (accepted or item).valuation.value,
            "valuation_note": (accepted or item).valuation_note,
            "delivered_to": item.delivered_to,
        },
        **({"package": promised} if promised else {}),
    }


def _promised(contribution: Contribution, language: str) -> dict[str, Any] | None:
    """Return what a sponsor gets back, as text for the receipt: it changes no figure of the books."""
    if contribution.kind != ContributionKind.SPONSORSHIP or contribution.form != ContributionForm.CASH:
        return None
    package = queries.package_of(contribution.id)
    if package is None:
        return None
    return {
        "name": localised(package.name, language),
        "lines": [f"{one.quantity:,} × {localised(one.what, language)}" for one in package.benefits],
        "returned_cents": package.returned.amount_cents,
        "gift_cents": gift_part(contribution.money, package.returned).amount_cents,
    }
