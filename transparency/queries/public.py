"""What is public apart from the reports: the front door's figures, the entries, the beneficiaries, the version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from core.audit import AuditEvent
from core.clock import local, today
from core.database import session
from core.listing import contains
from core.money import Money
from core.settings import setting
from grants.models import Appeal, Application, ApplicationVersion, Award, Call, Determination, Screening
from grants.queries.corrections import corrected
from grants.rules.corrections import PUBLIC_NAME, told_since
from grants.states.application import ApplicantKind, ApplicationState
from grants.states.award import AwardState
from grants.states.call import CallState
from grants.states.determination import DeterminationState
from scoring.models import Draw, Panel
from scoring.states import PanelState
from transparency.queries.grants import STANDING, moments
from transparency.rules.books import INCOME_CASH
from transparency.rules.periods import FIRST_YEAR, LAST_YEAR, Period, quarter_of
from trust.models import Account, AccountBalance, Fund, FundKind, JournalEntry

PRIVATE_ACTS = (
    "account.",
    "address.",
    "role.",
    "session.",
    "second_factor.",
    "mail.",
    "job.",
    "dossier.",
    "conflict.",
    "assignment.",
    "review.",
    "score.",
)
LATE = 500  # events: how far behind the newest an act may be that is committed after it


@dataclass(frozen=True, slots=True)
class FrontFigures:
    """The figures of the front door: in the base currency, but what was awarded in the currencies it was awarded in."""

    received: Money
    awarded: tuple[Money, ...]  # never empty
    available: Money


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """One row of the register: what the law makes public and nothing else.

    `name_corrected_on`: the day since which the name is another than the one first published; None if it never was.
    """

    award_id: int
    folio: str
    name: str
    kind: ApplicantKind
    project: str
    call_slug: str
    call_title: dict[str, str]
    amount: Money
    awarded_on: date
    state: AwardState
    name_corrected_on: date | None = None


def public_version() -> str:
    """Return what changes whenever a public figure does, for the price of one statement of index look-ups."""
    withdrawn = select(func.count(Application.id)).where(Application.state == ApplicationState.WITHDRAWN)
    newest = (
        select(func.max(JournalEntry.id)),
        select(func.max(Determination.released_at)),
        select(func.max(ApplicationVersion.id)),
        select(func.max(Screening.id)),
        select(func.max(Appeal.id)),
        select(func.max(Appeal.resolved_at)),
        select(func.max(Fund.id)),
        select(func.count(Call.id)).where(Call.consultation_closes_at.is_not(None)),
        select(func.max(Award.id)),
        withdrawn,
        *_last_public_acts(),
    )
    row = session().execute(select(*(one.scalar_subquery() for one in newest))).one()
    return ".".join("" if value is None else str(value) for value in row)


def _last_public_acts() -> tuple[Select[Any], ...]:
    # Every service leaves an event; what people do with their own account changes nothing public. The last of them and
    # how many stand near it: whoever took a lower number and committed later changes the count alone.
    public = ~or_(*(AuditEvent.action.startswith(prefix) for prefix in PRIVATE_ACTS))
    last = select(AuditEvent.id).where(public).order_by(AuditEvent.id.desc()).limit(1)
    return last, select(func.count(AuditEvent.id)).where(public, AuditEvent.id > last.scalar_subquery() - LATE)


def front_figures() -> FrontFigures:
    """Return what was received in cash, what was awarded, and what is free to spend; the endowment is not."""
    base = str(setting("BASE_CURRENCY"))
    worth = AccountBalance.base_cents
    spendable = case((Fund.kind == FundKind.ENDOWMENT, 0), else_=Account.available_sign)
    sums = (
        select(
            func.coalesce(func.sum(case((Account.code.in_(INCOME_CASH), -worth), else_=0)), 0),
            func.coalesce(func.sum(spendable * worth), 0),
        )
        .join(Account, Account.code == AccountBalance.account_code)
        .join(Fund, Fund.id == AccountBalance.fund_id)
    )
    received, available = session().execute(sums).one()
    by_currency = _standing_awards(Award.currency, func.sum(Award.amount_cents)).group_by(Award.currency)
    sums_awarded = session().execute(by_currency.order_by(Award.currency != base, Award.currency))
    awarded = tuple(Money(int(cents), currency) for currency, cents in sums_awarded) or (Money.zero(base),)
    return FrontFigures(Money(int(received or 0), base), awarded, Money(int(available or 0), base))


def _standing_awards(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Award)
        .join(Application, Application.id == Award.application_id)
        .join(Determination, Determination.application_id == Application.id)
        .where(Award.state.in_(STANDING), Determination.state == DeterminationState.RELEASED)
    )


def beneficiaries(*, text: str = "", call_slug: str | None = None, year: int | None = None) -> Select[Any]:
    """Return the query of public awards, newest first: names as their holders chose to be published.

    Those published together stand in the order they came in. Awards are numbered by place, and the scores of each
    place are published without a name: that order would put the name beside them.
    """
    said, corrected_at = corrected(PUBLIC_NAME)
    name = func.coalesce(said, Application.answers[PUBLIC_NAME].as_string())
    project = Application.answers["title"].as_string()
    query = _standing_awards(
        Award.id,
        Application.folio,
        name.label("name"),
        Application.kind,
        project.label("project"),
        Call.slug,
        Call.title,
        Award.amount_cents,
        Award.currency,
        Determination.released_at,
        Award.state,
        corrected_at.label("corrected_at"),
    ).join(Call, Call.id == Application.call_id)
    if text:
        query = query.where(or_(contains(name, text), contains(project, text), contains(Application.folio, text)))
    if call_slug:
        query = query.where(Call.slug == call_slug)
    if year is not None and FIRST_YEAR <= year <= LAST_YEAR:
        query = query.where(Determination.released_at.between(*moments(Period(year))))
    return query.order_by(Determination.released_at.desc(), Application.id)


def beneficiary(row: Any) -> Beneficiary:
    """Return a row of the register as a value."""
    since = told_since(row.corrected_at, row.released_at)
    return Beneficiary(
        award_id=row.id,
        folio=row.folio or "",
        name=row.name or "",
        kind=row.kind,
        project=row.project or "",
        call_slug=row.slug,
        call_title=row.title,
        amount=Money(row.amount_cents, row.currency),
        awarded_on=local(row.released_at).date(),
        state=row.state,
        name_corrected_on=local(since).date() if since else None,
    )


def all_beneficiaries(**filters: Any) -> Iterator[Beneficiary]:
    """Yield the whole register without holding it in memory."""
    for row in session().execute(beneficiaries(**filters).execution_options(yield_per=500)):
        yield beneficiary(row)


def reported_calls() -> list[Call]:
    """Return the calls that have a report: those past their consultation, latest first."""
    consulted = (Call.consultation_closes_at.is_not(None), Call.state != CallState.CONSULTATION)
    return list(session().scalars(select(Call).where(*consulted).order_by(Call.id.desc())))


def first_day() -> date:
    """Return the day of the first entry, or today while the books are empty."""
    return session().scalar(select(func.min(JournalEntry.entry_date))) or today()


def latest_told_quarter() -> Period | None:
    """Return the last quarter that is over and has entries: the first one a reader wants; None while there is none."""
    this_quarter = quarter_of(today()).start
    last = session().scalar(select(func.max(JournalEntry.entry_date)).where(JournalEntry.entry_date < this_quarter))
    return None if last is None else quarter_of(last)


def lot_of(call: Call) -> int | None:
    """Return the committee whose lot, committed to or drawn, anybody may repeat; None without one."""
    query = (
        select(Draw.panel_id).join(Draw.panel).where(Panel.call_key == call.slug, Panel.state != PanelState.CANCELLED)
    )
    return session().scalar(query)


def public_call(slug: str) -> Call | None:
    """Return a call that has a report."""
    call = session().scalar(select(Call).where(Call.slug == slug))
    return call if call is not None and call.is_public and call.state is not CallState.CONSULTATION else None
