"""The lot of a committee: its commitment, the draw with the public randomness, and both for whoever repeats it."""

import json
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, render_template
from werkzeug.wrappers import Response

from core.access import public, roles
from core.database import session
from core.language import _
from scoring import queries, services
from scoring.errors import LotNotFound, RandomnessMissing
from scoring.forms import RandomnessForm
from scoring.models import Draw
from scoring.routes.panels import panel_page
from scoring.routes.room import STAFF, back_to, blueprint, panel_or_404
from scoring.rules.lots import Commitment, Reveal, as_document
from scoring.rules.provisions import exact


@blueprint.post("/paneles/<int:panel_id>/sorteo/comprometer")
@roles(*STAFF)
def lot_commit(panel_id: int) -> Response:
    """Publish the commitment of the lot."""
    panel = panel_or_404(panel_id)
    services.commit_lot(panel)
    session().commit()
    flash(_("El sorteo quedó comprometido. Publica la huella antes de que exista el valor de azar."), "success")
    return back_to(panel)


@blueprint.post("/paneles/<int:panel_id>/sorteo/realizar")
@roles(*STAFF)
def lot_draw(panel_id: int) -> Response | tuple[str, int]:
    """Draw the lot with the public randomness."""
    panel = panel_or_404(panel_id)
    form = RandomnessForm()
    if not form.validate():
        return panel_page(panel, form), 422
    try:
        services.draw_lots(panel, form.randomness.data or "")
    except RandomnessMissing as refusal:
        session().rollback()
        form.randomness.errors = [refusal.message()]
        return panel_page(panel_or_404(panel_id), form), 422
    session().commit()
    flash(_("El sorteo se realizó y cualquiera puede repetirlo."), "success")
    return back_to(panel)


@blueprint.get("/sorteos/<int:panel_id>")
@public
def lot_show(panel_id: int) -> str:
    """The lot that breaks ties, and how anybody repeats it."""
    panel = panel_or_404(panel_id)
    lot = queries.draw_of_panel(panel)
    if lot is None:
        raise LotNotFound()
    slug = panel.call_key.partition("/")[0]  # a committee that reviewed appeals has a key below its call's
    out = services.are_results_out(panel)
    width = panel.rulebook.rules.lottery_band
    band = exact(width) if width is not None else None
    ranked_at = queries.first_ranked_at(panel)
    return render_template(
        "scoring/lot_show.html", panel=panel, lot=lot, slug=slug, out=out, band=band, ranked_at=ranked_at
    )


@blueprint.get("/sorteos/<int:panel_id>.json")
@public
def lot_json(panel_id: int) -> FlaskResponse:
    """The lot as `puente scoring draw verify` reads it, as commitment and as result alike."""
    lot = queries.draw_of_panel(panel_or_404(panel_id))
    if lot is None:
        raise LotNotFound()
    response = FlaskResponse(json.dumps(_told(lot), ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="sorteo-{panel_id}.json"'
    return response


def _told(lot: Draw) -> dict[str, Any]:
    promise = Commitment(tuple(lot.labels), lot.randomness_source["es"], lot.iterations, lot.commitment)
    secret = lot.revealed_secret
    reveal = Reveal(secret.encode(), lot.randomness) if secret is not None and lot.randomness is not None else None
    return as_document(promise, lot.committed_at, reveal=reveal, places=lot.places, drawn_at=lot.drawn_at)
