"""Send a letter once, the row that keeps its words, the PDF and the e-mail in one transaction; and again, if asked."""

from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError

from accounts.models import User
from accounts.states import AccountState
from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.files import store_generated
from core.jobs import enqueue
from core.language import in_language
from core.settings import setting
from grants.documents.letters import letter_pdf
from grants.emails.officers import write_lost
from grants.errors.awards import ReasonMissing
from grants.models.application import Application
from grants.models.determination import Letter
from grants.models.mail import ApplicationMail
from grants.queries import mail as queries
from grants.queries.applications import hold
from grants.rules.letters import LetterText
from grants.services.impartiality import ensure_impartial
from mail.gateway import UNREACHABLE
from mail.models import OutboxMessage
from mail.services import enqueue_mail, send_again, when_lost

TELL = "grants.tell_lost_letters"
STRETCH = 15 * 60  # seconds

# What a person finds in their folder of downloads.
FILE_NAMES = {
    "determination": "carta-resultado",
    "cure": "carta-aclaracion",
    "promotion": "carta-lista-de-espera",
    "agreement": "carta-convenio",
    "report_returned": "carta-informe-devuelto",
    "report_accepted": "carta-informe-aceptado",
    "appeal": "carta-inconformidad",
    "appeal_admitted": "carta-inconformidad-admitida",
    "readmission": "carta-resultado-inconformidad",
    "correction_made": "carta-dato-corregido",
    "correction_refused": "carta-correccion-negada",
}


def send_letter(application: Application, text: LetterText, *, about: str) -> Letter:
    """Keep a letter, render its PDF and queue the e-mail to the applicant.

    `text` was composed in the applicant's language; `about` names the cause, and the database refuses a second letter
    of the same kind about the same thing.
    """
    person = application.applicant
    with in_language(person.language):
        data = letter_pdf(text, to=person.name, reference=application.folio or "", at=now())
    stored = store_generated(
        data, f"{FILE_NAMES.get(text.kind, 'carta')}-{application.folio}.pdf", "application/pdf", "letter"
    )
    letter = Letter(
        application_id=application.id,
        kind=text.kind,
        about=about,
        language=person.language,
        subject=text.subject,
        paragraphs=list(text.paragraphs),
        stored_file_id=stored.id,
        sent_at=now(),
    )
    session().add(letter)
    action = None
    if text.action is not None:
        label, path = text.action
        action = (label, f"{setting('PUBLIC_URL')}/{person.language}{path}")
    message = enqueue_mail(
        to=person.email,
        subject=text.subject,
        paragraphs=list(text.paragraphs),
        language=person.language,
        action=action,
        attachments=[stored],
        about=f"grants.{text.kind}",
    )
    keep_mail(application, message, letter)
    return letter


def keep_mail(application: Application, message: OutboxMessage, letter: Letter | None = None) -> None:
    """Put on record which application an e-mail is about, so that officers see what became of it."""
    session().add(ApplicationMail(message=message, application_id=application.id, letter=letter))


def send_mail_again(mail: ApplicationMail, *, to: str, reason: str) -> ApplicationMail:
    """Send the same words and files once more, to the same address or a corrected one, and say why.

    Asked twice about the same e-mail and address, it is sent once; the one sent in its place may be sent again in turn.

    Raises:
        OwnCase: whoever sends has a stake in the application. ReasonMissing. What `mail.services.send_again` raises,
        SentAgain too where somebody else sent it to another address meanwhile.
    """
    application = mail.application
    ensure_impartial(application)
    if not reason.strip():
        raise ReasonMissing()
    hold(application)
    repeated = queries.repeats(mail)
    if repeated is not None and repeated.message.to == to:  # the second of two clicks
        return repeated
    message = send_again(mail.message, to=to)
    again = ApplicationMail(
        message=message,
        application_id=application.id,
        letter_id=mail.letter_id,
        sent_by_id=actor().user_id,
        reason=reason.strip(),
    )
    session().add(again)
    session().flush()
    told = {"from": mail.outbox_message_id, "again": message.id, "reason": reason.strip()}
    record("letter.sent_again", "application", application.id, None, told)
    return again


@when_lost
def plan_telling(message: OutboxMessage) -> None:
    """Have whoever waits for a letter that will not arrive told of it, together with all of a quarter of an hour."""
    mail = queries.mail_by_id(message.id)
    if mail is None or message.to.endswith(UNREACHABLE):
        return
    officer = queries.who_waits(mail)
    if officer is None:
        return  # it stands on the desk of every officer
    turn = int(now().timestamp()) // STRETCH + 1
    try:
        with session().begin_nested():
            enqueue(
                TELL,
                {"officer": officer},
                run_after=datetime.fromtimestamp(turn * STRETCH, UTC),
                unique_key=f"{TELL}:{officer}:{turn}",
            )
    except IntegrityError:
        return  # another letter was lost in this very moment


def tell_officer(officer: User) -> int:
    """Write to an officer about every lost letter they wait for and have not heard of; return how many."""
    lost = queries.untold(officer)
    if lost and officer.state is AccountState.ACTIVE:
        write_lost(officer, [mail.application for mail in lost])
    for mail in lost:
        mail.told_at = now()
    session().flush()
    return len(lost)
