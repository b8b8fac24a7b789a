"""The figures of a report: computed once, frozen, and the same on the page, in the PDF and in every file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.money import Money
from transparency.rules.periods import ScopeKind

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FundRef:
    """A fund as a report names it."""

    id: int
    code: str
    name: Names
    kind: str

    @property
    def is_restricted(self) -> bool:
        """Whether its giver, or the trust's own deed, fixed what it may pay for."""
        return self.kind in ("restricted", "endowment")


@dataclass(frozen=True, slots=True)
class CallRef:
    """A call as a report names it."""

    slug: str
    title: Names


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """What one kind of giver gave to one fund. `kind` "adjustment" is income that no contribution explains."""

    kind: str
    form: str
    source: str
    fund: FundRef
    count: int
    money: Money
    base: Money


@dataclass(frozen=True, slots=True)
class UseLine:
    """What was spent out of one fund, by account."""

    account: str
    name: Names
    fund: FundRef
    money: Money
    base: Money

    @property
    def is_in_kind(self) -> bool:
        """Whether goods were used and no money left."""
        return self.account.startswith("5.3")


@dataclass(frozen=True, slots=True)
class DestinationLine:
    """What was paid to the awards of one call out of one fund. No call: a payment outside the awards.

    Not by axis: what an axis of few people was paid would undo the hiding of that axis among the awards.
    """

    call: CallRef | None
    fund: FundRef
    money: Money


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund in one currency over the period. `other` is what exchange and transfers moved."""

    fund: FundRef
    opening: Money
    received: Money
    spent: Money
    other: Money
    closing: Money
    committed: Money
    closing_base: Money
    committed_base: Money


@dataclass(frozen=True, slots=True)
class MomentLine:
    """What moved in one budget account of one fund."""

    account: str
    name: Names
    fund: FundRef
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a breakdown. When it is hidden, its figures are None: they are not here to be found."""

    key: str
    decided: int | None
    awarded: int | None
    amount: Money | None

    @property
    def is_hidden(self) -> bool:
        """Whether the row would show who a few people are."""
        return self.decided is None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Applications decided and awards given, by one property of the applicants. The totals include hidden rows."""

    dimension: str
    groups: tuple[Group, ...]
    decided: int
    awarded: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Process:
    """How applications went and how they were judged. None: not known yet, or not before the result."""

    calls: int
    submitted: int
    withdrawn: int
    ineligible: int
    decided: int
    awarded: int
    waitlisted: int
    not_selected: int
    appeals_filed: int
    appeals_upheld: int
    days_to_result: int | None = None
    reviewers: int | None = None
    reviews: int | None = None
    recusals: int | None = None
    further_reviews: int | None = None
    guesses_asked: int | None = None
    guesses_made: int | None = None
    agreement: float | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One programme of the operating plan: what it wants to reach, counted how, with how much."""

    axis: str
    name: Names
    goal: Names
    target: int
    indicator: Names
    budget: Money


@dataclass(frozen=True, slots=True)
class Books:
    """The entries a report stands on."""

    entries: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report covers. A call has no fixed dates: everything that was ever posted for it counts."""

    kind: ScopeKind
    start: date | None
    end: date | None
    year: int | None = None
    quarter: int | None = None
    call: CallRef | None = None
    budget: Money | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one report says."""

    scope: Scope
    currency: str
    income: tuple[IncomeLine, ...]
    uses: tuple[UseLine, ...]
    destinations: tuple[DestinationLine, ...]
    funds: tuple[FundLine, ...]
    moments: tuple[MomentLine, ...]
    breakdowns: tuple[Breakdown, ...]
    process: Process
    calls: tuple[CallRef, ...]
    books: Books
    plan: tuple[PlanLine, ...] = ()

    def income_base(self, form: str) -> Money:
        """Return what came in, in cash or in kind, in the base currency."""
        return total((line.base for line in self.income if line.form == form), self.currency)

    def uses_base(self, prefix: str = "5") -> Money:
        """Return what was used of the accounts that begin so, in the base currency."""
        return total((line.base for line in self.uses if line.account.startswith(prefix)), self.currency)

    def moment(self, account: str) -> Money:
        """Return what moved in a budget account in the base currency: debits less credits."""
        lines = [line for line in self.moments if line.account == account and line.debit.currency == self.currency]
        return total((line.debit - line.credit for line in lines), self.currency)

    def moment_debits(self, account: str) -> Money:
        """Return what entered a budget account in the base currency."""
        lines = [line for line in self.moments if line.account == account and line.debit.currency == self.currency]
        return total((line.debit for line in lines), self.currency)

    def group(self, dimension: str, key: str) -> Group | None:
        """Return one row of a breakdown; None where the report has no such row."""
        rows = [one.groups for one in self.breakdowns if one.dimension == dimension]
        return next((group for groups in rows for group in groups if group.key == key), None)

    @property
    def closing_base(self) -> Money:
        """What the funds hold at the end, in the base currency."""
        return total((line.closing_base for line in self.funds), self.currency)

    @property
    def committed_base(self) -> Money:
        """What of it is already bound."""
        return total((line.committed_base for line in self.funds), self.currency)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has happened yet."""
        return not self.books.entries and not self.process.submitted


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts of one currency."""
    found = Money.zero(currency)
    for amount in amounts:
        found = found + amount
    return found
