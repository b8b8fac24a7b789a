"""The public accounts. Every page is the same for everybody, and is only rendered again when a figure changed."""

from flask import Blueprint

from core.language import N_
from core.navigation import NavItem

blueprint = Blueprint("transparency", __name__)

NAVIGATION = (NavItem(N_("Cuentas"), "transparency.index", order=35),)

from transparency.routes import open_data, records, reports  # noqa: E402, F401 (they hang their views on the blueprint)
