"""Gifts that get a fiscal receipt, and what it says."""

import io
from typing import Any

from pypdf import PdfReader
from sqlalchemy.orm import Session

from core.money import Money
from tests.factories.trust import give, make_fund, pesos
from trust.gateway import cfdi
from trust.models import Contribution, FiscalReceipt
from trust.queries.fiscal import fiscal_receipt_of
from trust.rules.cfdi import Receiver
from trust.services.fiscal import fiscal_xml

WANTED = Receiver("GODE561231GR8", "EMILIA GOMEZ DIAZ", "04100", "612", "D04")


def made_of(given: Contribution) -> FiscalReceipt:
    found = fiscal_receipt_of(given.receipt)
    assert found is not None
    return found


def facts_of(given: Contribution) -> dict[str, str]:
    return cfdi.facts_in(fiscal_xml(made_of(given)))


def donate(session: Session, money: Money | None = None, **facts: Any) -> Contribution:
    given = give(make_fund(), money or pesos(500), **facts)
    session.commit()
    return given


def text_of(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())
