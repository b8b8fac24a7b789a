"""Every write of the trust fund. Services flush and never commit."""

from trust.services.bank import (
    Imported,
    import_statement,
    match_by_hand,
    match_by_rules,
    open_line_again,
    set_line_aside,
)
from trust.services.benefits import (
    deliver_benefit,
    may_undo,
    remind_of_benefit,
    undo_delivery,
)
from trust.services.bundles import KEPT_DAYS, ask_bundle, bundle_file, clear_bundles, make_bundle
from trust.services.chart import CHART, establish_chart, open_fund, open_periods, open_year
from trust.services.checkout import ask_for_page, keep_page, open_order, schedule_catch_up, start_checkout
from trust.services.closings import closing_bytes
from trust.services.company_charges import explain_charges, post_charges, return_charges
from trust.services.contributions import receive_contribution
from trust.services.corrections import check_correction, correct_entry
from trust.services.entry_import import import_entries
from trust.services.fulfilment import ask_payment, fulfil_checkout, move_order
from trust.services.held_payments import assign_held_payment, refuse_held_payment
from trust.services.in_kind import (
    accept_offer,
    check_delivery,
    check_not_own,
    confirm_in_kind_delivery,
    decline_in_kind,
    offer_in_kind,
    use_in_kind,
)
from trust.services.ledger import Draft, Line, post_entries, post_entry, reverse_entry
from trust.services.movements import exchange_currency, transfer_between_funds
from trust.services.notices import catch_up_payments, entering_charge, handle_webhook
from trust.services.offers import Contact, check_flood, offer_from_public
from trust.services.online_money import apply_history
from trust.services.packages import (
    BenefitLine,
    check_package,
    close_package,
    write_package,
)
from trust.services.payouts import apply_payout
from trust.services.periods import (
    ask_reopening,
    check_closable,
    close_period,
    close_year,
    grant_reopening,
    refuse_reopening,
    withdraw_reopening,
)
from trust.services.pledges import apply_contribution, cancel_pledge, pledge, remind_of
from trust.services.posting import Posted
from trust.services.receipts import cancel_receipt, issue_receipt, receipt_bytes
from trust.services.refunds import ask_refund, drop_refund, keep_refund, request_refund, return_by_transfer
from trust.services.verification import verify_ledger

__all__ = [
    "CHART",
    "KEPT_DAYS",
    "BenefitLine",
    "Contact",
    "Draft",
    "Imported",
    "Line",
    "Posted",
    "accept_offer",
    "apply_contribution",
    "apply_history",
    "apply_payout",
    "ask_bundle",
    "ask_for_page",
    "ask_payment",
    "ask_refund",
    "ask_reopening",
    "assign_held_payment",
    "bundle_file",
    "cancel_pledge",
    "cancel_receipt",
    "catch_up_payments",
    "check_closable",
    "check_correction",
    "check_delivery",
    "check_flood",
    "check_not_own",
    "check_package",
    "clear_bundles",
    "close_package",
    "close_period",
    "close_year",
    "closing_bytes",
    "confirm_in_kind_delivery",
    "correct_entry",
    "decline_in_kind",
    "deliver_benefit",
    "drop_refund",
    "entering_charge",
    "establish_chart",
    "exchange_currency",
    "explain_charges",
    "fulfil_checkout",
    "grant_reopening",
    "handle_webhook",
    "import_entries",
    "import_statement",
    "issue_receipt",
    "keep_page",
    "keep_refund",
    "make_bundle",
    "match_by_hand",
    "match_by_rules",
    "may_undo",
    "move_order",
    "offer_from_public",
    "offer_in_kind",
    "open_fund",
    "open_line_again",
    "open_order",
    "open_periods",
    "open_year",
    "pledge",
    "post_charges",
    "post_entries",
    "post_entry",
    "receipt_bytes",
    "receive_contribution",
    "refuse_held_payment",
    "refuse_reopening",
    "remind_of",
    "remind_of_benefit",
    "request_refund",
    "return_by_transfer",
    "return_charges",
    "reverse_entry",
    "schedule_catch_up",
    "set_line_aside",
    "start_checkout",
    "transfer_between_funds",
    "undo_delivery",
    "use_in_kind",
    "verify_ledger",
    "withdraw_reopening",
    "write_package",
]
