from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories.tampering import disarm_balances
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


def test_a_year_is_opened_and_payments_are_caught_up(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["ledger", "open", "2027"]).output == "2027 is open.\n"
    assert runner.invoke(args=["ledger", "catch-up"]).output == "0 payments moved.\n"
