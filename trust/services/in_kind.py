"""Goods and services: offered by one person, confirmed by another, receipted at fair value, never added to cash."""

from collections.abc import Mapping
from datetime import date

from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.files import StoredFile
from core.language import N_
from core.money import MixedCurrencies, Money
from core.settings import setting
from trust import emails, queries
from trust.errors import (
    AcceptedAlready,
    DateInFuture,
    InvalidQuantity,
    NotAccepted,
    NotInStore,
    OwnOffer,
    ReasonRequired,
    SamePerson,
    UsedBeforeReceived,
)
from trust.models import (
    Contribution,
    ContributionForm,
    ContributionKind,
    EntryKind,
    Fund,
    InKindItem,
    InKindOutcome,
    Method,
    OfferAcceptance,
    ValuationTechnique,
)
from trust.models.outcomes import SALES
from trust.rules import inputs_hash
from trust.services.contributions import Gift, Giver, check_kind, check_money, finish_with_receipt, recorded_before
from trust.services.ledger import Line, post_entry
from trust.services.posting import Posted
from trust.states import CONTRIBUTION_STATES, ContributionState

LARGEST_QUANTITY = 1_000_000_000


def offer_in_kind(
    *,
    kind: ContributionKind | str,
    fund: Fund,
    value: Money,
    description: str,
    quantity: int,
    unit: str,
    valuation: ValuationTechnique | str,
    valuation_note: str = "",
    evidence: StoredFile | None = None,
    giver_user: User | None = None,
    giver_organisation: Organisation | None = None,
    public_name: str | None = None,
    anonymous: bool = False,
    idempotency_key: str,
) -> Contribution:
    """Write down an offer of things or services with its fair value. It counts nowhere until it is delivered.

    Raises:
        AmountNotPositive, AmountTooLarge, InvalidQuantity, FundClosed, CapitalApart, KeyReused: nothing was recorded.
    """
    if type(quantity) is not int or not 0 < quantity <= LARGEST_QUANTITY:
        raise InvalidQuantity()
    check_money(fund, value, today())
    check_kind(fund, ContributionKind(kind))
    fingerprint = inputs_hash(
        kind=str(kind), fund=fund.code, cents=value.amount_cents, currency=value.currency, what=description,
        quantity=quantity, unit=unit, organisation=giver_organisation.id if giver_organisation else None,
    )  # fmt: skip
    earlier = recorded_before(idempotency_key, fingerprint)
    if earlier is not None:
        return earlier
    giver = Giver(giver_user, giver_organisation, public_name, anonymous)
    gift = Gift(ContributionForm.IN_KIND, ContributionKind(kind), Method.DELIVERY, fund, value, giver)
    contribution = gift.offered(key=idempotency_key, fingerprint=fingerprint)
    contribution.item = InKindItem(
        description=description,
        quantity=quantity,
        unit=unit,
        valuation=ValuationTechnique(valuation),
        valuation_note=valuation_note,
        evidence_file_id=evidence.id if evidence else None,
    )
    session().add(contribution)
    session().flush()
    record(
        "contribution.offered", "contribution", contribution.id, None,
        {"value_cents": value.amount_cents, "currency": value.currency, "fund": fund.code},
    )  # fmt: skip
    return contribution


def check_not_own(contribution: Contribution) -> None:
    """Refuse whoever acts on what they give themselves, or an organisation of theirs.

    Raises:
        OwnOffer.
    """
    who = actor()
    is_mine = who.user_id is not None and who.user_id == contribution.giver_user_id
    if is_mine or contribution.giver_organisation_id in who.organisation_ids:
        raise OwnOffer()


def accept_offer(
    contribution: Contribution,
    *,
    value: Money,
    valuation: ValuationTechnique | str,
    valuation_note: str,
    evidence: StoredFile | None = None,
    message: str = "",
) -> OfferAcceptance:
    """Say that the trust takes what the public offered, and what it is worth; the giver is told, with `message`.

    What the giver said stays beside it. Somebody else confirms that it came.

    Raises:
        IllegalTransition, OwnOffer, AcceptedAlready, AmountNotPositive, AmountTooLarge, MixedCurrencies, FundClosed: it
            waits on.
    """
    check_not_own(contribution)
    # Two people may accept at once: the second waits for the row, and then sees that it was done.
    session().refresh(contribution, attribute_names=["state", "amount_cents"], with_for_update=True)
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.RECEIVED)
    contact = queries.contact_of(contribution.id)
    if contact is None or queries.acceptance_of(contribution.id) is not None:
        raise AcceptedAlready()
    if value.currency != contribution.currency:
        raise MixedCurrencies(left=contribution.currency, right=value.currency)
    check_money(contribution.fund, value, today())
    offered = contribution.amount_cents
    contribution.amount_cents = value.amount_cents
    session().flush()  # the value moves before anybody answers for it, and never after
    accepted = OfferAcceptance(
        contribution_id=contribution.id,
        offered_cents=offered,
        valuation=ValuationTechnique(valuation),
        valuation_note=valuation_note,
        evidence_file_id=evidence.id if evidence else None,
        accepted_by_id=actor().user_id,
        accepted_at=now(),
    )
    session().add(accepted)
    session().flush()
    record(
        "contribution.accepted", "contribution", contribution.id,
        {"value_cents": offered}, {"value_cents": value.amount_cents, "valuation": accepted.valuation.value},
    )  # fmt: skip
    emails.send_offer_accepted(contribution, contact, message.strip())
    return accepted


def check_delivery(contribution: Contribution) -> None:
    """Refuse whoever may not confirm that something came, or something that nobody accepted.

    Raises:
        IllegalTransition, OwnOffer, NotAccepted, SamePerson.
    """
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.RECEIVED)
    check_not_own(contribution)
    who, accepted = actor().user_id, queries.acceptance_of(contribution.id)
    if accepted is None and queries.contact_of(contribution.id) is not None:
        raise NotAccepted()
    if who is not None and who in (contribution.recorded_by, accepted and accepted.accepted_by_id):
        raise SamePerson()


def confirm_in_kind_delivery(contribution: Contribution, *, received_on: date, delivered_to: str) -> Contribution:
    """Say that the thing arrived: another person than who recorded the offer posts it and issues the receipt.

    Raises:
        IllegalTransition, OwnOffer, NotAccepted, SamePerson, DateInFuture, PeriodClosed: it stays offered.
    """
    check_delivery(contribution)
    who = actor()
    if received_on > today():
        raise DateInFuture(date=received_on.isoformat())
    value = contribution.money
    entry = post_entry(
        kind=EntryKind.IN_KIND,
        entry_date=received_on,
        memo=N_("Aportación en especie recibida"),
        source=f"trust.contribution:{contribution.id}",
        lines=[Line("1.3.1", contribution.fund, value), Line("4.2.1", contribution.fund, -value)],
        idempotency_key=f"in-kind:{contribution.id}",
    )
    if contribution.item is not None:
        contribution.item.delivered_to = delivered_to
    contribution.state, contribution.received_on = ContributionState.RECEIVED, received_on
    contribution.entry_id, contribution.confirmed_by = entry.id, who.user_id
    session().flush()
    record(
        "contribution.delivered", "contribution", contribution.id, {"state": "offered"},
        {"state": "received", "entry": entry.label},
    )  # fmt: skip
    contact = queries.contact_of(contribution.id)
    language, email = (contact.language, contact.email) if contact else (None, None)
    finish_with_receipt(contribution, _giver(contribution), language, email)
    return contribution


def decline_in_kind(contribution: Contribution, *, reason: str) -> None:
    """Say that the trust cannot take an offer, and why.

    Raises:
        IllegalTransition: it is no longer an offer. ReasonRequired: no reason was given.
    """
    CONTRIBUTION_STATES.check(contribution.state, ContributionState.DECLINED)
    if not reason.strip():
        raise ReasonRequired()
    contribution.state = ContributionState.DECLINED
    session().flush()
    record(
        "contribution.declined", "contribution", contribution.id, {"state": "offered"},
        {"state": "declined", "reason": reason.strip()},
    )  # fmt: skip
    contact = queries.contact_of(contribution.id)
    if contact is not None:
        emails.send_offer_declined(contribution, contact, reason.strip())


def use_in_kind(
    contribution: Contribution, *, on: date, memo: str, programme: Mapping[str, str], price: Money | None = None
) -> Posted:
    """Post what became of a thing received, once: used up in a programme or, with a `price`, sold for it (monetised).

    It leaves at the value it came in with; what a sale brought is money of the same fund, and the difference shows as
    what it is. `programme` is its name by language. A reversed use may be told again.

    Raises:
        NotInStore: it is no thing, it is not here, or something was told of it already. UsedBeforeReceived,
            DateInFuture, PeriodClosed, ReasonRequired, AmountNotPositive: nothing was posted.
    """
    if contribution.form != ContributionForm.IN_KIND or contribution.state != ContributionState.RECEIVED:
        raise NotInStore()
    if not memo.strip() or not programme["es"].strip():
        raise ReasonRequired()
    uses = queries.uses_of(contribution, hold=True)
    if uses and queries.reversal_of(uses[-1]) is None:
        raise NotInStore()
    if contribution.received_on is not None and on < contribution.received_on:
        raise UsedBeforeReceived(date=contribution.received_on.isoformat())
    entry = post_entry(
        kind=EntryKind.IN_KIND,
        entry_date=on,
        memo=memo.strip(),
        source=f"trust.contribution:{contribution.id}",
        lines=_leaving(contribution, price, on),
        idempotency_key=f"in-kind-use:{contribution.id}" + (f":{len(uses) + 1}" if uses else ""),
    )
    outcome = InKindOutcome(
        contribution_id=contribution.id,
        entry_id=entry.id,
        monetised=price is not None,
        programme_es=programme["es"].strip()[:200],
        programme_en=(programme.get("en") or programme["es"]).strip()[:200],
    )
    session().add(outcome)
    session().flush()
    told = {"entry": entry.label, "on": on.isoformat(), "programme": outcome.programme_es}
    record(
        "contribution.sold" if outcome.monetised else "contribution.used", "contribution", contribution.id, None, told
    )
    return entry


def _leaving(contribution: Contribution, price: Money | None, on: date) -> list[Line]:
    fund, value = contribution.fund, contribution.money
    if price is None:
        return [Line("5.3.1", fund, value), Line("1.3.1", fund, -value)]
    check_money(fund, price, on)
    # Things and money balance each by themselves: a sale adds nothing in kind to a total of money.
    bank = "1.1.1" if price.currency == setting("BASE_CURRENCY") else "1.1.3"
    sold = [Line(bank, fund, price), Line(SALES, fund, -price)]
    return [*sold, Line("5.3.2", fund, value), Line("1.3.1", fund, -value)]


def _giver(contribution: Contribution) -> Giver:
    user = session().get(User, contribution.giver_user_id) if contribution.giver_user_id else None
    organisation = (
        session().get(Organisation, contribution.giver_organisation_id) if contribution.giver_organisation_id else None
    )
    return Giver(user, organisation, contribution.public_name, contribution.anonymous)
