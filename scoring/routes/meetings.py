"""The programme calls a committee to a session, runs it point by point and ends it with its minutes."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _
from core.web_files import send_bytes
from scoring import queries, services
from scoring.errors import ReasonMissing
from scoring.errors.meetings import (
    MeetingInThePast,
    MeetingNotFound,
    MotionMissing,
    MotionNamesSomebody,
    PlaceMissing,
)
from scoring.forms import MeetingForm, PointForm, ReasonForm
from scoring.models import Meeting, Panel
from scoring.routes.room import STAFF, blueprint, dossier_or_404, panel_or_404
from scoring.routes.signing import may_end, this_meeting
from scoring.services.phases import BEFORE_RANKING
from scoring.states import CHOICE_LABELS, MEETING, OUTCOME_LABELS, MeetingState, PanelState

GOING_ON = (MeetingState.CONVENED, MeetingState.OPEN)


@blueprint.get("/paneles/<int:panel_id>/sesiones")
@roles(*STAFF)
def meeting_list(panel_id: int) -> str:
    """The sessions of a committee."""
    panel = panel_or_404(panel_id)
    return render_template(
        "scoring/meeting_list.html",
        panel=panel,
        meetings=queries.meetings_of(panel),
        states=MEETING,
        may_call=actor().has(*STAFF) and _may_call(panel),
    )


@blueprint.route("/paneles/<int:panel_id>/sesiones/convocar", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def meeting_convene(panel_id: int) -> str | Response | tuple[str, int]:
    """Call everybody who sits in a committee to a session."""
    panel = panel_or_404(panel_id)
    seats = {seat.letter: seat for seat in queries.seats_of_panel(panel)}
    signed = {one.number: one for one in queries.meetings_of(panel) if one.state is MeetingState.SIGNED}
    form = MeetingForm(list(seats), list(signed))
    if form.validate_on_submit():
        assert form.starts_at.data is not None
        try:
            meeting = services.convene_meeting(
                panel,
                starts_at=form.starts_at.data,
                place=form.place.data or "",
                chair=seats.get(form.chair.data or ""),
                corrects=signed.get(int(form.corrects.data or 0)),
            )
        except (PlaceMissing, MeetingInThePast) as refusal:
            session().rollback()
            (form.place if isinstance(refusal, PlaceMissing) else form.starts_at).errors = [refusal.message()]
        else:
            number = meeting.number
            session().commit()
            flash(_("La sesión quedó convocada y se avisó por correo a quienes integran el comité."), "success")
            return redirect(url_for("scoring.meeting_show", panel_id=panel_id, number=number), 303)
    page = render_template(
        "scoring/meeting_convene.html", panel=panel_or_404(panel_id), form=form, seats=len(seats), signed=bool(signed)
    )
    return (page, 422) if form.errors else page


@blueprint.get("/paneles/<int:panel_id>/sesiones/<int:number>")
@roles(*STAFF)
def meeting_show(panel_id: int, number: int) -> str:
    """A session: who is there, what is voted, and its minutes."""
    meeting = this_meeting(panel_id, number)
    return _page(meeting, _point_form(meeting))


@blueprint.post("/paneles/<int:panel_id>/sesiones/<int:number>/puntos")
@roles(*STAFF)
def point_add(panel_id: int, number: int) -> Response | tuple[str, int]:
    """Put a motion on the agenda."""
    meeting = this_meeting(panel_id, number)
    form = _point_form(meeting)
    dossier = None
    if form.validate() and form.dossier.data:
        dossier = dossier_or_404(meeting.panel, form.dossier.data)
    if not form.errors:
        try:
            services.add_point(meeting, form.motion.data or "", dossier)
        except (MotionMissing, MotionNamesSomebody) as refusal:
            session().rollback()
            form.motion.errors = [refusal.message()]
        else:
            return _done(meeting, _("El punto quedó en el orden del día."))
    return _page(this_meeting(panel_id, number), form), 422


@blueprint.post("/paneles/<int:panel_id>/sesiones/<int:number>/puntos/<int:position>")
@roles(*STAFF)
def point_move(panel_id: int, number: int, position: int) -> Response:
    """Put a point to the vote, or end its vote."""
    meeting = this_meeting(panel_id, number)
    if request.form.get("accion") == "cerrar":
        point = services.close_point(meeting, position)
        said = _("Punto %(number)s: %(outcome)s.", number=position, outcome=_outcome(point.outcome))
        return _done(meeting, said)
    services.open_point(meeting, position)
    return _done(meeting, _("Se abrió la votación del punto %(number)s.", number=position))


@blueprint.post("/paneles/<int:panel_id>/sesiones/<int:number>/asistencia/<letter>")
@roles(*STAFF)
def meeting_attendance(panel_id: int, number: int, letter: str) -> Response:
    """Note that a member is there, or left."""
    meeting = this_meeting(panel_id, number)
    seat = next((member.seat for member in meeting.members if member.seat.letter == letter), None)
    if seat is None:
        raise MeetingNotFound()
    if request.form.get("accion") == "salida":
        services.register_leaving(meeting, seat)
        return _done(meeting, _("Se registró la salida de la persona %(letter)s.", letter=letter))
    services.register_attendance(meeting, seat)
    return _done(meeting, _("Se registró la asistencia de la persona %(letter)s.", letter=letter))


@blueprint.post("/paneles/<int:panel_id>/sesiones/<int:number>/empezar")
@roles(*STAFF)
def meeting_open(panel_id: int, number: int) -> Response:
    """Begin a session."""
    return _done(services.open_meeting(this_meeting(panel_id, number)), _("La sesión empezó."))


@blueprint.route("/paneles/<int:panel_id>/sesiones/<int:number>/terminar", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def meeting_close(panel_id: int, number: int) -> str | Response:
    """End a session and freeze its minutes."""
    meeting = this_meeting(panel_id, number)
    if request.method == "POST":
        return _done(services.close_meeting(meeting), _("La sesión terminó. Su acta espera las firmas."))
    return render_template("scoring/meeting_close.html", meeting=meeting, panel=meeting.panel)


@blueprint.route("/paneles/<int:panel_id>/sesiones/<int:number>/cancelar", methods=["GET", "POST"])
@roles(*STAFF, auditor=False)
def meeting_cancel(panel_id: int, number: int) -> str | Response | tuple[str, int]:
    """Call off a session that has not begun, with the reason."""
    meeting = this_meeting(panel_id, number)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            meeting = services.cancel_meeting(meeting, reason=form.reason.data or "")
        except ReasonMissing as refusal:
            session().rollback()
            form.reason.errors = [refusal.message()]
        else:
            return _done(meeting, _("La sesión se canceló y se avisó por correo."))
    meeting = this_meeting(panel_id, number)
    page = render_template("scoring/meeting_cancel.html", meeting=meeting, panel=meeting.panel, form=form)
    return (page, 422) if form.errors else page


@blueprint.get("/paneles/<int:panel_id>/sesiones/<int:number>/acta.pdf")
@roles(*STAFF)
def meeting_minutes(panel_id: int, number: int) -> Response:
    """The minutes, with the signatures they have."""
    meeting = this_meeting(panel_id, number)
    return send_bytes(services.minutes_pdf(meeting), f"acta-{panel_id}-{number}.pdf", "application/pdf")


def _may_call(panel: Panel) -> bool:
    return panel.state in (*BEFORE_RANKING, PanelState.RANKED, PanelState.RELEASED)


def _outcome(outcome: object) -> str:
    return next((_(label) for known, (label, _tone) in OUTCOME_LABELS.items() if known == outcome), "")


def _point_form(meeting: Meeting) -> PointForm:
    return PointForm(queries.codes_of(meeting.panel) if meeting.state in GOING_ON else [])


def _done(meeting: Meeting, said: str) -> Response:
    panel_id, number = meeting.panel_id, meeting.number
    session().commit()
    flash(said, "success")
    return redirect(url_for("scoring.meeting_show", panel_id=panel_id, number=number), 303)


def _page(meeting: Meeting, form: PointForm) -> str:
    writes = actor().has(*STAFF)
    return render_template(
        "scoring/meeting_show.html",
        meeting=meeting,
        panel=meeting.panel,
        form=form,
        states=MEETING,
        outcomes=OUTCOME_LABELS,
        choices=CHOICE_LABELS,
        going_on=writes and meeting.state in GOING_ON,
        under_way=writes and meeting.state is MeetingState.OPEN,
        may_open=writes and meeting.state is MeetingState.CONVENED,
        voting=next((point for point in meeting.points if point.is_open), None),
        may_end_signing=writes and may_end(meeting),
        signing_until=services.signing_until(meeting),
        discussing=meeting.panel.state is PanelState.DISCUSSION,
        corrections=queries.corrections_of(meeting),
        minutes=services.minutes_of(meeting) if meeting.minutes else None,
    )
