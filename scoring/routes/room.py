"""The room's blueprint, and what its views share."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from core.context import actor
from core.roles import Role
from scoring import queries, services
from scoring.errors import DossierNotFound, PanelNotFound
from scoring.models import Assignment, Dossier, Panel

blueprint = Blueprint("scoring", __name__)

STAFF = (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)


def own_assignment(code: str) -> Assignment:
    """Return what this reviewer has to do with a dossier; one of others does not exist.

    Raises:
        DossierNotFound. CalibrationFirst: the committee asks for its samples before.
    """
    found = queries.assignment_by_code(actor().user_id or 0, code)
    if found is None:
        raise DossierNotFound()
    services.ensure_calibrated(found)
    return found


def panel_or_404(panel_id: int) -> Panel:
    """Return a committee."""
    found = queries.panel_by_id(panel_id)
    if found is None:
        raise PanelNotFound()
    return found


def dossier_or_404(panel: Panel, code: str) -> Dossier:
    """Return a dossier of a committee."""
    found = queries.dossiers_by_code(panel, [code]).get(code)
    if found is None:
        raise PanelNotFound()
    return found


def back_to(panel: Panel, endpoint: str = "scoring.panel_show") -> Response:
    """Go to a page of the committee after an act."""
    return redirect(url_for(endpoint, panel_id=panel.id), 303)
