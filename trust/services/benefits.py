"""What sponsors are owed in return: promised when the money comes, then delivered or lapsed, with its reminders."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from accounts import queries as account_queries
from core.audit import record
from core.clock import city_moment, local, now, today
from core.context import actor
from core.database import session
from core.files import StoredFile
from core.jobs import enqueue
from core.roles import Role
from trust import emails, queries
from trust.errors import (
    BenefitLapsed,
    DateInFuture,
    DeliveredTooEarly,
    ReasonRequired,
    UndoneTooLate,
)
from trust.models import Contribution, PackageChoice, PromisedBenefit, SponsorPackage
from trust.rules.packages import due_date
from trust.states.packages import BENEFIT_STATES, BenefitState

REMIND_BENEFIT = "trust.remind_benefit"
REMINDERS = {"before": timedelta(days=-7), "after": timedelta(days=1)}


def promise_benefits(
    contribution: Contribution, found: SponsorPackage, choice: PackageChoice | None = None
) -> list[PromisedBenefit]:
    """Write down what is owed in return for money that came, with its dates and the letters that remind of them."""
    assert contribution.received_on is not None
    if choice is None:
        choice = PackageChoice(package_id=found.id, chosen_at=now())
        session().add(choice)
    choice.contribution_id = contribution.id
    owed = [
        PromisedBenefit(
            contribution_id=contribution.id,
            package_id=found.id,
            what=one.what,
            quantity=one.quantity,
            due_on=due_date(contribution.received_on, days=one.due_days, on=one.due_on),
            fair_value_cents=one.fair_value_cents,
            currency=found.currency,
            state=BenefitState.DUE,
        )
        for one in found.benefits
    ]
    session().add_all(owed)
    session().flush()
    _plan_reminders(owed)
    record(
        "package.taken", "sponsor_package", found.id, None,
        {"contribution": contribution.id, "benefits": [one.id for one in owed]},
    )  # fmt: skip
    return owed


def _plan_reminders(owed: Sequence[PromisedBenefit]) -> None:
    for one in owed:
        for when, days in REMINDERS.items():
            enqueue(
                REMIND_BENEFIT, {"benefit": one.id, "when": when}, run_after=city_moment(one.due_on + days, time(9))
            )


def follow_refund(contribution: Contribution, owed_before: Sequence[PromisedBenefit]) -> list[PromisedBenefit]:
    """Write down which benefits a change of what is left of a gift makes lapse, or owed again. Returns those.

    What is owed follows from what is left; `owed_before` is what was. What was delivered stays delivered.
    """
    owed = queries.benefits_owed(contribution.id)
    if bool(owed) == bool(owed_before):
        return []
    changed = list(owed or owed_before)
    facts = {
        "contribution": contribution.state.value,
        "refunded_cents": contribution.refunded_cents,
        "package_cents": changed[0].package.amount_cents,
    }
    for one in changed:
        record("benefit.owed_again" if owed else "benefit.lapsed", "promised_benefit", one.id, None, facts)
    _plan_reminders(owed)  # those that fell due meanwhile reminded nobody
    return changed


def deliver_benefit(
    owed: PromisedBenefit, *, on: date, note: str = "", evidence: StoredFile | None = None
) -> PromisedBenefit:
    """Say that a sponsor got what was promised, when, and what shows it.

    Raises:
        IllegalTransition: it was delivered. BenefitLapsed, DateInFuture, DeliveredTooEarly: nothing is noted.
    """
    BENEFIT_STATES.check(owed.state, BenefitState.DELIVERED)
    contribution = owed.contribution
    if not queries.is_owed(owed):
        raise BenefitLapsed()
    if on > today():
        raise DateInFuture(date=on.isoformat())
    if contribution.received_on is not None and on < contribution.received_on:
        raise DeliveredTooEarly(date=contribution.received_on.isoformat())
    owed.state, owed.delivered_on, owed.note = BenefitState.DELIVERED, on, note.strip() or None
    owed.evidence_file_id = evidence.id if evidence else None
    owed.recorded_at, owed.recorded_by_id = now(), actor().user_id
    session().flush()
    record("benefit.delivered", "promised_benefit", owed.id, {"state": "due"}, _told(owed))
    return owed


def undo_delivery(owed: PromisedBenefit, *, reason: str) -> PromisedBenefit:
    """Take back a delivery that was noted by mistake today, saying why. The trail keeps what had been noted.

    Raises:
        IllegalTransition: it was not delivered. UndoneTooLate: it was noted on another day. ReasonRequired: no reason.
    """
    BENEFIT_STATES.check(owed.state, BenefitState.DUE)
    if not may_undo(owed):
        raise UndoneTooLate()
    if not reason.strip():
        raise ReasonRequired()
    before = _told(owed)
    owed.state, owed.delivered_on, owed.note = BenefitState.DUE, None, None
    owed.evidence_file_id = owed.recorded_at = owed.recorded_by_id = None
    session().flush()
    record(
        "benefit.delivery_corrected", "promised_benefit", owed.id, before, {"state": "due", "reason": reason.strip()}
    )
    return owed


def may_undo(owed: PromisedBenefit) -> bool:
    """Return whether a delivery was noted today."""
    return owed.recorded_at is not None and local(owed.recorded_at).date() == today()


def _told(owed: PromisedBenefit) -> dict[str, object]:
    return {
        "state": "delivered",
        "on": owed.delivered_on.isoformat() if owed.delivered_on else None,
        "note": owed.note,
        "evidence": owed.evidence_file_id,
    }


def remind_of_benefit(owed: PromisedBenefit, when: str) -> int:
    """Write to the programme's people, or else to the treasury, once for each moment, while it is owed.

    Returns how many letters left.
    """
    sent = owed.reminded_on if when == "before" else owed.warned_on
    in_force = owed.state == BenefitState.DUE and queries.is_owed(owed)
    if not in_force or sent is not None or (when == "before" and owed.due_on < today()):
        return 0
    if when == "before":
        owed.reminded_on = today()
    else:
        owed.warned_on = today()
    people = account_queries.users_with_role(Role.PROGRAMME_OFFICER) or account_queries.users_with_role(Role.TREASURER)
    for person in people:
        emails.send_benefit_reminder(owed, person.email, person.language, late=when == "after")
    session().flush()
    record("benefit.reminded", "promised_benefit", owed.id, None, {"when": when, "letters": len(people)})
    return len(people)
