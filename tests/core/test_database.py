"""The promises both databases keep, asked for with raw SQL."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.audit import AuditEvent, events_of, record
from core.clock import FrozenClock
from core.database import UtcDateTime, is_sqlite


def test_sqlite_runs_with_the_pragmas_money_needs(session: Session) -> None:
    if not is_sqlite():
        assert session.get_bind().dialect.name == "postgresql"
        return
    found = {
        name: session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
    }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_event SET action = 'forged'",
        "DELETE FROM audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT id, at, actor_id, actor_kind, request_id, 'forged', subject,"
        " subject_id, before, after FROM audit_event",
    ],
)
def test_audit_events_cannot_be_changed_by_anybody(session: Session, clock: FrozenClock, attack: str) -> None:
    record("thing.happened", "thing", 7, before={"n": 1}, after={"n": 2})
    session.commit()
    with pytest.raises(DBAPIError):
        session.execute(text(attack))
    session.rollback()
    (event,) = events_of("thing", 7)
    assert (event.action, event.before, event.after, event.at) == ("thing.happened", {"n": 1}, {"n": 2}, clock.now())


def test_an_event_dies_with_the_transaction_it_belongs_to(session: Session, clock: FrozenClock) -> None:
    record("thing.happened", "thing", 1)
    session.rollback()
    assert session.query(AuditEvent).count() == 0


def test_a_moment_without_a_zone_is_refused() -> None:
    class Dialect:
        name = "sqlite"

    kind = UtcDateTime()
    with pytest.raises(ValueError, match="zone"):
        kind.process_bind_param(datetime(2026, 1, 1), Dialect())  # type: ignore[arg-type]  # noqa: DTZ001
    local = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-6)))
    assert kind.process_bind_param(local, Dialect()) == datetime(2026, 1, 1, 6)  # type: ignore[arg-type]  # noqa: DTZ001
    assert kind.process_result_value(datetime(2026, 1, 1, 6), Dialect()) == datetime(2026, 1, 1, 6, tzinfo=UTC)  # type: ignore[arg-type]  # noqa: DTZ001
