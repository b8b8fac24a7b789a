"""How long what people send is kept: the published schedule, what is due, what was destroyed, and its proof."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import public, roles
from core.clock import local
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _, localised
from core.listing import page_number, paginate
from grants.errors.retention import HoldNotFound
from grants.forms.retention import HoldForm, LiftForm
from grants.models import Destruction
from grants.queries import retention as queries
from grants.routes.room import READERS, WRITERS, blueprint, show
from grants.routes.screening import staff_call
from grants.services import retention as services
from grants.services.destruction_proof import prove
from rendering.spreadsheets import CellKind, SheetColumn, render_csv

PROVED_AT_ONCE = 100


@blueprint.get("/conservacion")
@public
def retention_schedule() -> Response:
    """How long what people send is kept, after which event, and on which legal ground."""
    return show(
        "grants/retention_schedule.html",
        schedule=services.schedule(),
        destroyed=queries.count_destroyed(),
        last=queries.last_destroyed(),
    )


@blueprint.route("/programa/conservacion", methods=["GET", "POST"])
@roles(*READERS)
def retention_desk() -> Response | BaseResponse:
    """What is due and when, what is held and why, what was destroyed."""
    due = services.what_is_due()
    form = HoldForm()
    form.offer(sorted({(one.call.slug, localised(one.call.title) or one.call.slug) for one in due}))
    if request.method == "POST" and actor().has(*WRITERS):
        if form.validate_on_submit():
            try:
                services.hold_call(staff_call(form.call.data or ""), form.reason.data or "")
            except Refusal as refusal:
                session().rollback()
                form.call.errors = [refusal.message()]
                return _desk(services.what_is_due(), form, refusal.status)
            session().commit()
            flash(_("La destrucción de esa convocatoria queda detenida."), "success")
            return redirect(url_for("grants.retention_desk"), 303)
        return _desk(due, form, 422)
    return _desk(due, form)


def _desk(due: Sequence[services.Due], form: HoldForm, status: int = 200) -> Response:
    return show(
        "grants/retention_desk.html",
        status,
        due=due,
        now_due=sum(one.count for one in due if one.is_due and one.hold is None),
        holds=queries.open_holds(),
        destroyed=queries.count_destroyed(),
        listing=paginate(queries.destructions(), page=page_number(request.args)),
        rules={rule.id: rule for rule in services.schedule()},
        form=form,
        may_write=actor().has(*WRITERS),
    )


@blueprint.route("/programa/conservacion/<int:number>/levantar", methods=["GET", "POST"])
@roles(*WRITERS, auditor=False)
def retention_lift(number: int) -> Response | BaseResponse:
    """Let the schedule of a held call go on."""
    hold = queries.open_hold(number)
    if hold is None:
        raise HoldNotFound()
    form = LiftForm()
    if form.validate_on_submit():
        services.lift_hold(hold, form.reason.data or "")
        session().commit()
        flash(_("La conservación de esa convocatoria sigue su plazo."), "success")
        return redirect(url_for("grants.retention_desk"), 303)
    return show("grants/retention_lift.html", 422 if form.is_submitted() else 200, hold=hold, form=form)


@blueprint.get("/programa/conservacion/comprobacion")
@roles(*READERS)
def retention_proof() -> Response:
    """Look again, now, for everything that was destroyed, a hundred records at a time."""
    listing = paginate(queries.destructions(), page=page_number(request.args), per_page=PROVED_AT_ONCE)
    proofs = prove(listing.rows)
    return show(
        "grants/retention_proof.html",
        listing=listing,
        proofs=proofs,
        failed=[proof for proof in proofs if not proof.holds],
        files=sum(len(proof.record.files) for proof in proofs),
    )


@blueprint.get("/programa/conservacion.csv")
@roles(*READERS)
def retention_csv() -> Response:
    """The register of destruction, whole, as a table to download."""
    columns = (
        SheetColumn(_("Folio")),
        SheetColumn(_("Convocatoria")),
        SheetColumn(_("Regla")),
        SheetColumn(_("Plazo cumplido"), CellKind.DATE),
        SheetColumn(_("Destruida"), CellKind.DATETIME),
        SheetColumn(_("Archivos"), CellKind.INTEGER),
        SheetColumn(_("Huella")),
    )
    found = session().scalars(queries.destructions()).all()
    response = Response(b"".join(render_csv(columns, _rows(found))), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="destruccion.csv"'
    return response


def _rows(found: Sequence[Destruction]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        destroyed = local(one.destroyed_at).replace(tzinfo=None)
        yield one.folio, one.call.slug, one.rule, one.due_on, destroyed, len(one.files), one.sha256
