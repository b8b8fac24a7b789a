"""The annual operating plan."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from core.access import ensure, public, roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _
from core.money import Money
from core.roles import Role
from treasury import queries, services
from treasury.errors import PlanApproved, PlanEmpty, PlanExists
from treasury.forms import ConfirmForm, PlanForm, ProgrammeForm, axis_names
from treasury.models import OperatingPlan
from treasury.routes import blueprint
from treasury.states import PLAN_STATES, PlanState
from trust import queries as trust_queries
from trust.errors import EndowmentNotSpendable, PeriodClosed
from trust.models import FundKind


@blueprint.get("/plan-operativo")
@public
def plan_list() -> str:
    """Every year's plan."""
    return render_template(
        "treasury/plan_list.html", plans=queries.plans(), states=PLAN_STATES, may_write=actor().has(Role.TREASURER)
    )


@blueprint.get("/plan-operativo/<int:year>")
@public
def plan_show(year: int) -> str:
    """One year's plan: programmes by axis, goals and money."""
    plan = queries.plan_of(year)
    return render_template(
        "treasury/plan_show.html",
        plan=plan,
        states=PLAN_STATES,
        is_draft=plan.state is PlanState.DRAFT,
        may_write=actor().has(Role.TREASURER),
        may_read_budget=actor().has(Role.TREASURER, Role.PAYMENT_AUTHORISER, Role.AUDITOR),
        total=Money(sum(programme.amount_cents for programme in plan.programmes), plan.currency),
        results=queries.plan_results(plan),
        axes=axis_names(),
    )


@blueprint.route("/plan-operativo/nuevo", methods=["GET", "POST"])
@roles(Role.TREASURER)
def plan_new() -> Response | tuple[str, int]:
    """Begin a plan."""
    form = PlanForm()
    if form.validate_on_submit():
        try:
            plan = services.draft_plan(form.year.data or 0)
            session().commit()
        except PlanExists as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="year")
        else:
            flash(_("Empezaste el plan %(year)s. Ahora agrega sus programas.", year=plan.year), "success")
            return redirect(url_for("treasury.plan_show", year=plan.year), 303)
    return render_template("treasury/plan_new.html", form=form), 422 if form.errors else 200


@blueprint.route("/plan-operativo/<int:year>/programa", methods=["GET", "POST"])
@roles(Role.TREASURER)
def programme_new(year: int) -> Response | tuple[str, int]:
    """Add a programme to a draft."""
    plan = queries.plan_of(year)
    ensure(plan.state is PlanState.DRAFT, PlanApproved())
    spendable = [fund for fund in trust_queries.funds() if fund.kind is not FundKind.ENDOWMENT]
    form = ProgrammeForm().offer(spendable)
    if form.validate_on_submit():
        try:
            _add(plan, form)
            session().commit()
        except PlanApproved:
            raise  # somebody approved it meanwhile: no field of this form can mend that
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {EndowmentNotSpendable: "fund"}, otherwise="amount")
            plan = queries.plan_of(year)
        else:
            flash(_("El programa quedó en el plan."), "success")
            return redirect(url_for("treasury.plan_show", year=year), 303)
    return render_template("treasury/programme_new.html", form=form, plan=plan), 422 if form.errors else 200


def _add(plan: OperatingPlan, form: ProgrammeForm) -> None:
    services.add_programme(
        plan,
        axis=form.axis.data,
        name={"es": form.name_es.data or "", "en": form.name_en.data or ""},
        goal={"es": form.goal_es.data or "", "en": form.goal_en.data or ""},
        indicator={"es": form.indicator_es.data or "", "en": form.indicator_en.data or ""},
        target=form.target.data or 0,
        fund=trust_queries.fund_by_code(form.fund.data),
        money=form.amount.data,
    )


@blueprint.route("/plan-operativo/<int:year>/aprobar", methods=["GET", "POST"])
@roles(Role.TREASURER)
def plan_approve(year: int) -> Response | tuple[str, int]:
    """Approve a plan, after saying what that means."""
    plan = queries.plan_of(year)
    form = ConfirmForm()
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            services.approve_plan(plan)
            session().commit()
        except (PlanEmpty, PeriodClosed) as refusal:
            session().rollback()
            problems, plan = [refusal.message()], queries.plan_of(year)
    if problems or not form.is_submitted() or form.errors:
        page = render_template("treasury/plan_approve.html", plan=plan, form=form, problems=problems)
        return page, 422 if problems or form.errors else 200
    flash(_("El plan %(year)s está aprobado y su presupuesto quedó asentado.", year=year), "success")
    return redirect(url_for("treasury.plan_show", year=year), 303)
