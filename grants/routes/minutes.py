"""A member of a committee signs the minutes of a session they attended, with their password."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts.forms import CurrentPasswordForm
from accounts.routes.proof import is_proved
from core.access import roles
from core.context import actor
from core.database import session
from core.language import _
from core.roles import Role
from grants.routes.room import blueprint
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.errors.meetings import MeetingNotFound
from scoring.states import CHOICE_LABELS, OUTCOME_LABELS, MeetingState


@blueprint.route("/evaluacion/sesiones/<int:meeting_id>/firmar", methods=["GET", "POST"])
@roles(Role.REVIEWER, auditor=False)
def minutes_sign(meeting_id: int) -> str | Response | tuple[str, int]:
    """Read the minutes and sign the very text that was read."""
    user = actor().user_id or 0
    meeting = scoring_queries.meeting_for(user, meeting_id)
    if meeting is None:
        raise MeetingNotFound()
    member = next(one for one in meeting.members if one.seat.reviewer_id == user)
    form = CurrentPasswordForm()
    if meeting.state is not MeetingState.CLOSED or member.present_at is None or member.signed_at is not None:
        return redirect(url_for("scoring.meeting_attend", meeting_id=meeting_id), 303)
    if form.validate_on_submit() and is_proved(form):
        scoring.sign_minutes(meeting, member.seat, request.form.get("huella", ""))
        session().commit()
        flash(_("Firmaste el acta. Tu firma quedó con la fecha y la huella del texto."), "success")
        return redirect(url_for("scoring.meeting_attend", meeting_id=meeting_id), 303)
    meeting = scoring_queries.meeting_for(user, meeting_id)
    assert meeting is not None
    page = render_template(
        "grants/minutes_sign.html",
        meeting=meeting,
        minutes=scoring.minutes_of(meeting),
        outcomes=OUTCOME_LABELS,
        choices=CHOICE_LABELS,
        form=form,
    )
    return (page, 422) if form.errors else page
