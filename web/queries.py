"""What the roof itself shows: background work and the audit trail."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Table, func, select

from core.audit import AuditEvent
from core.database import session
from core.jobs import Job, JobState
from core.listing import contains


def jobs(state: JobState | None = None) -> Select[Job]:
    """Return the SELECT of background work, newest first."""
    query = select(Job).order_by(Job.id.desc())
    return query if state is None else query.where(Job.state == state)


def audit_events(
    *,
    search: str = "",
    subject: str | None = None,
    subject_id: str = "",
    actor_id: int | None = None,
    request_id: str = "",
) -> Select[AuditEvent]:
    """Return the SELECT of what happened, newest first; `search` looks into the names of actions."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    if search:
        query = query.where(contains(AuditEvent.action, search))
    if subject is not None:
        query = query.where(AuditEvent.subject == subject)
    if subject_id:
        query = query.where(AuditEvent.subject_id == subject_id)
    if actor_id is not None:
        query = query.where(AuditEvent.actor_id == actor_id)
    if request_id:
        query = query.where(AuditEvent.request_id == request_id)
    return query


def audited_subjects() -> list[str]:
    """Return the kinds of things that something has happened to, by name."""
    return list(session().scalars(select(AuditEvent.subject).distinct().order_by(AuditEvent.subject)))


def rows_about(table: Table, column: str, value: int | str, *, folded: bool = False) -> list[dict[str, Any]]:
    """Return the rows whose column is a person's id, or with `folded` their address however it is spelled."""
    key = func.lower(table.c[column]) if folded else table.c[column]
    query = select(table).where(key == value).order_by(*table.primary_key.columns)
    return [dict(row) for row in session().execute(query).mappings()]


def rows_among(table: Table, column: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows of a table whose column is among `values`; none for none."""
    if not values:
        return []
    query = select(table).where(table.c[column].in_(values)).order_by(*table.primary_key.columns)
    return [dict(row) for row in session().execute(query).mappings()]
