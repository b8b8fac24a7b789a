"""The open account book: every fund with its figures, and the entries behind each of them."""

from flask import render_template, request, url_for

from core.access import public
from core.context import actor
from core.language import N_, _
from core.listing import chosen, page_number, paginate
from core.roles import STAFF_ROLES, Role
from trust import queries
from trust.documents import rule_facts
from trust.models import ENTRY_KINDS, FUND_KINDS, FundKind
from trust.queries.contributions import COMMITTED, INCOME_CASH
from trust.queries.fund_closings import fund_closing_of
from trust.queries.reading import outcome_told_in
from trust.routes import blueprint
from trust.services.corrections import OF_THE_TREASURY
from trust.states import ENTRY_STATES, FUND_STATES, FundState

# Each figure of a fund, and the accounts whose entries add up to it.
FIGURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "recibido": (N_("Recibido en dinero"), INCOME_CASH),
    "especie": (N_("Recibido en especie"), ("4.2.1",)),
    "comprometido": (N_("Comprometido por pagar"), COMMITTED),
    "pagado": (N_("Pagado en apoyos"), ("5.1.1",)),
    "libre": (N_("Libre"), ("1.1.1", "1.1.2", "1.1.3", *COMMITTED)),
}


@blueprint.get("/fondos")
@public
def fund_list() -> str:
    """Every fund with what it received, committed and has free; an endowment is not for spending, and says so."""
    return render_template(
        "trust/fund_list.html", figures=queries.fund_figures(), kinds=FUND_KINDS, endowment=FundKind.ENDOWMENT
    )


@blueprint.get("/fondos/<code>")
@public
def fund_show(code: str) -> str:
    """One fund: what it may pay for, its figures, and the entries behind each."""
    fund = queries.fund_by_code(code)
    figure = chosen(request.args, "cifra", list(FIGURES))
    accounts = FIGURES[figure][1] if figure else ()
    listing = paginate(queries.entries(fund_id=fund.id, accounts=accounts), page=page_number(request.args), per_page=20)
    labels = {name: _(label) for name, (label, _accounts) in FIGURES.items()}
    if fund.kind is FundKind.ENDOWMENT:
        labels["libre"] = _("Capital, que no se gasta")
    return render_template(
        "trust/fund_show.html",
        fund=fund,
        read=_,
        figures=[one for one in queries.fund_figures() if one.fund.id == fund.id],
        kinds=FUND_KINDS,
        states=FUND_STATES,
        rules=rule_facts(queries.fund_rules(fund)),
        labels=labels,
        figure=figure,
        listing=listing,
        rows=[
            (entry, queries.entry_effect(entry, fund, accounts), queries.entry_debits(entry, fund))
            for entry in listing.rows
        ],
        entry_kinds=ENTRY_KINDS,
        giver=queries.public_giver(fund),
        give_url=url_for("trust.give", bolsa=fund.code) if fund.accepts_gifts else None,
        closing=fund_closing_of(fund),
        is_open=fund.state == FundState.OPEN,
        may_close=fund.state == FundState.OPEN and actor().has(Role.TREASURER),
    )


@blueprint.get("/libro/<label>")
@public
def entry_show(label: str) -> str:
    """One entry: its lines, what it came from, and what reverses it. Who recorded it only staff see."""
    entry = queries.entry_by_label(label)
    staff = actor().has(*STAFF_ROLES, Role.AUDITOR)
    return render_template(
        "trust/entry_show.html",
        entry=entry,
        read=_,
        lines=queries.posting_rows(entry),
        kinds=ENTRY_KINDS,
        states=ENTRY_STATES,
        reversal=queries.reversal_of(entry),
        reverses=queries.reversed_by(entry),
        outcome=outcome_told_in(entry),
        staff=staff,
        recorded_by=queries.recorder_name(entry) if staff else None,
        may_reverse=actor().has(Role.TREASURER) and entry.reverses_id is None and entry.kind not in OF_THE_TREASURY,
    )
