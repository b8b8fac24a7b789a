"""Send a letter once: the row that keeps its words, the PDF, and the e-mail, in one transaction."""

from core.clock import now
from core.database import session
from core.files import store_generated
from core.language import in_language
from core.settings import setting
from grants.documents.letters import letter_pdf
from grants.models.application import Application
from grants.models.determination import Letter
from grants.rules.letters import LetterText
from mail.services import enqueue_mail

# What a person finds in their folder of downloads.
FILE_NAMES = {
    "determination": "carta-resultado",
    "cure": "carta-aclaracion",
    "promotion": "carta-lista-de-espera",
    "agreement": "carta-convenio",
    "report_returned": "carta-informe-devuelto",
    "report_accepted": "carta-informe-aceptado",
    "appeal": "carta-inconformidad",
    "readmission": "carta-resultado-inconformidad",
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
    enqueue_mail(
        to=person.email,
        subject=text.subject,
        paragraphs=list(text.paragraphs),
        language=person.language,
        action=action,
        attachments=[stored],
        about=f"grants.{text.kind}",
    )
    return letter
