"""What people do about a month that is closed, and what is read of it."""

import io
from datetime import date
from typing import Any

import pypdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.context import Actor, acting_as
from mail.models import OutboxMessage
from tests.factories.trust import give, make_fund, pesos
from trust.models import Fund, PeriodReopening
from trust.services import (
    ask_reopening,
    grant_reopening,
)


def fund_with_gifts() -> Fund:
    """A fund with a gift in January and one in February."""
    fund = make_fund(name={"es": "Bolsa Ñandú", "en": "Rhea fund"})
    give(fund, pesos(100), received_on=date(2026, 1, 20))
    give(fund, pesos(40), received_on=date(2026, 2, 20))
    return fund


def acting(user: User) -> Any:
    return acting_as(Actor(user_id=user.id, roles=user.roles, label=user.name))


def letters(session: Session) -> list[tuple[str, str]]:
    return [(one.to, one.subject) for one in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def pdf_text(data: bytes) -> str:
    found = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return " ".join(found.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def reopen(user: User, other: User, month: int = 2) -> PeriodReopening:
    with acting(user):
        wish = ask_reopening(2026, month, reason="Faltó una factura")
    with acting(other):
        grant_reopening(wish)
    return wish
