"""Blinded dossiers: what waits for one, what waits for a person, what the committee has."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from core.database import session
from core.jobs import Job
from grants.models.application import Application, Attachment
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.states.application import ApplicationState
from grants.states.screening import ClearingState


def without_dossier(call: Call, after: int, limit: int) -> list[Application]:
    """Return the next eligible applications of a call that have no dossier, with what blinding needs."""
    query = (
        select(Application)
        .outerjoin(BlindClearing, BlindClearing.application_id == Application.id)
        .options(
            joinedload(Application.applicant),
            joinedload(Application.organisation),
            selectinload(Application.attachments).joinedload(Attachment.stored_file, innerjoin=True),
        )
        .where(
            Application.call_id == call.id,
            Application.state == ApplicationState.ELIGIBLE,
            BlindClearing.id.is_(None),
            Application.id > after,
        )
        .order_by(Application.id)
        .limit(limit)
    )
    return list(session().scalars(query))


def count_without_dossier(call: Call) -> int:
    """Count the eligible applications of a call that have no dossier."""
    query = (
        select(func.count(Application.id))
        .outerjoin(BlindClearing, BlindClearing.application_id == Application.id)
        .where(
            Application.call_id == call.id, Application.state == ApplicationState.ELIGIBLE, BlindClearing.id.is_(None)
        )
    )
    return session().scalar(query) or 0


def clearings(
    call: Call, *, state: ClearingState | None = None, with_findings: bool | None = None
) -> Select[BlindClearing]:
    """Return the SELECT of a call's dossiers for the clearing desk, those with open findings first."""
    query = select(BlindClearing).where(BlindClearing.call_id == call.id)
    if state is not None:
        query = query.where(BlindClearing.state == state)
    if with_findings is not None:
        query = query.where(BlindClearing.open_findings > 0 if with_findings else BlindClearing.open_findings == 0)
    return query.order_by(BlindClearing.open_findings.desc(), BlindClearing.id)


def hold_clearing(clearing: BlindClearing) -> None:
    """Read a dossier as it stands now; until the transaction ends nobody else changes it."""
    session().refresh(clearing, with_for_update={"of": BlindClearing})


def clearing_by_id(clearing_id: int) -> BlindClearing | None:
    """Return a dossier with its application, applicant and call."""
    query = (
        select(BlindClearing)
        .options(
            joinedload(BlindClearing.call),
            joinedload(BlindClearing.application).joinedload(Application.applicant),
            joinedload(BlindClearing.application).joinedload(Application.organisation),
        )
        .where(BlindClearing.id == clearing_id)
    )
    return session().scalar(query)


def clearing_of(application: Application) -> BlindClearing | None:
    """Return the dossier of an application, if it was prepared."""
    return session().scalar(select(BlindClearing).where(BlindClearing.application_id == application.id))


def ready_dossier_ids(call: Call) -> list[int]:
    """Return the numbers of the cleared dossiers the committee does not have yet."""
    query = (
        select(BlindClearing.id)
        .where(BlindClearing.call_id == call.id, BlindClearing.state == ClearingState.CLEARED)
        .order_by(BlindClearing.id)
    )
    return list(session().scalars(query))


def dossiers_by_id(ids: Sequence[int]) -> list[BlindClearing]:
    """Return dossiers with their applications."""
    query = (
        select(BlindClearing)
        .options(joinedload(BlindClearing.application))
        .where(BlindClearing.id.in_(ids))
        .order_by(BlindClearing.id)
    )
    return list(session().scalars(query))


def clearing_counts(call: Call) -> dict[ClearingState, int]:
    """Count a call's dossiers by state."""
    rows = session().execute(
        select(BlindClearing.state, func.count())
        .where(BlindClearing.call_id == call.id)
        .group_by(BlindClearing.state)
        .order_by(BlindClearing.state)
    )
    return {row[0]: row[1] for row in rows}


def clean_awaiting(call: Call) -> list[BlindClearing]:
    """Return the dossiers in which nothing was found and which nobody has cleared."""
    return list(session().scalars(clearings(call, state=ClearingState.AWAITING, with_findings=False)))


def count_clean_awaiting(call: Call) -> int:
    """Count the dossiers in which nothing was found and which nobody has cleared."""
    query = select(func.count()).where(
        BlindClearing.call_id == call.id,
        BlindClearing.state == ClearingState.AWAITING,
        BlindClearing.open_findings == 0,
    )
    return session().scalar(query) or 0


def next_awaiting(clearing: BlindClearing) -> int | None:
    """Return the number of the next dossier of the call that waits for a person, or None."""
    query = (
        select(BlindClearing.id)
        .where(
            BlindClearing.call_id == clearing.call_id,
            BlindClearing.state == ClearingState.AWAITING,
            BlindClearing.id != clearing.id,
        )
        .order_by(BlindClearing.open_findings.desc(), BlindClearing.id)
        .limit(1)
    )
    return session().scalar(query)


def preparing_key(call: Call) -> str:
    """Return the key of the job that prepares a call's dossiers."""
    return f"grants.prepare_dossiers:{call.id}"


def preparing_job(call: Call) -> Job | None:
    """Return the latest job that prepares a call's dossiers."""
    return session().scalar(select(Job).where(Job.unique_key == preparing_key(call)).order_by(Job.id.desc()).limit(1))
