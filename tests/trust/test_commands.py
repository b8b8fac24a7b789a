import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import is_sqlite
from tests.factories.tampering import disarm, disarm_balances
from tests.factories.trust import give, make_fund, pesos


def test_verify_says_that_the_books_agree_and_fails_when_they_do_not(app: Flask, session: Session) -> None:
    give(make_fund(), pesos(100))
    session.commit()
    answer = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert (answer.exit_code, answer.output) == (0, "The books agree to the cent.\n")
    disarm_balances(session)
    session.execute(text("UPDATE account_balance SET balance_cents = balance_cents + 1 WHERE account_code = '1.1.1'"))
    session.commit()
    answer = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert answer.exit_code == 1
    assert "running balance of account 1.1.1" in answer.output


def test_verify_tells_of_guards_that_were_taken_away_or_changed(app: Flask, session: Session) -> None:
    disarm(session, "posting", "posting_guard_update")
    names = [
        ("posting_guard_update", "missing" if is_sqlite() else "switched off"),
        ("account_guard_delete", "another"),
    ]
    if is_sqlite():
        session.execute(text("DROP TRIGGER account_guard_delete"))
        session.execute(text("CREATE TRIGGER account_guard_delete BEFORE DELETE ON account BEGIN SELECT 1; END"))
    else:
        body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$"
        session.execute(text(f"CREATE OR REPLACE FUNCTION account_guard_delete() {body}"))
    session.commit()
    answer = app.test_cli_runner().invoke(args=["ledger", "verify"])
    said = [f"guard {name} is {what}" for name, what in names]
    assert (answer.exit_code, sorted(answer.stdout.splitlines())) == (1, sorted(said))


@pytest.mark.parametrize(
    "never",
    ["WHEN (FALSE)", "WHEN (NEW.id < 0)", "WHEN (NEW.id IS DISTINCT FROM OLD.id)"],
)
def test_verify_tells_of_a_guard_that_is_never_asked(app: Flask, session: Session, never: str) -> None:
    if is_sqlite():
        stands = str(session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'posting_guard_update'")))
        changed = stands.replace("BEGIN", f"{never} BEGIN", 1)
    else:
        told = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'posting_guard_update'"
        stands = str(session.scalar(text(told)))
        changed = stands.replace("EXECUTE", f"{never} EXECUTE")
    assert never in changed
    _put(session, changed)
    answer = app.test_cli_runner().invoke(args=["ledger", "verify"])
    _put(session, stands)
    assert (answer.exit_code, answer.stdout) == (1, "guard posting_guard_update is another\n")


def _put(session: Session, statement: str) -> None:
    session.execute(text("DROP TRIGGER posting_guard_update" + ("" if is_sqlite() else " ON posting")))
    session.execute(text(statement))
    session.commit()


def test_a_year_is_opened_and_payments_are_caught_up(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["ledger", "open", "2027"]).output == "2027 is open.\n"
    assert runner.invoke(args=["ledger", "catch-up"]).output == "0 payments moved.\n"
