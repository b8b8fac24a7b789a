"""The lot of a committee: its commitment, and the draw with the public randomness."""

from flask import flash
from werkzeug.wrappers import Response

from core.access import roles
from core.database import session
from core.language import _
from scoring import services
from scoring.errors import RandomnessMissing
from scoring.forms import RandomnessForm
from scoring.routes.panels import panel_page
from scoring.routes.room import STAFF, back_to, blueprint, panel_or_404


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
