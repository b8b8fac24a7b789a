"""The one chance to mend an application: answered by the applicant, read by staff."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles, signed_in
from core.database import session
from core.errors import Refusal
from core.language import _
from core.web_files import send_stored
from grants import services
from grants.errors.calls import ApplicationNotFound
from grants.forms.awards import CureAnswerForm
from grants.models import UploadPurpose
from grants.queries import screening as queries
from grants.routes.applications import own_application
from grants.routes.held_uploads import Tray
from grants.routes.room import READERS, blueprint, show, this_person
from grants.routes.screening import submitted_application
from grants.routes.uploads import upload_data
from grants.states.screening import CURE, CureState


@blueprint.get("/programa/solicitudes/<int:application_id>/aclaracion/<int:file_id>")
@roles(*READERS)
def cure_file(application_id: int, file_id: int) -> Response:
    """A file that came with the answer to a request to cure."""
    cure = queries.cure_of(submitted_application(application_id))
    found = next((stored for stored in queries.files_of_cure(cure) if stored.id == file_id), None) if cure else None
    if found is None:
        raise ApplicationNotFound()
    return send_stored(found)


@blueprint.route("/solicitudes/<int:application_id>/aclaracion", methods=["GET", "POST"])
@signed_in
def cure_answer(application_id: int) -> Response | BaseResponse:
    """The applicant's one answer to a request to cure."""
    application = own_application(application_id, editing=request.method == "POST")
    cure = queries.cure_of(application)
    if cure is None:
        raise ApplicationNotFound()
    form = CureAnswerForm()
    tray = Tray(services.cure_place(cure), this_person(), UploadPurpose.CURE, application)
    problem = None
    valid = form.validate_on_submit()
    if form.is_submitted() and cure.state is CureState.OPEN:
        valid = tray.receive(form.files) and valid
    if valid:
        try:
            services.answer_cure(cure, text=form.text.data or "", files=tray.files(form.files.name))
            tray.empty()
            session().commit()
            flash(_("Recibimos tu respuesta. Te avisaremos por correo."), "success")
            return redirect(url_for("grants.application_show", application_id=application_id), 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
    status = problem.status if problem is not None else (422 if form.errors else 200)
    return show(
        "grants/cure_answer.html",
        status,
        application=application,
        cure=cure,
        states=CURE,
        form=form,
        held=tray.held.get(form.files.name, []),
        uploads=upload_data(application, UploadPurpose.CURE),
        problem=problem.message() if problem is not None else None,
    )
