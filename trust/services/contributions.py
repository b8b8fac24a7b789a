"""Money received: its entry, its receipt and its thanks, in one transaction."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.language import N_
from core.money import LARGEST_CENTS, AmountTooLarge, Money
from core.settings import setting
from trust import emails, queries
from trust.errors import AmountNotPositive, CapitalApart, DateInFuture, FundClosed, KeyReused, NotASponsorship
from trust.models import (
    Contribution,
    ContributionForm,
    ContributionKind,
    EntryKind,
    Fund,
    FundKind,
    Method,
    PackageChoice,
    SponsorPackage,
)
from trust.rules import Rate, inputs_hash
from trust.services.benefits import promise_benefits
from trust.services.ledger import Line, post_entry
from trust.services.posting import Posted
from trust.services.receipts import issue_receipt
from trust.states import ContributionState, FundState

INCOME_ACCOUNT = {
    ContributionKind.DONATION: "4.1.1",
    ContributionKind.SPONSORSHIP: "4.1.2",
    ContributionKind.SUBSIDY: "4.1.3",
    ContributionKind.ENDOWMENT: "3.1.1",
}
MEMO = {
    ContributionKind.DONATION: N_("Donativo en dinero"),
    ContributionKind.SPONSORSHIP: N_("Patrocinio en dinero"),
    ContributionKind.SUBSIDY: N_("Subvención en dinero"),
    ContributionKind.ENDOWMENT: N_("Capital inicial"),
}


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives, and what of it the public may read."""

    user: User | None = None
    organisation: Organisation | None = None
    public_name: str | None = None
    anonymous: bool = False

    def shown(self) -> str | None:
        """The name that may stand in public, or None."""
        return None if self.anonymous else (self.public_name or None)

    def holder(self) -> str | None:
        """The name the receipt is made out to; None makes it out to the bearer."""
        if self.organisation is not None:
            return self.organisation.name
        if self.public_name or self.user is None or self.anonymous:
            return self.public_name or None
        return self.user.name


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given, to which fund, by whom and by which road."""

    form: ContributionForm
    kind: ContributionKind
    method: Method
    fund: Fund
    money: Money
    giver: Giver

    def offered(self, *, key: str, fingerprint: str) -> Contribution:
        """Return it as a contribution that is only offered yet, recorded by whoever acts; not in the session."""
        giver = self.giver
        return Contribution(
            kind=self.kind,
            form=self.form,
            method=self.method,
            fund=self.fund,
            giver_user_id=giver.user.id if giver.user else None,
            giver_organisation_id=giver.organisation.id if giver.organisation else None,
            receipt_name=giver.holder(),
            public_name=giver.shown(),
            anonymous=giver.anonymous,
            amount_cents=self.money.amount_cents,
            currency=self.money.currency,
            state=ContributionState.OFFERED,
            idempotency_key=key,
            inputs_hash=fingerprint,
            created_at=now(),
            recorded_by=actor().user_id,
        )


def check_money(fund: Fund, money: Money, received_on: date) -> None:
    """Refuse what cannot be received.

    Raises:
        AmountNotPositive, AmountTooLarge, DateInFuture, FundClosed: nothing was recorded.
    """
    if money.amount_cents <= 0:
        raise AmountNotPositive()
    if money.amount_cents > LARGEST_CENTS:
        raise AmountTooLarge()
    if received_on > today():
        raise DateInFuture(date=received_on.isoformat())
    if fund.state != FundState.OPEN:
        raise FundClosed(fund=fund.code)


def check_kind(fund: Fund, kind: ContributionKind) -> None:
    """Refuse capital anywhere but in an endowment, and anything else there.

    Raises:
        CapitalApart: nothing was recorded.
    """
    if (kind == ContributionKind.ENDOWMENT) != (fund.kind == FundKind.ENDOWMENT):
        raise CapitalApart()


def receive_contribution(
    *,
    kind: ContributionKind | str,
    fund: Fund,
    money: Money,
    giver_user: User | None = None,
    giver_organisation: Organisation | None = None,
    public_name: str | None = None,
    anonymous: bool = False,
    received_on: date,
    method: Method | str = Method.TRANSFER,
    idempotency_key: str,
    fee: Money | None = None,
    rate: Rate | None = None,
    language: str | None = None,
    email: str | None = None,
    package: SponsorPackage | None = None,
    choice: PackageChoice | None = None,
) -> Contribution:
    """Record money that arrived: post gross, fee and net, issue the numbered receipt, and write to the giver.

    With a `package`, what it promises is owed from now on; `choice` is the place that an online order had taken.

    The same key with the same inputs returns the first contribution; nothing is posted twice.

    Raises:
        KeyReused, AmountNotPositive, AmountTooLarge, DateInFuture, FundClosed, PeriodClosed, MissingRate,
            NotASponsorship, CapitalApart: all or nothing.
    """
    kind, method = ContributionKind(kind), Method(method)
    giver = Giver(giver_user, giver_organisation, public_name, anonymous)
    gift = Gift(ContributionForm.CASH, kind, method, fund, money, giver)
    fingerprint = _fingerprint(gift, received_on, fee, package)
    earlier = recorded_before(idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    check_money(fund, money, received_on)
    check_kind(fund, kind)
    if package is not None and kind != ContributionKind.SPONSORSHIP:
        raise NotASponsorship()
    entry = _post(gift, received_on, idempotency_key, fee=fee, rate=rate)
    # The entry holds the books now: the same form, sent twice at once, has met its twin by here.
    earlier = recorded_before(idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    contribution = _keep(gift, received_on, idempotency_key, fingerprint, entry)
    if package is not None:
        promise_benefits(contribution, package, choice)
    finish_with_receipt(contribution, giver, language, email)
    return contribution


def _post(gift: Gift, received_on: date, key: str, *, fee: Money | None, rate: Rate | None) -> Posted:
    bank = _bank(gift.money, gift.method)
    return post_entry(
        kind=EntryKind.CONTRIBUTION,
        entry_date=received_on,
        memo=MEMO[gift.kind],
        source=f"trust.contribution:{key}",
        lines=_lines(gift.kind, gift.fund, gift.money, bank=bank, fee=fee, rate=rate),
        idempotency_key=f"contribution:{key}",
    )


def _keep(gift: Gift, received_on: date, key: str, fingerprint: str, entry: Posted) -> Contribution:
    contribution = gift.offered(key=key, fingerprint=fingerprint)
    contribution.state, contribution.received_on = ContributionState.RECEIVED, received_on
    contribution.entry_id = entry.id
    session().add(contribution)
    session().flush()
    facts = {"amount_cents": gift.money.amount_cents, "currency": gift.money.currency}
    record(
        "contribution.received", "contribution", contribution.id, None,
        {**facts, "fund": gift.fund.code, "entry": entry.label},
    )  # fmt: skip
    return contribution


def recorded_before(key: str, fingerprint: str) -> Contribution | None:
    """Return what was recorded under this key with these inputs.

    Raises:
        KeyReused: the key came before with other inputs.
    """
    earlier = queries.contribution_by_key(key)
    if earlier is not None and earlier.inputs_hash != fingerprint:
        raise KeyReused()
    return earlier


def finish_with_receipt(contribution: Contribution, giver: Giver, language: str | None, email: str | None) -> None:
    """Issue the receipt of something received and queue the letter that carries it, where there is an address."""
    spoken = language or (giver.user.language if giver.user else "es")
    tax_id = giver.organisation.tax_id if giver.organisation else None
    receipt = issue_receipt(contribution, holder=contribution.receipt_name, tax_id=tax_id, language=spoken)
    address = email or (giver.user.email if giver.user else None)
    if address:
        emails.send_receipt(receipt, address, spoken)


def _bank(money: Money, method: Method) -> str:
    if money.currency != setting("BASE_CURRENCY"):
        return "1.1.3"
    return "1.1.2" if method in (Method.CARD, Method.OXXO, Method.SPEI) else "1.1.1"


def _lines(
    kind: ContributionKind, fund: Fund, money: Money, *, bank: str, fee: Money | None, rate: Rate | None
) -> list[Line]:
    net = money - fee if fee else money
    lines = [Line(bank, fund, net, rate)]
    if fee:
        lines.append(Line("5.2.1", fund, fee, rate))
    lines.append(Line(INCOME_ACCOUNT[kind], fund, -money, rate))
    if kind != ContributionKind.ENDOWMENT:  # capital is not income of the budget
        lines += [
            Line("8.1.2", fund, money, rate),
            Line("8.1.4", fund, -money, rate),
            Line("8.1.4", fund, money, rate),
            Line("8.1.5", fund, -money, rate),
        ]
    return lines


def _fingerprint(gift: Gift, received_on: date, fee: Money | None, package: SponsorPackage | None) -> str:
    return inputs_hash(
        kind=gift.kind.value,
        fund=gift.fund.code,
        cents=gift.money.amount_cents,
        currency=gift.money.currency,
        user=gift.giver.user.id if gift.giver.user else None,
        organisation=gift.giver.organisation.id if gift.giver.organisation else None,
        public_name=gift.giver.public_name,
        anonymous=gift.giver.anonymous,
        received_on=received_on.isoformat(),
        method=gift.method.value,
        fee=fee.amount_cents if fee else 0,
        **({"package": package.id} if package is not None else {}),
    )
