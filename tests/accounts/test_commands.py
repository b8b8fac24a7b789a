from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from accounts.queries import user_by_email
from core.clock import FrozenClock
from core.roles import Role


def test_first_administrator_comes_from_the_console(
    session: Session, app: Flask, clock: FrozenClock, letters: Callable[[str], list[str]]
) -> None:
    console = app.test_cli_runner()
    opened = console.invoke(args=["accounts", "open", "Eva@example.org", "Eva", "--role", "administrator"])
    assert opened.exit_code == 0, opened.output
    assert letters("eva@example.org") == ["accounts.password_reset"]
    granted = console.invoke(args=["accounts", "grant", "eva@example.org", "programme_officer"])
    assert granted.output == "eva@example.org: administrator, applicant, programme_officer\n"
    person = user_by_email("eva@example.org")
    assert person is not None
    session.refresh(person)
    assert person.roles == {Role.APPLICANT, Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER}


def test_console_refuses_with_a_sentence(session: Session, app: Flask, clock: FrozenClock) -> None:
    console = app.test_cli_runner()
    for arguments in (["open", "nadie", "Eva"], ["grant", "nadie@example.org", "reviewer"]):
        refused = console.invoke(args=["accounts", *arguments])
        assert refused.exit_code == 1
        assert refused.output.startswith("Error: ")
    session.rollback()
    assert user_by_email("nadie@example.org") is None
