"""The treasurer's pages, and the plan that everybody may read."""

from flask import Blueprint

from core.language import N_
from core.navigation import DeskItem, NavItem
from core.roles import Role
from grants import queries as grants_queries
from treasury import queries
from treasury.states import OrderState

blueprint = Blueprint("treasury", __name__)

TREASURY = frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.AUDITOR})

NAVIGATION = (
    NavItem(N_("Plan operativo"), "treasury.plan_list", order=50),
    NavItem(
        N_("Pagos"),
        "treasury.payment_list",
        order=72,
        roles=TREASURY,
        under=("tesoreria/apoyos", "tesoreria/apoyos-por-comprometer", "tesoreria/devoluciones"),
    ),
)
DESK = (
    DeskItem(
        N_("Convocatorias que esperan presupuesto"),
        "treasury.award_waiting",
        frozenset({Role.TREASURER}),
        lambda: len(queries.calls_without_budget()),
    ),
    DeskItem(
        N_("Apoyos por comprometer"),
        "treasury.award_waiting",
        frozenset({Role.TREASURER}),
        queries.awards_to_commit,
    ),
    DeskItem(
        N_("Devoluciones por recibir"),
        "treasury.return_list",
        frozenset({Role.TREASURER}),
        lambda: len(queries.returns_waiting()),
    ),
    DeskItem(
        N_("Ministraciones por ordenar"),
        "treasury.payment_list",
        frozenset({Role.TREASURER}),
        lambda: len(grants_queries.tranches_due()),
    ),
    DeskItem(
        N_("Pagos por autorizar"),
        "treasury.payment_list",
        frozenset({Role.PAYMENT_AUTHORISER}),
        lambda: queries.count_orders(OrderState.PREPARED),
    ),
    DeskItem(
        N_("Pagos autorizados por registrar"),
        "treasury.payment_list",
        frozenset({Role.TREASURER}),
        lambda: queries.count_orders(OrderState.AUTHORISED),
    ),
)

from treasury.routes import awards, budget, execution, in_kind, movements, payments, plans, sponsors  # noqa: E402, F401 (they hang their views on the blueprint)
