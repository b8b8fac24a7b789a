"""What happened, written in the same transaction as the happening, and never changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.context import actor, request_id
from core.database import Base, JsonType, UtcDateTime, append_only, is_sqlite, refuse_truncate, session
from core.digests import digest_rows
from core.driver import Driver, Row, Saying, as_json

WHOLE_CHARACTERS = 2_000


class AuditEvent(Base):
    """One fact: who did what to which thing, with its state before and after. Ids only, no names."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_kind: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonType)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonType)


append_only("audit_event")
refuse_truncate("audit_event")
_COLUMNS = "at, actor_id, actor_kind, request_id, action, subject, subject_id, before, after"
_APPEND = f"INSERT INTO audit_event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 (constants)


def abridged(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values for an event: whole below 2,000 characters of JSON, longer ones by their length and SHA-256."""
    return {name: _abridged(value) for name, value in values.items()}


def _abridged(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) < WHOLE_CHARACTERS:
        return value
    return {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def record(
    action: str,
    subject: str,
    subject_id: int | str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append an event to the current transaction. `action` is in the past tense with its room: "call.published".

    `before` and `after` hold plain JSON values and no personal data: an audit row cannot be erased.
    """
    who = actor()
    event = AuditEvent(
        at=now(),
        actor_id=who.user_id,
        actor_kind=who.kind,
        request_id=request_id(),
        action=action,
        subject=subject,
        subject_id=str(subject_id),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    session().add(event)
    return event


def recording(driver: Driver, action: str, subject: str, subject_id: int, after: Mapping[str, Any]) -> Saying:
    """Return the statement that appends an event, to be said together with what it records."""
    return _APPEND, _rows(driver, action, subject, [(subject_id, after)])[0]


def record_each(driver: Driver, action: str, subject: str, facts: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Append an event for each of many things (id, state after) at once, straight through the driver."""
    driver.load("audit_event", _COLUMNS, _rows(driver, action, subject, facts))


def _rows(driver: Driver, action: str, subject: str, facts: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Row]:
    who, moment, request = actor(), driver.moment(now()), request_id()
    return [
        (moment, who.user_id, who.kind, request, action, subject, str(subject_id), "null", as_json(after))
        for subject_id, after in facts
    ]


def last_settled() -> int:
    """Return the last event's id, once nobody is writing an event before it any more; 0 when there is none.

    Ask before any other lock is taken: whoever is writing an event is waited for.
    """
    last = select(func.coalesce(func.max(AuditEvent.id), 0))
    if is_sqlite():  # one writer at a time
        return int(session().scalar(last) or 0)
    session().flush()
    waiting = session().connection().begin_nested()
    session().connection().execute(text("LOCK TABLE audit_event IN SHARE MODE"))
    found = session().connection().scalar(last)
    waiting.rollback()  # nobody need wait for us
    return int(found or 0)


def digest_events(after: int, up_to: int) -> tuple[int, str]:
    """Return how many events there are after one and up to another, and the fingerprint of all they say."""
    said = AuditEvent
    rows = session().execute(
        select(
            said.id, said.at, said.actor_id, said.actor_kind, said.request_id, said.action, said.subject,
            said.subject_id, said.before, said.after,
        )
        .where(AuditEvent.id > after, AuditEvent.id <= up_to)
        .order_by(AuditEvent.id),
        execution_options={"yield_per": 1_000},
    )  # fmt: skip
    return digest_rows(rows)


def events_of(subject: str, subject_id: int | str) -> list[AuditEvent]:
    """Return what happened to one thing, oldest first."""
    return list(
        session().scalars(
            select(AuditEvent)
            .where(AuditEvent.subject == subject, AuditEvent.subject_id == str(subject_id))
            .order_by(AuditEvent.id)
        )
    )
