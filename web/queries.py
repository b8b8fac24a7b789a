"""What the roof itself shows: background work and the audit trail."""

from sqlalchemy import Select, select

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
