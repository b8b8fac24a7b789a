"""The told year reads like one: numbers, dates and moments run the same way."""

from sqlalchemy import select

from core.clock import local
from core.database import session
from tests.web.conftest import World
from trust.models import JournalEntry


def test_numbers_dates_and_moments_of_the_books_run_together(world: World) -> None:
    with world.app.app_context():
        entries = session().scalars(select(JournalEntry).order_by(JournalEntry.fiscal_year, JournalEntry.number)).all()
        days = [entry.entry_date for entry in entries]
        moments = [entry.posted_at for entry in entries if entry.posted_at is not None]
        assert len(moments) == len(entries) > 30
        assert days == sorted(days)
        assert moments == sorted(moments)
        assert days == [local(moment).date() for moment in moments]
