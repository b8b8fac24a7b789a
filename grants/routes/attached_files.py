"""The files of an application: read, and taken off a draft."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, signed_in
from core.context import actor
from core.database import session
from core.language import _
from core.web_files import send_stored
from grants import services
from grants.errors.calls import ApplicationNotFound
from grants.queries import applications as queries
from grants.routes.applications import own_application, readable_application
from grants.routes.room import blueprint
from grants.rules import form as rules


@blueprint.get("/solicitudes/<int:application_id>/archivos/<int:attachment_id>")
@signed_in
def application_file(application_id: int, attachment_id: int) -> Response:
    """A file of an application, as a download."""
    application = readable_application(application_id)
    attachment = queries.attachment_of(application, attachment_id)
    if attachment is None:
        raise ApplicationNotFound()
    mine = queries.application_of(actor().user_id or 0, application.id) is not None
    ensure(mine or attachment.in_submission, ApplicationNotFound())
    return send_stored(attachment.stored_file)


@blueprint.post("/solicitudes/<int:application_id>/archivos/<int:attachment_id>/quitar")
@signed_in
def application_detach(application_id: int, attachment_id: int) -> BaseResponse:
    """Take a file off the draft."""
    application = own_application(application_id, editing=True)
    attachment = queries.attachment_of(application, attachment_id)
    if attachment is None:
        raise ApplicationNotFound()
    services.detach_file(attachment)
    session().commit()
    flash(_("Quitamos el archivo del borrador."), "success")
    steps = rules.questions(application.call.form)
    place = next((step for step, item in steps if item["id"] == attachment.question_id), None)
    return redirect(
        url_for("grants.application_step", application_id=application.id, step_id=place or "documentos"), 303
    )
