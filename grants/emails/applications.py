"""Letters about an application, in its reader's language."""

from core.language import _, in_language
from core.moments import exact_moment
from core.settings import setting
from grants.emails.letters import data_of, worded
from grants.models import Application
from grants.rules.letter_kinds import KINDS
from mail.models import OutboxMessage
from mail.services import enqueue_mail


def write_acuse_letter(application: Application) -> OutboxMessage:
    """Queue and return the letter that says an application was received, with its folio, time and fingerprint."""
    person = application.applicant
    assert application.submitted_at is not None
    with in_language(person.language):
        data = {
            **data_of(application),
            "recibida": exact_moment(application.submitted_at),
            "huella": application.content_sha256 or "",
        }
        subject, paragraphs = worded(application.call, KINDS["acuse"], data)
        return enqueue_mail(
            to=person.email,
            subject=subject,
            paragraphs=list(paragraphs),
            language=person.language,
            action=(_("Ver el acuse"), page_url(application, person.language, "acuse")),
            about="grants.acuse",
        )


def write_withdrawal_letter(application: Application) -> OutboxMessage:
    """Queue and return the letter that confirms a submitted application was taken out."""
    person = application.applicant
    with in_language(person.language):
        subject, paragraphs = worded(application.call, KINDS["withdrawal"], data_of(application))
        return enqueue_mail(
            to=person.email,
            subject=subject,
            paragraphs=list(paragraphs),
            language=person.language,
            action=(_("Ver la solicitud"), page_url(application, person.language)),
            about="grants.withdrawal",
        )


def page_url(application: Application, language: str, page: str = "") -> str:
    """Return the absolute address of an application's page."""
    base = f"{setting('PUBLIC_URL').rstrip('/')}/{language}/solicitudes/{application.id}"
    return f"{base}/{page}" if page else base
