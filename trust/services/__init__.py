"""Every write of the trust fund. Services flush and never commit."""

from trust.services.chart import CHART, establish_chart, open_fund, open_periods
from trust.services.checkout import catch_up_payments, fulfil_checkout, handle_webhook, start_checkout
from trust.services.contributions import receive_contribution
from trust.services.corrections import correct_entry
from trust.services.in_kind import confirm_in_kind_delivery, decline_in_kind, offer_in_kind, use_in_kind
from trust.services.ledger import Line, post_entry, reverse_entry
from trust.services.movements import exchange_currency, pledge, transfer_between_funds
from trust.services.periods import close_period
from trust.services.receipts import cancel_receipt, issue_receipt, receipt_bytes
from trust.services.verification import verify_ledger

__all__ = [
    "CHART",
    "Line",
    "cancel_receipt",
    "catch_up_payments",
    "close_period",
    "confirm_in_kind_delivery",
    "correct_entry",
    "decline_in_kind",
    "establish_chart",
    "exchange_currency",
    "fulfil_checkout",
    "handle_webhook",
    "issue_receipt",
    "offer_in_kind",
    "open_fund",
    "open_periods",
    "pledge",
    "post_entry",
    "receipt_bytes",
    "receive_contribution",
    "reverse_entry",
    "start_checkout",
    "transfer_between_funds",
    "use_in_kind",
    "verify_ledger",
]
