"""What became of the e-mails about applications."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Text, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from accounts.states import AccountState
from core.database import session
from core.files import StoredFile
from core.listing import like_pattern
from grants.models.application import Application, Attachment
from grants.models.award import Award, ExpenseLine, ExpenseReport
from grants.models.call import Call
from grants.models.determination import Determination, Letter
from grants.models.mail import ApplicationMail
from grants.models.queue import ApplicationOfficer, BulkAction, BulkRow
from grants.models.screening import CureRequest
from grants.states.bulk import BulkKind, BulkRowState, BulkState
from grants.states.determination import DeterminationState
from mail.gateway import UNREACHABLE
from mail.models import OutboxMessage
from mail.queries import LOST, is_last
from mail.states import MessageState


def mail_by_id(number: int) -> ApplicationMail | None:
    """Return an e-mail about an application by its number in the outbox."""
    wanted = [
        joinedload(ApplicationMail.message),
        joinedload(ApplicationMail.application).joinedload(Application.applicant),
    ]
    return session().get(ApplicationMail, number, options=wanted)


def repeats(mail: ApplicationMail) -> ApplicationMail | None:
    """Return the e-mail that was sent in the place of this one."""
    query = select(ApplicationMail).join(ApplicationMail.message)
    return session().scalar(query.where(OutboxMessage.again_of_id == mail.outbox_message_id))


def mails_of(application: Application) -> list[ApplicationMail]:
    """Return every e-mail to whoever applied, oldest first, with who sent it again."""
    query = (
        select(ApplicationMail)
        .options(joinedload(ApplicationMail.message, innerjoin=True), joinedload(ApplicationMail.sent_by))
        .where(ApplicationMail.application_id == application.id)
    )
    return list(session().scalars(query.order_by(ApplicationMail.outbox_message_id)))


def _about(call: Call, text: str = "") -> Select[Any]:
    """Return the SELECT of a call's e-mails; of those sent again, the last."""
    query = (
        select(ApplicationMail)
        .join(ApplicationMail.message)
        .join(ApplicationMail.application)
        .options(contains_eager(ApplicationMail.message), contains_eager(ApplicationMail.application))
        .where(Application.call_id == call.id, is_last())
    )
    if text:
        pattern = like_pattern(text.casefold())
        found = (func.lower(column).like(pattern, escape="\\") for column in (Application.folio, OutboxMessage.to))
        query = query.where(or_(*found))
    return query


def mails_in(call: Call, *, states: Sequence[MessageState] = (), text: str = "") -> Select[Any]:
    """Return the SELECT of the last e-mail of every letter of a call, newest first; `text` is a folio or an address."""
    query = _about(call, text)
    if states:
        query = query.where(OutboxMessage.state.in_(states))
    return query.order_by(ApplicationMail.outbox_message_id.desc())


def counts_in(call: Call) -> dict[MessageState, int]:
    """Count a call's letters by what became of them."""
    query = _about(call).with_only_columns(OutboxMessage.state, func.count()).order_by(OutboxMessage.state)
    return {row[0]: row[1] for row in session().execute(query.group_by(OutboxMessage.state))}


def held_in(call: Call) -> Select[Any]:
    """Return the SELECT of the letters of a call that are held: (application, folio, kind, until), by folio."""
    cures = (
        select(Application.id, Application.folio, literal("cure").label("kind"), BulkAction.undo_until.label("until"))
        .join(CureRequest, CureRequest.application_id == Application.id)
        .join(BulkRow, BulkRow.application_id == Application.id)
        .join(BulkAction, BulkAction.id == BulkRow.bulk_action_id)
        .where(
            Application.call_id == call.id,
            BulkRow.state == BulkRowState.DONE,
            BulkAction.kind == BulkKind.CURE,
            BulkAction.state == BulkState.DONE,
            ~exists().where(Letter.application_id == Application.id, Letter.kind == "cure"),
        )
    )
    pending = (
        select(Application.id, Application.folio, literal("determination").label("kind"), null().label("until"))
        .join(Determination, Determination.application_id == Application.id)
        .where(Application.call_id == call.id, Determination.state == DeterminationState.PENDING)
    )
    both = union_all(cures, pending).subquery()
    return select(both).order_by(both.c.folio, both.c.kind)


# --- letters that nobody will receive -------------------------------------------------------------------------------


def _lost() -> Select[Any]:
    return (
        select(ApplicationMail)
        .join(ApplicationMail.message)
        .join(ApplicationMail.application)
        .where(OutboxMessage.state.in_(LOST), OutboxMessage.to.not_like(f"%{UNREACHABLE}"), is_last())
    )


def lost_calls() -> Select[Any]:
    """Return the SELECT of the numbers of the calls of which a letter did not arrive."""
    return _lost().with_only_columns(Application.call_id)


def count_lost() -> int:
    """Count the letters that will not arrive unless somebody acts; who gave no address is not waited for."""
    return session().scalar(select(func.count()).select_from(_lost().subquery())) or 0


def who_waits(mail: ApplicationMail) -> int | None:
    """Return who waits for an e-mail: whoever sent it again, else whoever attends to its application."""
    if mail.sent_by_id is not None:
        return mail.sent_by_id
    attending = session().get(ApplicationOfficer, mail.application_id)
    return attending.officer_id if attending is not None else None


def untold(officer: User) -> list[ApplicationMail]:
    """Return the lost e-mails that an officer waits for and has not heard of, held until the transaction ends."""
    query = (
        _lost()
        .outerjoin(ApplicationOfficer, ApplicationOfficer.application_id == ApplicationMail.application_id)
        .options(contains_eager(ApplicationMail.application))
        .where(
            ApplicationMail.told_at.is_(None),
            func.coalesce(ApplicationMail.sent_by_id, ApplicationOfficer.officer_id) == officer.id,
        )
    )
    held = query.order_by(ApplicationMail.outbox_message_id).with_for_update(of=ApplicationMail)
    return list(session().scalars(held))


def numbers_of(application: Application) -> Sequence[int]:
    """Return the numbers in the outbox of every e-mail about an application."""
    query = select(ApplicationMail.outbox_message_id).where(ApplicationMail.application_id == application.id)
    return session().scalars(query.order_by(ApplicationMail.outbox_message_id)).all()


def officers_of_file(stored: StoredFile) -> list[tuple[Application, User]]:
    """Return the applications that sent a file, cleared something up or proved an expense by it, with who attends."""
    sent = select(Attachment.application_id).where(Attachment.stored_file_id == stored.id)
    proved = select(Award.application_id).join(ExpenseReport, ExpenseReport.award_id == Award.id)
    proved = proved.join(ExpenseLine, ExpenseLine.report_id == ExpenseReport.id)
    proved = proved.where(ExpenseLine.receipt_file_id == stored.id)
    named = cast(CureRequest.answer_files, Text).like(f"%{stored.id}%")  # at least these digits
    answers = session().execute(select(CureRequest.application_id, CureRequest.answer_files).where(named))
    answered = sorted(row[0] for row in answers if stored.id in row[1])
    query = (
        select(Application, User)
        .join(ApplicationOfficer, ApplicationOfficer.application_id == Application.id)
        .join(User, User.id == ApplicationOfficer.officer_id)
        .where(
            or_(*(Application.id.in_(some) for some in (sent, proved, answered))),
            User.state == AccountState.ACTIVE,
        )
    )
    return [(row[0], row[1]) for row in session().execute(query.order_by(Application.id))]
