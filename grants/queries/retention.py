"""What is due to be destroyed, what is held, and what was destroyed."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from core.audit import AuditEvent
from core.clock import local
from core.database import session
from core.files import StoredFile
from grants.models.application import Application, ApplicationVersion, Attachment, CoApplicant
from grants.models.award import Award
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.correction import DataCorrection
from grants.models.determination import Appeal, Determination, Letter
from grants.models.mail import ApplicationMail
from grants.models.mark import ApplicationAlike, ApplicationMark, SharedMark
from grants.models.note import ApplicationNote
from grants.models.retention import Destruction, RetentionHold
from grants.models.screening import CureRequest
from grants.states.application import ApplicationState
from grants.states.call import COURSE, CallState
from grants.states.determination import AppealState

OVER = (CallState.FINAL, CallState.CANCELLED)
CLOSED = (*COURSE[COURSE.index(CallState.CLOSED) :], CallState.CANCELLED)


def event_days() -> dict[str, dict[int, date]]:
    """Return, for each event of the schedule, the day on which it happened to each call. Constant in queries."""
    closed = {
        row.id: local(row.closes_at).date()
        for row in session().execute(
            select(Call.id, Call.closes_at).where(Call.state.in_(CLOSED), Call.closes_at.is_not(None)).order_by(Call.id)
        )
    }
    over = {str(number) for number in session().scalars(select(Call.id).where(Call.state.in_(OVER)).order_by(Call.id))}
    moves = select(AuditEvent).where(
        AuditEvent.subject == "call", AuditEvent.action == "call.moved", AuditEvent.subject_id.in_(over)
    )
    final = {
        int(event.subject_id): local(event.at).date()
        for event in session().scalars(moves.order_by(AuditEvent.id))
        if (event.after or {}).get("state") in OVER
    }
    return {"call_closed": closed, "call_final": final}


def _kept(call_ids: Iterable[int], states: Iterable[ApplicationState]) -> Select[Application]:
    """Return the SELECT of applications with data, in these calls and states, that no award came from."""
    return select(Application).where(
        Application.call_id.in_(sorted(call_ids)),
        Application.state.in_(sorted(states)),
        ~exists().where(Destruction.application_id == Application.id),
        ~exists().where(Award.application_id == Application.id),
    )


def _appealed() -> Select[int]:
    return (
        select(Determination.application_id)
        .join(Appeal, Appeal.determination_id == Determination.id)
        .where(Appeal.state == AppealState.FILED)
    )


def hold_still(call_id: int) -> None:
    """Let who holds a call's data wait for who destroys it, and the other way round, until the transaction ends."""
    query = select(Call.id).where(Call.id == call_id).order_by(Call.id)
    session().execute(query.with_for_update(key_share=True))


def next_due(call_ids: Iterable[int], states: Iterable[ApplicationState], after: int, limit: int) -> list[Application]:
    """Return the next applications to destroy; those with an open appeal, or in a held call, are left out."""
    query = _kept(call_ids, states).where(
        Application.id > after,
        Application.id.not_in(_appealed()),
        Application.call_id.not_in(select(RetentionHold.call_id).where(RetentionHold.lifted_at.is_(None))),
    )
    return list(session().scalars(query.order_by(Application.id).limit(limit)))


def count_kept(call_ids: Iterable[int], states: Iterable[ApplicationState]) -> dict[int, int]:
    """Count the applications with data by call."""
    found = _kept(call_ids, states).with_only_columns(Application.call_id, func.count())
    found = found.group_by(Application.call_id).order_by(Application.call_id)
    return {row[0]: row[1] for row in session().execute(found)}


def count_appealed(call_ids: Iterable[int]) -> dict[int, int]:
    """Count the applications with an open appeal, by call."""
    query = (
        select(Application.call_id, func.count())
        .where(Application.call_id.in_(sorted(call_ids)), Application.id.in_(_appealed()))
        .group_by(Application.call_id)
        .order_by(Application.call_id)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def calls_among(call_ids: Iterable[int]) -> dict[int, Call]:
    """Return calls by number."""
    query = select(Call).where(Call.id.in_(sorted(call_ids))).order_by(Call.id)
    return {call.id: call for call in session().scalars(query)}


def anything_kept() -> bool:
    """Return whether any application of a call that closed still has its data."""
    gone = exists().where(Destruction.application_id == Application.id)
    query = select(exists().where(Application.call_id == Call.id, Call.state.in_(CLOSED), ~gone))
    return bool(session().scalar(query))


def open_holds() -> list[RetentionHold]:
    """Return what is held now, oldest first, with the call."""
    query = select(RetentionHold).options(joinedload(RetentionHold.call)).where(RetentionHold.lifted_at.is_(None))
    return list(session().scalars(query.order_by(RetentionHold.id)))


def open_hold(number: int) -> RetentionHold | None:
    """Return one hold that stands, kept from others until the transaction ends."""
    query = select(RetentionHold).where(RetentionHold.id == number, RetentionHold.lifted_at.is_(None))
    return session().scalar(query.with_for_update().execution_options(populate_existing=True))


def destructions() -> Select[Destruction]:
    """Return the SELECT of the register of destruction with calls, newest first."""
    return select(Destruction).options(joinedload(Destruction.call, innerjoin=True)).order_by(Destruction.id.desc())


def destruction_of(application: Application) -> Destruction | None:
    """Return the record of an application's destruction, if it was destroyed."""
    return session().scalar(select(Destruction).where(Destruction.application_id == application.id))


def count_destroyed(call_id: int | None = None) -> int:
    """Count what was destroyed, of one call or of all."""
    query = select(func.count()).select_from(Destruction)
    return session().scalar(query if call_id is None else query.where(Destruction.call_id == call_id)) or 0


def last_destroyed() -> Destruction | None:
    """Return the newest record."""
    return session().scalar(select(Destruction).order_by(Destruction.id.desc()).limit(1))


# --- what belongs to an application ----------------------------------------------------------------------------------


def letters_of(application: Application) -> list[Letter]:
    """Return an application's letters."""
    return list(session().scalars(select(Letter).where(Letter.application_id == application.id).order_by(Letter.id)))


def cure_of(application: Application) -> CureRequest | None:
    """Return what an application was asked to cure."""
    return session().scalar(select(CureRequest).where(CureRequest.application_id == application.id))


def clearing_of(application: Application) -> BlindClearing | None:
    """Return an application's blinded dossier."""
    return session().scalar(select(BlindClearing).where(BlindClearing.application_id == application.id))


def dossier_codes_of(application: Application) -> set[str]:
    """Return under which codes committees had an application: a second one where an upheld appeal had it reviewed."""
    found = (
        clearing_of(application),
        session().scalar(select(Determination).where(Determination.application_id == application.id)),
    )
    return {one.dossier_code for one in found if one is not None and one.dossier_code is not None}


def appeal_of(application: Application) -> Appeal | None:
    """Return the appeal against an application's result."""
    query = select(Appeal).join(Appeal.determination).where(Determination.application_id == application.id)
    return session().scalar(query)


def stored_files(numbers: Iterable[int]) -> list[StoredFile]:
    """Return stored files by number."""
    query = select(StoredFile).where(StoredFile.id.in_(sorted(set(numbers)))).order_by(StoredFile.id)
    return list(session().scalars(query))


def left_of(application_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return what of destroyed applications is still in the database, by application: nothing, if all is well."""
    left: dict[int, set[str]] = {}
    for kind, column in (
        ("attachments", Attachment.application_id),
        ("companions", CoApplicant.application_id),
        ("letters", Letter.application_id),
        ("mails", ApplicationMail.application_id),
        ("marks", ApplicationMark.application_id),
        ("marks", SharedMark.application_id),
        ("marks", ApplicationAlike.application_id),
        ("cures", CureRequest.application_id),
        ("notes", ApplicationNote.application_id),
        ("corrections", DataCorrection.application_id),
    ):
        for number in session().scalars(select(column).where(column.in_(application_ids)).order_by(column)):
            left.setdefault(number, set()).add(kind)
    versions = select(ApplicationVersion.application_id).where(
        ApplicationVersion.application_id.in_(application_ids), ApplicationVersion.content != ""
    )
    for number in session().scalars(versions.order_by(ApplicationVersion.id)):
        left.setdefault(number, set()).add("versions")
    rows = select(Application).options(joinedload(Application.applicant)).where(Application.id.in_(application_ids))
    for application in session().scalars(rows.order_by(Application.id)):
        if application.answers or application.itinerary or application.budget or application.working_copy:
            left.setdefault(application.id, set()).add("answers")
        if not application.applicant.is_nobody:
            left.setdefault(application.id, set()).add("identity")
    return left
