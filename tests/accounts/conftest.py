"""What the tests of accounts share: the current code of the test authenticator, and the links in letters."""

import re
from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.rules.second_factor import step_at
from core import clock as time
from core.database import db
from core.settings import setting
from mail.models import OutboxMessage
from tests.factories.accounts import TOTP_SECRET


@pytest.fixture
def code_now() -> Callable[..., str]:
    """The code an authenticator shows now, or some half minutes away."""

    def code(offset: int = 0, secret: str = TOTP_SECRET) -> str:
        return pyotp.TOTP(secret).generate_otp(step_at(time.now()) + offset)

    return code


def messages_to(address: str) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.to == address).order_by(OutboxMessage.id)
    return list(db.session.scalars(query))


@pytest.fixture
def letters(session: Session) -> Callable[[str], list[str]]:
    """What the letters to an address were about, oldest first."""
    return lambda address: [letter.about for letter in messages_to(address)]


@pytest.fixture
def link(session: Session) -> Callable[[str], str]:
    """The path of the link in the latest letter to an address."""

    def path(address: str) -> str:
        session.expire_all()
        letter: OutboxMessage = messages_to(address)[-1]
        (found,) = set(re.findall(re.escape(setting("PUBLIC_URL")) + r"(/\S+)", letter.body_text))
        return str(found)

    return path


@pytest.fixture
def token(link: Callable[[str], str]) -> Callable[[str], str]:
    """The token of the link in the latest letter to an address."""
    return lambda address: link(address).rpartition("/")[2]
