"""Destroy what was sent once its time is over; keep a record without the data; hold what somebody still needs."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from accounts.queries import count_answers
from accounts.services import destroy_answers, forget_paper_person, nobody
from core.audit import record
from core.clock import end_of_day, now, today
from core.context import actor
from core.database import session
from core.files import StoredFile, is_gone
from core.files import forget as destroy_bytes
from core.settings import setting
from grants.errors.awards import ReasonMissing
from grants.errors.retention import CallHeld
from grants.models.application import Application, ApplicationVersion, Attachment, CoApplicant
from grants.models.call import Call
from grants.models.correction import DataCorrection
from grants.models.determination import Letter
from grants.models.feedback import FeedbackText
from grants.models.mail import ApplicationMail
from grants.models.note import ApplicationNote
from grants.models.retention import Destruction, RetentionHold
from grants.models.screening import Screening
from grants.queries import mail as mail_queries
from grants.queries import retention as queries
from grants.queries.applications import hold as hold_application
from grants.queries.companions import companions_of
from grants.rules.retention import ACCOUNT_CLOSED, RetentionRule, read_schedule
from grants.services.forgetting import NIGHTLY, plan_nightly
from grants.services.marks import forget_marks
from grants.services.partial_uploads import forget_uploads_to
from mail.services import forget_letters, forget_messages
from scoring.queries import dossier_by_code
from scoring.services import forget_dossier

BATCH = 50
EMPTY = "—"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the schedule in one call: since or from when, how many applications, and what keeps them."""

    call: Call
    rule: RetentionRule
    event_on: date
    due_on: date
    count: int
    appealed: int
    hold: RetentionHold | None

    @property
    def is_due(self) -> bool:
        """True once its day has come."""
        return self.due_on <= today()


def schedule() -> tuple[RetentionRule, ...]:
    """Return the published schedule of this deployment."""
    return read_schedule(setting("RETENTION"))


def what_is_due() -> list[Due]:
    """Return what every line of the schedule says about every call that has something, soonest first."""
    days = queries.event_days()
    calls = queries.calls_among({number for event in days.values() for number in event})
    holds = {hold.call_id: hold for hold in queries.open_holds()}
    appealed = queries.count_appealed(calls)
    found = []
    for rule in schedule():
        if rule.destroys and rule.event in days:
            counts = queries.count_kept(days[rule.event], rule.covers)
            found += [
                Due(
                    calls[number],
                    rule,
                    event_on := days[rule.event][number],
                    rule.due_on(event_on),
                    count,
                    appealed.get(number, 0),
                    holds.get(number),
                )
                for number, count in counts.items()
            ]
    return sorted(found, key=lambda due: (due.due_on, due.call.id, due.rule.id))


def destroy_due(*, progress: Progress | None = None) -> int:
    """Destroy everything whose day has come and that nothing holds; return how many applications.

    `progress` is called after each batch, and a job commits there: bytes go once the record of it is kept, so that a
    rollback loses nothing. What a crash left goes the next time.
    """
    _catch_up()
    for rule in schedule():
        if rule.event == ACCOUNT_CLOSED and rule.destroys:
            destroy_answers(end_of_day(rule.last_event_day(today())))
    gone = 0
    due = [one for one in what_is_due() if one.is_due and one.hold is None]
    total = sum(one.count for one in due)
    for one in due:
        last = 0
        while batch := _next_batch(one, last):
            files: list[StoredFile] = []
            for application in batch:
                files += destroy_application(application, one.rule, one.event_on)
            gone, last = gone + len(batch), batch[-1].id
            session().flush()
            if progress is not None:
                progress(gone, total)
            _destroy_bytes(files)
    return gone


def _next_batch(due: Due, after: int) -> list[Application]:
    queries.hold_still(due.call.id)  # a hold that was placed meanwhile counts, and none is placed in the middle
    return queries.next_due([due.call.id], due.rule.covers, after, BATCH)


def plan_destruction() -> None:
    """Have the schedule looked at again tomorrow, while anything may fall due."""
    if queries.anything_kept() or count_answers():
        plan_nightly(NIGHTLY)


def hold_call(call: Call, reason: str) -> RetentionHold:
    """Let nothing of a call be destroyed until the hold is lifted.

    Raises:
        ReasonMissing: it does not say why. CallHeld: it is held already.
    """
    if not reason.strip():
        raise ReasonMissing()
    queries.hold_still(call.id)
    hold = RetentionHold(call_id=call.id, reason=reason.strip(), placed_at=now(), placed_by_id=actor().user_id)
    try:
        with session().begin_nested():
            session().add(hold)
    except IntegrityError:
        raise CallHeld() from None
    record("retention.held", "call", call.id, None, {"hold": hold.id})
    return hold


def lift_hold(hold: RetentionHold, reason: str) -> None:
    """Let the schedule go on.

    Raises:
        ReasonMissing: it does not say why.
    """
    if not reason.strip():
        raise ReasonMissing()
    hold.lifted_at, hold.lifted_by_id, hold.lifted_reason = now(), actor().user_id, reason.strip()
    session().flush()
    record("retention.released", "call", hold.call_id, None, {"hold": hold.id})


def destroy_application(application: Application, rule: RetentionRule, event_on: date) -> list[StoredFile]:
    """Empty an application of what was written, sent and said about it, and of whose it was.

    What is left is a number, a state and the figures that sums are made of. Returns the files whose bytes are to go.
    """
    hold_application(application)
    if queries.destruction_of(application) is not None:
        return []
    person, letters = application.applicant, queries.letters_of(application)
    cure, clearing, appeal = (
        queries.cure_of(application),
        queries.clearing_of(application),
        queries.appeal_of(application),
    )
    numbers = [attachment.stored_file_id for attachment in application.attachments]
    numbers += [letter.stored_file_id for letter in letters if letter.stored_file_id is not None]
    numbers += cure.answer_files if cure is not None else []
    if clearing is not None:
        numbers += [file["stored_file_id"] for file in clearing.files if file.get("stored_file_id")]
        for code in sorted(queries.dossier_codes_of(application)):
            dossier = dossier_by_code(code)
            numbers += forget_dossier(dossier) if dossier is not None else []
        clearing.content, clearing.files, clearing.findings = {}, [], []
    files = queries.stored_files(numbers)
    counts = {"answers": len(application.answers), "files": len(files), "letters": len(letters)}
    counts["versions"] = application.submissions
    _log(application, rule, event_on, files, counts)
    if cure is not None:
        session().delete(cure)
    if appeal is not None:
        appeal.text, appeal.filed_by_id = EMPTY, None
        appeal.reason = EMPTY if appeal.reason is not None else None
    forget_messages(mail_queries.numbers_of(application))
    for subject in filter(None, (application.folio, f"/solicitudes/{application.id}/")):
        forget_letters(person.email, subject)
    for companion in companions_of(application):
        forget_letters(companion.email or "", person.name)
    forget_uploads_to(application)
    _empty(application)
    forget_paper_person(person)
    for stored in files:
        stored.original_name = EMPTY
    session().flush()
    return files


def _log(
    application: Application, rule: RetentionRule, event_on: date, files: list[StoredFile], counts: dict[str, int]
) -> None:
    fingerprints = {"content": application.content_sha256, "files": sorted(stored.sha256 for stored in files)}
    sealed = json.dumps(fingerprints, sort_keys=True).encode()
    session().add(
        Destruction(
            application_id=application.id,
            call_id=application.call_id,
            folio=application.folio,
            rule=rule.id,
            event_on=event_on,
            due_on=rule.due_on(event_on),
            destroyed_at=now(),
            counts=counts,
            files=[stored.id for stored in files],
            sha256=hashlib.sha256(sealed).hexdigest(),
        )
    )
    record("application.destroyed", "application", application.id, None, {"rule": rule.id, **counts})
    session().flush()  # the database lets a sealed text go only where this record stands


def _empty(application: Application) -> None:
    mine = application.id
    session().execute(
        update(ApplicationVersion)
        .where(ApplicationVersion.application_id == mine)
        .values(content="", submitted_by_id=None)
    )
    noted = update(Screening).where(Screening.application_id == mine, Screening.note != "")
    session().execute(noted.values(note=EMPTY))
    forget_marks(application)
    for table in (Attachment, ApplicationMail, Letter, CoApplicant, ApplicationNote, DataCorrection, FeedbackText):
        session().execute(delete(table).where(table.application_id == mine))
    session().expire(application, ["attachments"])
    application.answers, application.itinerary, application.budget = {}, [], []
    application.itinerary_key = None
    application.working_copy, application.edits, application.withdrawal_reason = None, {}, None
    application.applicant = nobody(queries.count_destroyed(application.call_id))


def _destroy_bytes(files: Iterable[StoredFile]) -> None:
    for stored in files:
        if not is_gone(stored):
            destroy_bytes(stored)


def _catch_up() -> None:
    last = session().scalars(queries.destructions().limit(BATCH)).all()
    _destroy_bytes(queries.stored_files(number for one in last for number in one.files))
