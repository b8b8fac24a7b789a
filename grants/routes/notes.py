"""Notes of staff on an application: for each other and the auditor, never for who applies or reviews."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.database import session
from core.language import _
from grants.errors.calls import ApplicationNotFound
from grants.forms.notes import NoteForm, WithdrawNoteForm
from grants.queries.notes import note_on
from grants.routes.room import WRITERS, blueprint, show
from grants.routes.screening import screening_page, submitted_application
from grants.services.impartiality import ensure_impartial
from grants.services.notes import withdraw_note, write_note


@blueprint.post("/programa/solicitudes/<int:application_id>/notas")
@roles(*WRITERS, auditor=False)
def note_write(application_id: int) -> Response | BaseResponse:
    """Add a note to an application."""
    application = submitted_application(application_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return screening_page(application, status=422, note_form=form)
    write_note(application, form.text.data or "")
    session().commit()
    flash(_("Nota guardada."), "success")
    return redirect(url_for("grants.screening_show", application_id=application_id, _anchor="notas"), 303)


@blueprint.route("/programa/solicitudes/<int:application_id>/notas/<int:number>/retirar", methods=["GET", "POST"])
@roles(*WRITERS, auditor=False)
def note_withdraw(application_id: int, number: int) -> Response | BaseResponse:
    """Withdraw a note with a reason; its words stay on record."""
    application = submitted_application(application_id)
    ensure_impartial(application)
    note = note_on(application, number)
    if note is None:
        raise ApplicationNotFound()
    back = url_for("grants.screening_show", application_id=application_id, _anchor="notas")
    form = WithdrawNoteForm()
    if form.validate_on_submit():
        withdraw_note(note, form.reason.data or "")
        session().commit()
        flash(_("Nota retirada."), "success")
        return redirect(back, 303)
    status = 422 if form.is_submitted() else 200
    return show("grants/note_withdraw.html", status, application=application, note=note, form=form, back=back)
