"""The trust's doors: giving, receipts and funds for everybody, the sponsor's pages, and the treasury's desk."""

from flask import Blueprint

from core.context import actor
from core.language import N_
from core.navigation import DeskItem, NavItem
from core.roles import Role
from trust import queries
from trust.queries.company_charges import charges_to_confirm
from trust.queries.fiscal import fiscal_failed
from trust.queries.fund_closings import fund_closings_to_decide
from trust.states import DECIDERS

blueprint = Blueprint("trust", __name__)
machine_blueprint = Blueprint("trust_machine", __name__)

_BOOKS = frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.AUDITOR})
_PACKAGES = ("tesoreria/paquetes", "tesoreria/beneficios")
_MONEY_IN = (
    *_PACKAGES,
    "tesoreria/cfdi",
    "tesoreria/depositos",
    "tesoreria/disputas",
    "tesoreria/entregas",
    "tesoreria/especie",
    "tesoreria/pagos-en-linea",
    "tesoreria/promesas",
    "tesoreria/recibos",
    "tesoreria/traspasos",
)

NAVIGATION = (
    NavItem(N_("Aportar"), "trust.give", 30),
    NavItem(N_("Bolsas"), "trust.fund_list", 40, under=("tesoreria/bolsas",)),
    NavItem(N_("Mis aportaciones"), "trust.my_contributions", 60, frozenset({Role.SPONSOR_CONTACT})),
    NavItem(N_("Libro"), "trust.ledger_list", 70, _BOOKS, ("tesoreria/periodos", "tesoreria/banco", "libro")),
    NavItem(N_("Aportaciones"), "trust.contribution_list", 71, frozenset({Role.TREASURER, Role.AUDITOR}), _MONEY_IN),
    NavItem(N_("Estados financieros"), "trust.statement_list", 73, _BOOKS, ("tesoreria/presupuesto",)),
    NavItem(N_("Patrocinios"), "trust.package_list", 73, frozenset({Role.PROGRAMME_OFFICER}), _PACKAGES),
)
DESK = (
    DeskItem(
        N_("Entregas en especie por confirmar"),
        "trust.offers_waiting",
        frozenset({Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.PROGRAMME_OFFICER}),
        queries.offers_waiting,
    ),
    DeskItem(
        N_("Ejercicio por abrir"),
        "trust.period_list",
        frozenset({Role.TREASURER}),
        lambda: int(queries.year_to_open() is not None),
    ),
    DeskItem(
        N_("Reaperturas de meses por decidir"),
        "trust.reopening_list",
        DECIDERS,
        lambda: queries.reopenings_to_decide(actor().user_id),
    ),
    DeskItem(
        N_("Cierres de bolsas por decidir"),
        "trust.fund_closing_list",
        DECIDERS,
        lambda: fund_closings_to_decide(actor().user_id),
    ),
    DeskItem(N_("Promesas vencidas"), "trust.pledge_list", frozenset({Role.TREASURER}), queries.pledges_late),
    DeskItem(
        N_("Beneficios atrasados"),
        "trust.benefit_list",
        frozenset({Role.TREASURER, Role.PROGRAMME_OFFICER}),
        queries.benefits_late,
        {"estado": "atrasados"},
    ),
    DeskItem(N_("Líneas del banco sin conciliar"), "trust.bank_show", frozenset({Role.TREASURER}), queries.lines_open),
    DeskItem(N_("Pagos en línea en disputa"), "trust.dispute_list", frozenset({Role.TREASURER}), queries.disputes_open),
    DeskItem(
        N_("Depósitos que no cuadran"), "trust.payout_list", frozenset({Role.TREASURER}), queries.payouts_unmatched
    ),
    DeskItem(
        N_("Cargos de la empresa de pagos por confirmar"),
        "trust.payout_list",
        DECIDERS,
        lambda: charges_to_confirm(actor().user_id),
    ),
    DeskItem(
        N_("Pagos en línea por revisar"), "trust.held_payments", frozenset({Role.TREASURER}), queries.payments_held
    ),
    DeskItem(
        N_("CFDI que fallaron"), "trust.fiscal_list", frozenset({Role.TREASURER}), fiscal_failed, {"estado": "fallaron"}
    ),
)

from trust.routes import (  # noqa: E402, F401 (views)
    bank,
    bundles,
    contributions,
    fiscal,
    fund_closings,
    fund_opening,
    funds,
    giving,
    ledger,
    notices,
    offers,
    online,
    packages,
    payouts,
    periods,
    pledges,
    receipts,
    reopenings,
    sponsors,
    statements,
)
