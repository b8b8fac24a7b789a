"""Promises of money: written down with their dates, reminded of, kept in parts, or let go with a reason."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from accounts.models import Organisation, User
from core.audit import record
from core.clock import city_moment, now, today
from core.context import actor
from core.database import session
from core.jobs import enqueue
from core.money import Money
from trust import emails, queries
from trust.errors import AmountNotPositive, NotOfThisPledge, ReasonRequired
from trust.models import Contribution, Fund, Pledge, PledgeInstalment, PledgePayment
from trust.services.contributions import check_money
from trust.states import PLEDGE_STATES, PledgeState

REMIND = "trust.remind_pledge"
REMINDERS = {"before": timedelta(days=-7), "after": timedelta(days=1)}


def pledge(
    *,
    fund: Fund,
    money: Money,
    instalments: Sequence[tuple[date, Money]],
    giver_user: User | None = None,
    giver_organisation: Organisation | None = None,
    email: str | None = None,
    language: str = "es",
) -> Pledge:
    """Write down a promise and its due dates. It is not income and has no receipt until money arrives.

    With an address, each part is reminded of a week before it is due and the day after, while part of it is missing.

    Raises:
        AmountNotPositive: an amount is not above zero, or the due amounts are not the amount promised.
    """
    check_money(fund, money, today())
    if any(part.amount_cents <= 0 for _day, part in instalments):
        raise AmountNotPositive()
    if sum((part for _day, part in instalments), Money.zero(money.currency)) != money:
        raise AmountNotPositive()
    promised = Pledge(
        fund=fund,
        giver_user_id=giver_user.id if giver_user else None,
        giver_organisation_id=giver_organisation.id if giver_organisation else None,
        amount_cents=money.amount_cents,
        currency=money.currency,
        state=PledgeState.ACTIVE,
        promised_on=today(),
        email=email,
        language=language,
    )
    promised.instalments = [PledgeInstalment(due_on=day, amount_cents=part.amount_cents) for day, part in instalments]
    session().add(promised)
    session().flush()
    for part in promised.instalments:
        for when, days in REMINDERS.items():
            moment = city_moment(part.due_on + days, time(9))
            enqueue(REMIND, {"instalment": part.id, "when": when}, run_after=moment)
    record("pledge.made", "pledge", promised.id, None, {"amount_cents": money.amount_cents, "currency": money.currency})
    return promised


def apply_contribution(promised: Pledge, contribution: Contribution) -> Pledge:
    """Say that a contribution keeps a promise, in part or whole. What covers it all fulfils it.

    Raises:
        NotOfThisPledge: another giver's, another fund's, not received, or it keeps another promise.
        IllegalTransition: the promise is no longer in force.
    """
    if promised.state != PledgeState.ACTIVE:
        PLEDGE_STATES.check(promised.state, PledgeState.FULFILLED)
    session().refresh(contribution, attribute_names=["state"], with_for_update={"key_share": True})  # it keeps one
    if contribution.id not in {one.id for one in queries.applicable(promised)}:
        raise NotOfThisPledge()
    session().add(
        PledgePayment(
            pledge_id=promised.id,
            contribution_id=contribution.id,
            applied_at=now(),
            applied_by_id=actor().user_id,
        )
    )
    session().flush()
    record("pledge.paid", "pledge", promised.id, None, {"contribution": contribution.id})
    if queries.received_of([promised])[promised.id] >= promised.money:
        promised.state = PledgeState.FULFILLED
        session().flush()
        record("pledge.fulfilled", "pledge", promised.id, {"state": "active"}, {"state": "fulfilled"})
    return promised


def cancel_pledge(promised: Pledge, *, reason: str) -> Pledge:
    """Let a promise go, saying why. What came of it stays what it is.

    Raises:
        IllegalTransition: it is no longer in force. ReasonRequired: no reason was given.
    """
    PLEDGE_STATES.check(promised.state, PledgeState.CANCELLED)
    if not reason.strip():
        raise ReasonRequired()
    promised.state, promised.cancel_reason = PledgeState.CANCELLED, reason.strip()
    session().flush()
    record(
        "pledge.cancelled", "pledge", promised.id, {"state": "active"}, {"state": "cancelled", "reason": reason.strip()}
    )
    return promised


def remind_of(part: PledgeInstalment, when: str) -> bool:
    """Write to the giver about a part that is due soon or late, once each, while it is missing. Returns whether."""
    promised = queries.pledge_by_id(part.pledge_id, hold=True)
    sent = part.reminded_on if when == "before" else part.warned_on
    if promised is None or promised.state != PledgeState.ACTIVE or promised.email is None or sent is not None:
        return False
    (found,) = [one for one in queries.parts_of([promised])[promised.id] if one.id == part.id]
    if not found.missing or (when == "before" and found.is_late):
        return False
    if when == "before":
        part.reminded_on = today()
    else:
        part.warned_on = today()
    emails.send_pledge_reminder(promised, found.due_on, found.missing, late=when == "after")
    session().flush()
    record("pledge.reminded", "pledge", promised.id, None, {"instalment": part.id, "when": when})
    return True
