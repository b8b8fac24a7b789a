"""What the bank, the payment company, the tax office and the givers said stays as it was said.

No sum of the books reaches these rows, so nobody would notice a change. What a person decides about them goes on.
"""

from core.database import refuse_truncate
from core.keeping import keep, keep_columns

_OF_MONEY = ("amount_cents", "currency")

keep(
    "bank_statement",
    ("account_code", "currency", "file_name", "sha256", "format", "starts_on", "ends_on", "opening_cents",
     "closing_cents", "imported_at"),
    once=("imported_by_id",),
)  # fmt: skip
keep(
    "bank_line",
    ("statement_id", "account_code", "booked_on", *_OF_MONEY, "reference", "description", "fingerprint"),
)
# What was matched may be taken back, never turned into another match.
keep_columns("bank_match", ("line_id", "entry_id", "account_code", "currency", "reason", "matched_at"))

keep("checkout_order", ("token", "method", "kind", "fund_id", *_OF_MONEY, "created_at"), once=("contribution_id",))
keep(
    "online_movement",
    ("transaction_id", "kind", "order_id", "fund_id", "entry_id", "net_cents", "currency", "created_at"),
    unique=("id", "transaction_id"),
)
keep("payout", ("company_id", *_OF_MONEY, "created_at"), unique=("id", "company_id"))
keep(
    "company_charge",
    ("transaction_id", "told_in_id", "kind", "description", "net_cents", "currency"),
    once=("entry_id", "fund_id", "posted_by_id"),
    unique=("id", "transaction_id"),
)
keep("online_dispute", ("company_id", "order_id", "fund_id", *_OF_MONEY, "opened_at"), unique=("id", "company_id"))
keep("refund_request", ("order_id", *_OF_MONEY, "reason", "key", "requested_at"))

# A stamp is the office's word: what it is on does not change afterwards. A draft may be built again.
keep(
    "fiscal_receipt",
    ("receipt_id", "created_at", "credits_id", "credit_cents", "note_number"),
    once=("uuid", "stamped_at", "cancel_code", "cancelled_at"),
    after={"uuid": ("xml_file_id", "dated", "is_generic", "livemode")},
)
keep(
    "in_kind_item",
    ("contribution_id", "description", "quantity", "unit", "valuation", "valuation_note", "evidence_file_id"),
    once=("delivered_to",),
    unique=("id", "contribution_id"),
)
keep(
    "pledge",
    ("fund_id", "giver_organisation_id", "giver_user_id", *_OF_MONEY, "promised_on"),
    once=("cancel_reason",),
)
keep("pledge_instalment", ("pledge_id", "due_on", "amount_cents"))
keep("pledge_payment", ("pledge_id", "contribution_id", "applied_at"), unique=("id", "contribution_id"))
keep(
    "promised_benefit",
    ("contribution_id", "package_id", "what AS TEXT", "quantity", "due_on", "fair_value_cents", "currency"),
)

# A counter whose row is new is written by whoever comes first, so that nobody replaces it is not asked here.
keep("entry_counter", ("fiscal_year",), unique=())
keep("receipt_counter", ("series", "year"), unique=())
keep_columns("receipt", ("token", "issued_at"))

for _table in ("contribution", "period_closing", "period_reopening", "fund_closing", "processed_event", "bank_match"):
    refuse_truncate(_table)
