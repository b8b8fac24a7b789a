"""The lots by which a committee is drawn from the roster: for staff to hold, for anybody to repeat."""

import json

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import public, roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _, ngettext
from grants import services
from grants.errors.roster import DrawNotFound
from grants.forms.applications import ConfirmForm
from grants.forms.roster import CommitteeRandomnessForm, SeatsForm
from grants.models import Call, CommitteeDraw
from grants.queries import roster as queries
from grants.queries.readmissions import receiving_panel
from grants.routes.room import READERS, WRITERS, blueprint, show, visible_call
from grants.routes.screening import staff_call
from scoring.rules.lots import Commitment, Reveal, as_document


@blueprint.get("/programa/<slug>/comite/sorteos")
@roles(*READERS)
def committee_draws(slug: str) -> Response:
    """The lots of a call's committee, and what to do next."""
    return _page(staff_call(slug))


@blueprint.post("/programa/<slug>/comite/sorteos")
@roles(*WRITERS, auditor=False)
def committee_draw_commit(slug: str) -> Response | BaseResponse:
    """Promise a lot: from now on its codes, its source of randomness and its fingerprint are public."""
    call, form = staff_call(slug), SeatsForm()
    if not form.validate():
        return _page(call, 422, seats=form)
    try:
        services.commit_committee_draw(call, seats=form.seats.data or 0, source=form.source.data or "")
        session().commit()
    except Refusal as refusal:
        session().rollback()
        form.seats.errors = [refusal.message()]
        return _page(staff_call(slug), refusal.status, seats=form)
    flash(_("El sorteo quedó comprometido y su huella es pública."), "success")
    return redirect(url_for("grants.committee_draws", slug=slug), 303)


@blueprint.post("/programa/<slug>/comite/sorteos/<int:draw_id>")
@roles(*WRITERS, auditor=False)
def committee_draw_hold(slug: str, draw_id: int) -> Response | BaseResponse:
    """Draw with the value that the source of randomness published."""
    call, form = staff_call(slug), CommitteeRandomnessForm()
    found = _draw(call, draw_id)
    if not form.validate():
        return _page(call, 422, randomness=form)
    try:
        seated = services.draw_committee(found, form.randomness.data or "")
        session().commit()
    except Refusal as refusal:
        session().rollback()
        form.randomness.errors = [refusal.message()]
        return _page(staff_call(slug), refusal.status, randomness=form)
    told = ngettext(
        "El sorteo se realizó: %(num)s persona llamada.",
        "El sorteo se realizó: %(num)s personas llamadas.",
        len(seated),
    )
    flash(told, "success")
    return redirect(url_for("grants.committee_draws", slug=slug), 303)


@blueprint.post("/programa/<slug>/comite/sorteos/<int:draw_id>/siguiente")
@roles(*WRITERS, auditor=False)
def committee_draw_next(slug: str, draw_id: int) -> Response | BaseResponse:
    """Call the next person of a lot in the place of somebody who left."""
    call = staff_call(slug)
    found = _draw(call, draw_id)
    if not ConfirmForm().validate():
        return _page(call, 422)
    try:
        profile = services.call_next(found)
        session().commit()
    except Refusal as refusal:
        session().rollback()
        return _page(staff_call(slug), refusal.status, problem=refusal.message())
    flash(_("%(name)s tiene un lugar en el comité.", name=profile.person.name), "success")
    return redirect(url_for("grants.committee_draws", slug=slug), 303)


@blueprint.get("/convocatorias/<slug>/comite")
@public
def committee_public(slug: str) -> Response:
    """How the committee of a call was drawn, by code and never by name."""
    call = visible_call(slug)
    draws = queries.draws_of(call)
    if not draws:
        raise DrawNotFound()
    return show("grants/committee_public.html", call=call, draws=draws, reasons=_reasons())


@blueprint.get("/convocatorias/<slug>/comite/sorteo-<int:number>.json")
@public
def committee_draw_json(slug: str, number: int) -> Response:
    """A lot as `puente scoring draw verify` reads it, as promise and as result alike."""
    call = visible_call(slug)
    found = next((one for one in queries.draws_of(call) if one.number == number), None)
    if found is None:
        raise DrawNotFound()
    promise = Commitment(tuple(found.labels), found.randomness_source["es"], found.iterations, found.commitment)
    reveal = Reveal(found.secret.encode(), found.randomness) if found.randomness is not None else None
    told = as_document(promise, found.committed_at, reveal=reveal, places=found.places, drawn_at=found.drawn_at)
    told |= {"seats": found.seats, "called": found.called, "passed_over": found.passed_over}
    response = Response(json.dumps(told, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{call.slug}-comite-{number}.json"'
    return response


def _draw(call: Call, draw_id: int) -> CommitteeDraw:
    found = queries.draw_by_id(draw_id)
    if found is None or found.call_id != call.id:
        raise DrawNotFound()
    return found


def _page(
    call: Call,
    status: int = 200,
    *,
    seats: SeatsForm | None = None,
    randomness: CommitteeRandomnessForm | None = None,
    problem: str | None = None,
) -> Response:
    draws = queries.draws_of(call)
    codes = [code for one in draws for code in one.labels]
    return show(
        "grants/committee_draws.html",
        status,
        call=call,
        panel=receiving_panel(call),
        draws=draws,
        people=queries.people_by_code(codes),
        pool=len(queries.pool_of(call)),
        free={one.id: services.free_seats(one) for one in draws if one.is_drawn},
        seats=seats or SeatsForm(formdata=None),
        randomness=randomness or CommitteeRandomnessForm(formdata=None),
        problem=problem,
        reasons=_reasons(),
        may_write=actor().has(*WRITERS),
    )


def _reasons() -> dict[str, str]:
    return {
        services.OFF_ROSTER: _("ya no está en el padrón"),
        services.BARRED: _("tiene relación con la convocatoria o ya tuvo un lugar"),
    }
