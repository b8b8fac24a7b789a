"""Open a purse and write its giver's rules, seeing them in plain words before they count."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from accounts.models import Organisation
from core.access import roles
from core.database import session
from core.errors import Refusal
from core.language import _
from core.roles import Role
from trust import services
from trust.documents import rule_facts, verdict_text
from trust.errors import FundCodeTaken, InvalidSpendingRules
from trust.forms import FundForm
from trust.models import Fund, FundKind
from trust.routes import blueprint
from trust.rules import RuleVerdict, may_spend


@blueprint.route("/tesoreria/bolsas/nueva", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def fund_new() -> Response | tuple[str, int]:
    """Open a purse; with `accion=revisar` only show what the rules say and what they would answer."""
    givers = {one.id: one for one in session().scalars(account_queries.organisations())}
    form = FundForm(organisations={one: giver.name for one, giver in givers.items()})
    valid = form.validate_on_submit()
    if valid and request.form.get("accion") != "revisar":
        try:
            fund = _open(form, givers)
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {FundCodeTaken: "code", InvalidSpendingRules: "axes"}, otherwise="code")
            valid = False
        else:
            flash(_("La bolsa quedó abierta con sus reglas."), "success")
            return redirect(url_for("trust.fund_show", code=fund.code), 303)
    page = render_template(
        "trust/fund_new.html",
        form=form,
        rules=rule_facts(form.rules()) if valid else None,
        verdicts=_verdicts(form) if valid else (),
        said=verdict_text,
    )
    return page, 422 if form.errors else 200


def _verdicts(form: FundForm) -> Sequence[RuleVerdict]:
    trial = form.trial()
    return may_spend(form.rules(), trial).reasons if trial is not None else ()


def _open(form: FundForm, givers: dict[int, Organisation]) -> Fund:
    return services.open_fund(
        code=form.code.data or "",
        name={"es": form.name_es.data or "", "en": form.name_en.data or ""},
        purpose={"es": form.purpose_es.data or "", "en": form.purpose_en.data or ""},
        kind=FundKind(form.kind.data),
        currency=form.currency.data,
        spending_rules=form.rules(),
        giver_organisation=givers.get(int(form.giver.data)) if form.giver.data else None,
        accepts_gifts=bool(form.accepts_gifts.data),
    )
