"""Say why one does not sign minutes, and end the signing without who never signs."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.clock import now
from core.context import actor
from core.database import session
from core.language import _
from core.roles import Role
from scoring import queries, services
from scoring.errors import ReasonMissing
from scoring.errors.meetings import MeetingNotFound, NobodySigned, SigningGoesOn
from scoring.forms import ReasonForm
from scoring.models import Meeting
from scoring.routes.room import STAFF, blueprint, panel_or_404
from scoring.rules.meetings import may_end_signing
from scoring.states import MeetingState


def this_meeting(panel_id: int, number: int) -> Meeting:
    """Return a session of a committee."""
    meeting = queries.meeting_by_number(panel_or_404(panel_id), number)
    if meeting is None:
        raise MeetingNotFound()
    return meeting


def may_end(meeting: Meeting) -> bool:
    """Return whether minutes may stand now without the signatures they lack."""
    until = services.signing_until(meeting)
    if meeting.state is not MeetingState.CLOSED or until is None:
        return False
    attended, missing = len(meeting.attended), len(meeting.unsigned)
    return may_end_signing(attended, attended - missing, is_over=now() > until or not meeting.awaited)


@blueprint.route("/paneles/<int:panel_id>/sesiones/<int:number>/cerrar-firmas", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def signing_end(panel_id: int, number: int) -> str | Response | tuple[str, int]:
    """Let the minutes stand without the signatures that are missing, with the reason."""
    back = url_for("scoring.meeting_show", panel_id=panel_id, number=number)
    return _asked(this_meeting(panel_id, number), back)


@blueprint.route("/evaluacion/sesiones/<int:meeting_id>/cerrar-firmas", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def signing_end_by_chair(meeting_id: int) -> str | Response | tuple[str, int]:
    """The same, by the member who presided; for the others this page does not exist."""
    user = actor().user_id or 0
    meeting = queries.meeting_for(user, meeting_id)
    if meeting is None or meeting.chair is None or meeting.chair.reviewer_id != user:
        raise MeetingNotFound()
    return _asked(meeting, url_for("scoring.meeting_attend", meeting_id=meeting_id))


@blueprint.route("/evaluacion/sesiones/<int:meeting_id>/no-firmar", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def minutes_object(meeting_id: int) -> str | Response | tuple[str, int]:
    """Say why one does not sign the minutes of a session one attended."""
    user = actor().user_id or 0
    meeting = queries.meeting_for(user, meeting_id)
    if meeting is None:
        raise MeetingNotFound()
    member = next(one for one in meeting.members if one.seat.reviewer_id == user)
    back = url_for("scoring.meeting_attend", meeting_id=meeting_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.object_to_minutes(meeting, member.seat, reason=form.reason.data or "")
        except ReasonMissing as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("Quedó registrado que no firmas, con tu razón."), "success")
            return redirect(back, 303)
    if meeting.state is not MeetingState.CLOSED or member not in meeting.awaited:
        return redirect(back, 303)
    page = render_template("scoring/minutes_object.html", meeting=meeting, back=back, form=form)
    return (page, 422) if form.errors else page


def _asked(meeting: Meeting, back: str) -> str | Response | tuple[str, int]:
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            services.end_signing(meeting, reason=form.reason.data or "")
        except (ReasonMissing, SigningGoesOn, NobodySigned) as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("El acta quedó firmada por quienes firmaron; dice quién falta y por qué."), "success")
            return redirect(back, 303)
    if meeting.state is not MeetingState.CLOSED:
        return redirect(back, 303)
    page = render_template("scoring/signing_end.html", meeting=meeting, back=back, form=form)
    return (page, 422) if form.errors else page
