"""A giver's own pages: what I gave, its receipts, and where it went. Nobody sees another's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from core.access import ensure, signed_in
from core.clock import today
from core.context import actor
from core.language import _, current_language, localised
from core.listing import page_number, paginate
from core.settings import setting
from core.web_files import send_bytes
from trust import queries
from trust.documents import render_statement, statement_rows, statement_totals
from trust.errors import ContributionNotFound
from trust.models import Contribution
from trust.queries.reading import outcome_told_in
from trust.routes import blueprint
from trust.routes.contributions import LABELS
from trust.routes.fiscal import fiscal_facts
from trust.routes.packages import send_evidence
from trust.routes.receipts import send_receipt
from trust.states import PLEDGE_STATES


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a contribution's page: its template and the values it shows."""

    template: str
    values: Mapping[str, Any]


_parts: list[Callable[[Contribution], Part | None]] = []


def add_part(tell: Callable[[Contribution], Part | None]) -> None:
    """Let a room above add its section to the page of a giver's contribution; None says nothing."""
    if tell not in _parts:
        _parts.append(tell)


def _mine(contribution_id: int) -> Contribution:
    """Return a contribution of the actor or of one of the actor's organisations; any other does not exist here."""
    contribution = queries.contribution(contribution_id)
    who = actor()
    own = contribution.giver_user_id is not None and contribution.giver_user_id == who.user_id
    shared = contribution.giver_organisation_id in who.organisation_ids
    ensure(own or shared, ContributionNotFound())
    return contribution


@blueprint.get("/mis-aportaciones")
@signed_in
def my_contributions() -> str:
    """What I and my organisations gave and promised."""
    who = actor()
    promised = queries.pledges_of(who.organisation_ids, who.user_id)
    query = queries.contributions(organisation_ids=who.organisation_ids, user_id=who.user_id)
    return render_template(
        "trust/my_contributions.html",
        listing=paginate(query, page=page_number(request.args)),
        totals=queries.totals_given(who.organisation_ids, who.user_id),
        pledges=promised,
        parts=queries.parts_of(promised),
        pledge_states=PLEDGE_STATES,
        benefits=queries.benefits_for(who.organisation_ids, who.user_id),
        standing=queries.standing,
        **LABELS,
    )


@blueprint.get("/mis-aportaciones/constancia")
@signed_in
def my_statement() -> str:
    """What I and my organisations gave in a range of dates, to be printed or downloaded."""
    start, end = _range()
    given = _given(start, end)
    return render_template(
        "trust/my_statement.html",
        start=start,
        end=end,
        rows=statement_rows(given, current_language()),
        totals=statement_totals(given),
        holder=_holder(),
    )


@blueprint.get("/mis-aportaciones/constancia.pdf")
@signed_in
def my_statement_pdf() -> Response:
    """The same statement as a PDF."""
    start, end = _range()
    language = current_language()
    trust_name = localised(setting("TRUST_NAME"), language)
    data = render_statement(
        _given(start, end), holder=_holder(), start=start, end=end, trust_name=trust_name, language=language
    )
    return send_bytes(data, f"constancia-{start}-{end}.pdf", "application/pdf")


def _range() -> tuple[date, date]:
    """Return the dates asked for, the earlier first; by default this year up to today."""
    day = today()
    start, end = _date("desde") or date(day.year, 1, 1), _date("hasta") or day
    return min(start, end), max(start, end)


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _given(start: date, end: date) -> list[Contribution]:
    return queries.given_between(actor().organisation_ids, actor().user_id, start, end)


def _holder() -> str:
    """Return whose statement it is: the organisations one belongs to, or oneself."""
    who = actor()
    names = account_queries.organisation_names(who.organisation_ids)
    people = account_queries.user_names([who.user_id] if who.user_id is not None else [])
    return ", ".join([*sorted(names.values()), *people.values()])


@blueprint.get("/mis-aportaciones/<int:contribution_id>")
@signed_in
def my_contribution(contribution_id: int) -> str:
    """One contribution of mine: receipt, entry, fund, and what the fund has done since."""
    contribution = _mine(contribution_id)
    used = queries.use_in_force(contribution)
    return render_template(
        "trust/my_contribution.html",
        contribution=contribution,
        entry=queries.entry_of(contribution),
        **fiscal_facts(contribution.receipt),
        figures=[one for one in queries.fund_figures() if one.fund.id == contribution.fund_id],
        used=used,
        outcome=outcome_told_in(used),
        accepted=queries.acceptance_of(contribution.id) if contribution.item else None,
        package=queries.package_of(contribution.id),
        benefits=queries.benefits_of(contribution.id),
        standing=queries.standing,
        parts=[part for part in (tell(contribution) for tell in _parts) if part is not None],
        read=_,
        **LABELS,
    )


@blueprint.get("/mis-aportaciones/beneficios/<int:benefit_id>/evidencia")
@signed_in
def my_evidence(benefit_id: int) -> Response:
    """What shows that I got something I was promised."""
    owed = queries.benefit(benefit_id)
    _mine(owed.contribution_id)
    return send_evidence(owed)


@blueprint.get("/mis-aportaciones/<int:contribution_id>/recibo.pdf")
@signed_in
def my_receipt(contribution_id: int) -> Response:
    """The receipt of a contribution of mine."""
    receipt = _mine(contribution_id).receipt
    ensure(receipt, ContributionNotFound())
    assert receipt is not None
    return send_receipt(receipt)
