"""The told year reads like one: numbers, dates and moments run the same way."""

from dataclasses import replace
from random import Random
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from core.clock import local
from core.database import session
from core.roles import Role
from tests.web.conftest import World
from transparency.rules.reconciliation import BookSum
from trust.models import JournalEntry, Receipt
from trust.services import cancel_receipt


def test_numbers_dates_and_moments_of_the_books_run_together(world: World) -> None:
    with world.app.app_context():
        entries = session().scalars(select(JournalEntry).order_by(JournalEntry.fiscal_year, JournalEntry.number)).all()
        days = [entry.entry_date for entry in entries]
        moments = [entry.posted_at for entry in entries if entry.posted_at is not None]
        assert len(moments) == len(entries) > 30
        assert days == sorted(days)
        assert moments == sorted(moments)
        assert days == [local(moment).date() for moment in moments]


def _report(world: World) -> Result:
    from web.demo.commands import report  # local: rooms are imported once the application is built

    @click.command()
    def print_report() -> None:
        report()

    with world.app.app_context():
        return CliRunner().invoke(print_report, terminal_width=300)


def test_the_reviewer_of_the_demo_has_work(world: World) -> None:
    page = world.client(Role.REVIEWER).get("/es/evaluacion").get_data(as_text=True)
    assert "Seguir con" in page


def test_the_proof_opens_every_public_report(world: World) -> None:
    from web.demo import proof  # local: rooms are imported once the application is built

    with world.app.app_context():
        found = proof.checks()
    names = [check.what for check in found]
    assert [check for check in found if not check.agrees] == []
    assert len([name for name in names if name.startswith("report of ")]) >= 5 + 2 + 3
    assert [name for name in names if name.startswith("receipts")] == [
        "receipts in force = income, EUR",
        "receipts in force = income, MXN",
    ]
    assert _report(world).exit_code == 0


def test_the_proof_fails_when_a_report_is_not_the_books(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from transparency.queries import ledger  # local: rooms are imported once the application is built

    true_sums = ledger.book_sums

    def one_cent_more(*asked: Any) -> tuple[BookSum, ...]:
        return tuple(replace(one, debit=one.debit + 1) for one in true_sums(*asked))

    monkeypatch.setattr(ledger, "book_sums", one_cent_more)
    assert _report(world).exit_code == 1


def test_the_proof_fails_when_a_receipt_in_force_is_missing(world: World) -> None:
    with world.app.app_context():
        receipt = session().scalars(select(Receipt).order_by(Receipt.id.desc())).first()
        assert receipt is not None
        cancel_receipt(receipt, reason="Prueba")
        session().commit()
    assert _report(world).exit_code == 1


def test_the_prose_repeats_little_and_groups_carry_no_numbers() -> None:
    from web.demo import opinions, prose  # local: rooms are imported once the application is built

    chance = Random(1)
    proposals = [prose.propose(chance, int) for _ in range(600)]
    assert all(one.theme in one.idea.themes for one in proposals)
    assert len({one.answers()["benefit"] for one in proposals}) >= 40
    said = {
        opinions.reason(chance, criterion, value)
        for criterion in opinions.CRITERIA
        for value in (1, 3, 5)
        for _ in "x" * 60
    }
    assert len(said) >= 60
    taken: set[str] = set()
    names = [prose.group_name(chance, taken, ["Tláhuac", "Iztacalco"]) for _ in range(400)]
    assert len(set(names)) == 400
    assert not any(character.isdigit() for name in names for character in name)
