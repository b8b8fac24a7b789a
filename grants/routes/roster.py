"""The roster of reviewers: the public invitation, a person's own place, and what staff decides."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accounts.models import NoticePlace
from accounts.services import note_shown
from core.access import ensure, public, roles, signed_in
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.navigation import DeskItem
from core.settings import setting
from grants import services
from grants.errors.roster import ProfileNotFound
from grants.forms.applications import ConfirmForm
from grants.forms.roster import DeclineForm, RosterForm
from grants.models import ReviewerProfile
from grants.queries import roster as queries
from grants.routes.room import READERS, WRITERS, blueprint, show, this_person
from grants.states.roster import ROSTER, RosterState

DESK = (
    DeskItem(
        N_("Personas que se proponen para evaluar"),
        "grants.roster_list",
        WRITERS,
        queries.count_waiting,
        {"estado": RosterState.OFFERED},
    ),
)
LIVE = (RosterState.OFFERED, RosterState.ADMITTED)


@blueprint.get("/evaluar")
@public
def reviewers_wanted() -> Response:
    """What reviewing asks and gives, and how to offer."""
    user_id = actor().user_id
    profile = queries.profile_of(user_id) if user_id is not None else None
    return show("grants/reviewers_wanted.html", profile=profile, states=ROSTER, axes=setting("AXES"))


@blueprint.route("/evaluar/mi-lugar", methods=["GET", "POST"])
@signed_in
def roster_place() -> Response | BaseResponse:
    """Offer to review, or change what one told."""
    person = this_person()
    profile = queries.profile_of(person.id)
    form = RosterForm(data=_told(profile))
    form.offer()
    if not form.validate_on_submit():
        return _place(profile, form, 422 if form.errors else 200)
    told: dict[str, Any] = {
        "axes": [int(axis) for axis in form.axes.data or []],
        "keywords": form.words,
        "experience": form.experience.data or "",
    }
    try:
        if profile is not None and profile.state in LIVE:
            services.change_profile(profile, **told)
            flash(_("Guardamos tus datos."), "success")
        else:
            offered = services.offer_to_review(person, **told)
            note_shown(NoticePlace.ROSTER, "reviewer_profile", offered.id, user_id=person.id)
            flash(_("Recibimos tu propuesta. Te responderemos por correo."), "success")
        session().commit()
    except Refusal as refusal:
        session().rollback()
        return _place(queries.profile_of(person.id), form, refusal.status, refusal.message())
    return redirect(url_for("grants.reviewers_wanted"), 303)


@blueprint.route("/evaluar/mi-lugar/salir", methods=["GET", "POST"])
@signed_in
def roster_leave() -> Response | BaseResponse:
    """Leave the roster, once asked whether one means it."""
    profile = queries.profile_of(this_person().id)
    if profile is None or profile.state not in LIVE:
        raise ProfileNotFound()
    form = ConfirmForm()
    if not form.validate_on_submit():
        return show("grants/roster_leave.html", form=form)
    services.leave_roster(profile)
    session().commit()
    flash(_("Saliste del padrón."), "success")
    return redirect(url_for("grants.reviewers_wanted"), 303)


@blueprint.get("/programa/padron")
@roles(*READERS)
def roster_list() -> Response:
    """Everybody on the roster, those who wait first."""
    state = chosen(request.args, "estado", [one.value for one in RosterState])
    text = searched(request.args)
    query = queries.profiles(state=RosterState(state) if state else None, text=text)
    listing = paginate(query, page=page_number(request.args))
    return show("grants/roster_list.html", listing=listing, states=ROSTER, axes=_axes(), filtered=bool(state or text))


@blueprint.route("/programa/padron/<int:profile_id>", methods=["GET", "POST"])
@roles(*READERS)
def roster_show(profile_id: int) -> Response | BaseResponse:
    """One place on the roster: what the person told, and what staff answers."""
    profile = queries.profile_by_id(profile_id)
    if profile is None:
        raise ProfileNotFound()
    form, problem, status = DeclineForm(), None, 200
    if request.method == "POST":
        ensure(actor().has(*WRITERS))
        admitting = request.form.get("accion") == "admitir"
        if ConfirmForm().validate() if admitting else form.validate():
            try:
                _decide(profile, form, admitting=admitting)
                session().commit()
                return redirect(url_for("grants.roster_list"), 303)
            except Refusal as refusal:
                session().rollback()
                problem, status = refusal.message(), refusal.status
        else:
            status = 422
    profile = queries.profile_by_id(profile_id)
    may_write = actor().has(*WRITERS)
    return show(
        "grants/roster_show.html",
        status,
        profile=profile,
        states=ROSTER,
        axes=_axes(),
        form=form,
        problem=problem,
        may_write=may_write,
        waits=RosterState.OFFERED,
        admitted=RosterState.ADMITTED,
    )


def _decide(profile: ReviewerProfile, form: DeclineForm, *, admitting: bool) -> None:
    name = profile.person.name
    if admitting:
        services.admit(profile)
        flash(_("%(name)s forma parte del padrón.", name=name), "success")
    elif profile.state is RosterState.ADMITTED:
        services.leave_roster(profile, form.reason.data or "")
        flash(_("%(name)s salió del padrón.", name=name), "success")
    else:
        services.decline(profile, form.reason.data or "")
        flash(_("Respondimos a %(name)s con tu razón.", name=name), "success")


def _place(profile: ReviewerProfile | None, form: RosterForm, status: int, problem: str | None = None) -> Response:
    live = profile is not None and profile.state in LIVE
    return show("grants/roster_place.html", status, profile=profile, form=form, live=live, problem=problem)


def _told(profile: ReviewerProfile | None) -> dict[str, Any]:
    if profile is None:
        return {}
    return {
        "axes": [str(axis) for axis in profile.axes],
        "keywords": ", ".join(profile.keywords),
        "experience": profile.experience,
        "independent": profile.state in LIVE,
    }


def _axes() -> dict[int, Any]:
    return {axis["id"]: axis["name"] for axis in setting("AXES")}
