"""A member at a session: what is treated, their attendance, their vote, and the minutes they signed."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _
from core.roles import Role
from core.web_files import send_bytes
from scoring import queries, services
from scoring.errors.meetings import ChoiceUnknown, MeetingNotFound
from scoring.forms import VoteForm
from scoring.models import Meeting, MeetingMember
from scoring.routes.room import blueprint
from scoring.routes.signing import may_end
from scoring.states import CHOICE_LABELS, MEETING, OUTCOME_LABELS, MeetingState


def own_meeting(meeting_id: int) -> tuple[Meeting, MeetingMember]:
    """Return a session this person was called to, and their place in it; one of others does not exist."""
    user = actor().user_id or 0
    meeting = queries.meeting_for(user, meeting_id)
    if meeting is None:
        raise MeetingNotFound()
    return meeting, next(member for member in meeting.members if member.seat.reviewer_id == user)


@blueprint.get("/evaluacion/sesiones/<int:meeting_id>")
@roles(Role.REVIEWER, auditor=False)
def meeting_attend(meeting_id: int) -> str:
    """A session as its members see it."""
    meeting, member = own_meeting(meeting_id)
    return _page(meeting, member, VoteForm(data={"choice": _standing(meeting, member)}))


@blueprint.post("/evaluacion/sesiones/<int:meeting_id>/asistir")
@roles(Role.REVIEWER, auditor=False)
def meeting_come(meeting_id: int) -> Response:
    """Register one's attendance."""
    meeting, member = own_meeting(meeting_id)
    services.register_attendance(meeting, member.seat)
    session().commit()
    flash(_("Quedó registrada tu asistencia."), "success")
    return redirect(url_for("scoring.meeting_attend", meeting_id=meeting_id), 303)


@blueprint.post("/evaluacion/sesiones/<int:meeting_id>/puntos/<int:position>/votar")
@roles(Role.REVIEWER, auditor=False)
def meeting_vote(meeting_id: int, position: int) -> Response | tuple[str, int]:
    """Vote, or change one's vote."""
    meeting, member = own_meeting(meeting_id)
    form = VoteForm()
    form.validate()
    try:
        services.cast_vote(meeting, position, member.seat, form.choice.data or "")
    except ChoiceUnknown as refusal:
        session().rollback()
        form.choice.errors = [refusal.message()]
        return _page(*own_meeting(meeting_id), form), 422
    session().commit()
    flash(_("Quedó tu voto. Puedes cambiarlo hasta que se cierre la votación."), "success")
    return redirect(url_for("scoring.meeting_attend", meeting_id=meeting_id), 303)


@blueprint.get("/evaluacion/sesiones/<int:meeting_id>/acta.pdf")
@roles(Role.REVIEWER, auditor=False)
def meeting_minutes_copy(meeting_id: int) -> Response:
    """The minutes, with the signatures they have."""
    meeting, _member = own_meeting(meeting_id)
    name = f"acta-{meeting.panel_id}-{meeting.number}.pdf"
    return send_bytes(services.minutes_pdf(meeting), name, "application/pdf")


def _standing(meeting: Meeting, member: MeetingMember) -> str | None:
    """Return how a member voted the point that is open."""
    votes = [vote for point in meeting.points if point.is_open for vote in point.votes]
    return next((vote.choice.value for vote in votes if vote.seat_id == member.seat_id), None)


def _page(meeting: Meeting, member: MeetingMember, form: VoteForm) -> str:
    points = [point.dossier_id for point in meeting.points if point.dossier_id is not None]
    recused = {dossier for dossier, seat in queries.recused_seats(points) if seat == member.seat_id}
    return render_template(
        "scoring/meeting_attend.html",
        meeting=meeting,
        member=member,
        form=form,
        states=MEETING,
        outcomes=OUTCOME_LABELS,
        choices=CHOICE_LABELS,
        recused=recused,
        mine=queries.read_by(member.seat, points),
        voting=next((point for point in meeting.points if point.is_open), None),
        under_way=meeting.state is MeetingState.OPEN,
        to_sign=meeting.state is MeetingState.CLOSED and member.present_at is not None and member.signed_at is None,
        may_end_signing=meeting.chair_seat_id == member.seat_id and may_end(meeting),
        signing_until=services.signing_until(meeting),
        corrections=queries.corrections_of(meeting),
        minutes=services.minutes_of(meeting) if meeting.minutes else None,
    )
