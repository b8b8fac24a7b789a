"""Objections to results: until when, which ones, and who may not decide them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from core.clock import now
from core.database import session
from grants.models.application import Application
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.determination import Appeal, Determination
from grants.models.screening import Screening
from grants.queries.determinations import determination_of, released_determination_of
from grants.rules.appeals import is_open, may_object
from grants.states.determination import AppealStanding, AppealState
from scoring.queries import readers_of


@dataclass(frozen=True, slots=True)
class AppealWindow:
    """From when until when an applicant may appeal; `closes_at` is the last second that counts."""

    opens_at: datetime
    closes_at: datetime
    is_open: bool


def appeal_window(application: Application) -> AppealWindow | None:
    """Return the window for appeals of an application.

    None where its call has none, nothing was released, or there is nothing to object to.
    """
    found = released_determination_of(application)
    if found is None or found.released_at is None or found.appeal_closes_at is None or not may_object(found.outcome):
        return None
    open_now = is_open(now(), released_at=found.released_at, closes_at=found.appeal_closes_at)
    return AppealWindow(found.released_at, found.appeal_closes_at, open_now)


def appeal_of(application: Application) -> Appeal | None:
    """Return the appeal on an application."""
    query = select(Appeal).join(Appeal.determination).where(Determination.application_id == application.id)
    return session().scalar(query)


def appeal_by_id(appeal_id: int) -> Appeal | None:
    """Return an appeal with its determination, application and applicant."""
    query = (
        select(Appeal)
        .options(
            joinedload(Appeal.determination).joinedload(Determination.application).joinedload(Application.applicant),
            joinedload(Appeal.determination).joinedload(Determination.call),
        )
        .where(Appeal.id == appeal_id)
    )
    return session().scalar(query)


_STANDS = {
    AppealStanding.FILED: and_(Appeal.state == AppealState.FILED, ~Appeal.admission.has()),
    AppealStanding.ADMITTED: and_(Appeal.state == AppealState.FILED, Appeal.admission.has()),
    AppealStanding.INADMISSIBLE: Appeal.admission.has(admitted=False),
    AppealStanding.UPHELD: Appeal.state == AppealState.UPHELD,
    AppealStanding.DISMISSED: and_(Appeal.state == AppealState.DISMISSED, ~Appeal.admission.has(admitted=False)),
}


def appeals(standing: AppealStanding | None = None) -> Select[Appeal]:
    """Return the SELECT of appeals for the staff, all or those that stand somewhere; open and older ones first."""
    query = (
        select(Appeal)
        .join(Appeal.determination)
        .join(Determination.application)
        .options(contains_eager(Appeal.determination).contains_eager(Determination.application))
        .options(contains_eager(Appeal.determination).joinedload(Determination.call))
    )
    if standing is not None:
        query = query.where(_STANDS[standing])
    return query.order_by(Appeal.resolved_at.is_not(None), Appeal.filed_at, Appeal.id)


def appeals_of(call: Call) -> list[Appeal]:
    """Return the appeals against a call's determinations, in the order they were filed."""
    query = (
        select(Appeal)
        .join(Appeal.determination)
        .options(contains_eager(Appeal.determination))
        .where(Determination.call_id == call.id)
        .order_by(Appeal.filed_at, Appeal.id)
    )
    return list(session().scalars(query))


def last_appeal_moment(call: Call) -> datetime | None:
    """Return the last second in which somebody may appeal against a call's determinations."""
    return session().scalar(select(func.max(Determination.appeal_closes_at)).where(Determination.call_id == call.id))


def count_open_appeals() -> int:
    """Count the appeals that nobody resolved."""
    return session().scalar(select(func.count()).where(Appeal.state == AppealState.FILED)) or 0


def first_reviewers(application: Application) -> frozenset[int | None]:
    """Return who decided about an application before: screened it, cleared its dossier or reviewed it."""
    screeners = session().scalars(
        select(Screening.decided_by_id).where(Screening.application_id == application.id).order_by(Screening.id)
    )
    clearers = session().scalars(
        select(BlindClearing.cleared_by_id)
        .where(BlindClearing.application_id == application.id)
        .order_by(BlindClearing.id)
    )
    found = determination_of(application)
    code = found.dossier_code if found is not None else None
    readers = readers_of([code]).get(code, frozenset()) if code is not None else frozenset()
    return frozenset([*screeners, *clearers, *readers]) - {None}
