"""The trust's tables. Importing this package registers them and the triggers that guard them."""

from trust.models import ledger_triggers
from trust.models.bank import MATCH_REASONS, BankAccount, BankLine, BankMatch, BankStatement, MatchReason
from trust.models.checkout import CheckoutOrder, ProcessedEvent
from trust.models.contributions import Contribution, InKindItem, Pledge, PledgeInstalment, Receipt, ReceiptCounter
from trust.models.kinds import (
    CONTRIBUTION_FORMS,
    CONTRIBUTION_KINDS,
    ENTRY_KINDS,
    FUND_KINDS,
    METHODS,
    VALUATION_TECHNIQUES,
    AccountKind,
    ContributionForm,
    ContributionKind,
    EntryKind,
    FundKind,
    Method,
    ValuationTechnique,
)
from trust.models.ledger import (
    Account,
    AccountBalance,
    EntryCounter,
    FiscalPeriod,
    Fund,
    JournalEntry,
    Posting,
)
from trust.models.online import OnlineDispute, OnlineMovement, Payout, RefundRequest

__all__ = [
    "CONTRIBUTION_FORMS",
    "CONTRIBUTION_KINDS",
    "ENTRY_KINDS",
    "FUND_KINDS",
    "MATCH_REASONS",
    "METHODS",
    "VALUATION_TECHNIQUES",
    "Account",
    "AccountBalance",
    "AccountKind",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "CheckoutOrder",
    "Contribution",
    "ContributionForm",
    "ContributionKind",
    "EntryCounter",
    "EntryKind",
    "FiscalPeriod",
    "Fund",
    "FundKind",
    "InKindItem",
    "JournalEntry",
    "MatchReason",
    "Method",
    "OnlineDispute",
    "OnlineMovement",
    "Payout",
    "Pledge",
    "PledgeInstalment",
    "Posting",
    "ProcessedEvent",
    "Receipt",
    "ReceiptCounter",
    "RefundRequest",
    "ValuationTechnique",
    "ledger_triggers",
]
