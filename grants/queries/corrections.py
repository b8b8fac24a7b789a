"""The corrections people asked for of what they sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from core.database import session
from grants.models.application import Application
from grants.models.correction import DataCorrection
from grants.models.retention import Destruction
from grants.queries.applications import editable_applications
from grants.queries.calls import accepts_now
from grants.states.application import ApplicationState
from grants.states.correction import CorrectionState


def corrections_of(application: Application) -> list[DataCorrection]:
    """Return the corrections of an application, oldest first."""
    query = select(DataCorrection).where(DataCorrection.application_id == application.id)
    return list(session().scalars(query.order_by(DataCorrection.id)))


def correction_by_id(number: int) -> DataCorrection | None:
    """Return a correction with its application, applicant and call."""
    wanted = joinedload(DataCorrection.application)
    return session().get(
        DataCorrection,
        number,
        options=[wanted.joinedload(Application.applicant), wanted.joinedload(Application.call)],
    )


def corrections(state: CorrectionState | None = None) -> Select[DataCorrection]:
    """Return the SELECT of corrections for the staff, those to answer first, oldest first."""
    query = (
        select(DataCorrection)
        .join(DataCorrection.application)
        .options(contains_eager(DataCorrection.application).joinedload(Application.call))
    )
    if state is not None:
        query = query.where(DataCorrection.state == state)
    return query.order_by(DataCorrection.decided_at.is_not(None), DataCorrection.asked_at, DataCorrection.id)


def corrected(question_id: str) -> tuple[ScalarSelect[str], ScalarSelect[datetime | None]]:
    """Return, beside a row of applications, how an answer reads since it was last corrected and when; NULL without."""
    last = (
        select(DataCorrection.id)
        .where(
            DataCorrection.application_id == Application.id,
            DataCorrection.question_id == question_id,
            DataCorrection.state == CorrectionState.CORRECTED,
        )
        .order_by(DataCorrection.decided_at.desc(), DataCorrection.id.desc())
        .limit(1)
    )
    row = aliased(DataCorrection)
    number = last.correlate(Application).scalar_subquery()
    said, at = select(row.asked).where(row.id == number), select(row.decided_at).where(row.id == number)
    return said.correlate(Application).scalar_subquery(), at.correlate(Application).scalar_subquery()


def count_asked() -> int:
    """Count the corrections that nobody answered."""
    return session().scalar(select(func.count()).where(DataCorrection.state == CorrectionState.ASKED)) or 0


def said_of(low: int, high: int) -> dict[int, list[tuple[str, str]]]:
    """Return by application, of those numbered from `low` to `high`, each question and what its answer should say."""
    query = select(DataCorrection.application_id, DataCorrection.question_id, DataCorrection.asked)
    found: dict[int, list[tuple[str, str]]] = {}
    rows: Sequence[tuple[int, str, str]] = [
        (row[0], row[1], row[2])
        for row in session().execute(
            query.where(DataCorrection.application_id.between(low, high)).order_by(DataCorrection.id)
        )
    ]
    for number, question_id, said in rows:
        found.setdefault(number, []).append((question_id, said))
    return found


def correctable_applications(user_id: int) -> list[Application]:
    """Return the applications of which a person may ask to have data corrected, newest first: past editing."""
    query = editable_applications(user_id).where(Application.submitted_at.is_not(None), ~_destroyed())
    found = session().scalars(query)
    return [one for one in found if one.state is not ApplicationState.SUBMITTED or not accepts_now(one.call)]


def _destroyed() -> ColumnElement[bool]:
    return exists().where(Destruction.application_id == Application.id)
