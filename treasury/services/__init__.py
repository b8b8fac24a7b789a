"""Every write of the treasury, and the two acts of the fund that move money."""

from grants.services import before_award_closes, when_agreement_accepted, when_award_declined, when_award_settled
from treasury.queries.proofs import BOUND, TABLES, wrong_commitments, wrong_payments
from treasury.services.allocations import allocate_budget
from treasury.services.commitments import award_grant, award_pending
from treasury.services.movements import promised_money, set_aside
from treasury.services.obligations import accrue_award, check_returned, release_commitment, trim_commitment
from treasury.services.payments import (
    authorise_payment,
    cancel_payment_order,
    prepare_payment_order,
    record_payment,
    return_unspent,
)
from treasury.services.plans import add_programme, approve_plan, draft_plan
from trust.services.fund_closings import also_ask
from trust.services.verification import also_prove

__all__ = [
    "accrue_award",
    "add_programme",
    "allocate_budget",
    "approve_plan",
    "authorise_payment",
    "award_grant",
    "award_pending",
    "cancel_payment_order",
    "check_returned",
    "draft_plan",
    "prepare_payment_order",
    "record_payment",
    "release_commitment",
    "return_unspent",
    "set_aside",
    "trim_commitment",
]

# The mobility fund says when; what it means for the money is decided here, in the same transaction.
when_agreement_accepted(accrue_award)
when_award_declined(release_commitment)
when_award_settled(trim_commitment)
before_award_closes(check_returned)
also_ask(promised_money)
also_prove(wrong_payments, TABLES)
also_prove(wrong_commitments, BOUND)
