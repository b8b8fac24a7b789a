"""Files of an application: added and taken off in the draft, part of it once it is sent."""

from core.audit import record
from core.clock import now
from core.database import session
from core.files import StoredFile
from grants.errors.calls import TooManyFiles, UnknownQuestion
from grants.models import Application, Attachment
from grants.rules import form
from grants.services.applications import ensure_editable, note_edit

LARGEST_FILES = 40


def attach_file(application: Application, question_id: str, stored_file: StoredFile) -> Attachment:
    """Answer a question with a file; the one that answered it before is taken off.

    Raises:
        NotEditable: past editing. UnknownQuestion: the form asks for no such file. TooManyFiles: too many uploads.
    """
    ensure_editable(application)
    item = form.question(application.call.form, question_id)
    if item is None or item["type"] != "file":
        raise UnknownQuestion(question=question_id[:60])
    if len(application.attachments) >= LARGEST_FILES:
        raise TooManyFiles(most=LARGEST_FILES)
    moment = now()
    for earlier in application.current_attachments:
        if earlier.question_id == question_id:
            earlier.detached_at = moment
    attachment = Attachment(
        application=application,
        stored_file=stored_file,
        question_id=question_id,
        blind_safe=bool(item.get("blind")),
        in_submission=False,
        attached_at=moment,
    )
    session().add(attachment)
    application.version += 1
    application.updated_at = moment
    _note(application, question_id)
    session().flush()
    record(
        "application.file_attached",
        "application",
        application.id,
        None,
        {"question": question_id, "sha256": stored_file.sha256},
    )
    return attachment


def detach_file(attachment: Attachment) -> None:
    """Take a file off the draft. What was submitted with it keeps it until the next submission.

    Raises:
        NotEditable: past editing.
    """
    application = attachment.application
    ensure_editable(application)
    if attachment.detached_at is not None:
        return
    attachment.detached_at = now()
    application.version += 1
    application.updated_at = attachment.detached_at
    _note(application, attachment.question_id)
    session().flush()
    record("application.file_detached", "application", application.id, {"question": attachment.question_id}, None)


def _note(application: Application, question_id: str) -> None:
    step = next((step for step, item in form.questions(application.call.form) if item["id"] == question_id), None)
    if step is not None:
        note_edit(application, step, [question_id])
