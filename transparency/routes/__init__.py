"""The public accounts. Every page is the same for everybody, and is only rendered again when a figure changed."""

from core.language import N_
from core.navigation import NavItem
from transparency.routes import open_data, records, reports
from transparency.routes.room import blueprint

NAVIGATION = (NavItem(N_("Cuentas"), "transparency.index", order=35),)

__all__ = ["NAVIGATION", "blueprint", "open_data", "records", "reports"]
