"""The trust's tables. Importing this package registers them and the triggers that guard them."""

from trust.models import contribution_triggers, keeping, ledger_triggers, posting_triggers
from trust.models.bank import MATCH_REASONS, BankAccount, BankLine, BankMatch, BankStatement, MatchReason
from trust.models.bundles import ReceiptBundle
from trust.models.checkout import CheckoutOrder, ProcessedEvent
from trust.models.contributions import (
    Contribution,
    InKindItem,
    Pledge,
    PledgeInstalment,
    PledgePayment,
    Receipt,
    ReceiptCounter,
)
from trust.models.fiscal import FiscalReceipt, InvoiceDetails
from trust.models.fund_closings import FundClosing
from trust.models.kinds import (
    CONTRIBUTION_FORMS,
    CONTRIBUTION_KINDS,
    ENTRY_KINDS,
    FUND_KINDS,
    METHODS,
    ONLINE,
    VALUATION_TECHNIQUES,
    AccountKind,
    ContributionForm,
    ContributionKind,
    EntryKind,
    FundKind,
    Method,
    ValuationTechnique,
    online_methods,
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
from trust.models.offers import OfferAcceptance, OfferContact
from trust.models.online import CompanyCharge, OnlineDispute, OnlineMovement, Payout, RefundRequest
from trust.models.outcomes import InKindOutcome
from trust.models.packages import DUE_RULES, DueRule, PackageBenefit, PackageChoice, PromisedBenefit, SponsorPackage
from trust.models.periods import CLOSING_ACTIONS, ClosingAction, PeriodClosing, PeriodReopening

__all__ = [
    "CLOSING_ACTIONS",
    "CONTRIBUTION_FORMS",
    "CONTRIBUTION_KINDS",
    "DUE_RULES",
    "ENTRY_KINDS",
    "FUND_KINDS",
    "MATCH_REASONS",
    "METHODS",
    "ONLINE",
    "VALUATION_TECHNIQUES",
    "Account",
    "AccountBalance",
    "AccountKind",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "CheckoutOrder",
    "ClosingAction",
    "CompanyCharge",
    "Contribution",
    "ContributionForm",
    "ContributionKind",
    "DueRule",
    "EntryCounter",
    "EntryKind",
    "FiscalPeriod",
    "FiscalReceipt",
    "Fund",
    "FundClosing",
    "FundKind",
    "InKindItem",
    "InKindOutcome",
    "InvoiceDetails",
    "JournalEntry",
    "MatchReason",
    "Method",
    "OfferAcceptance",
    "OfferContact",
    "OnlineDispute",
    "OnlineMovement",
    "PackageBenefit",
    "PackageChoice",
    "Payout",
    "PeriodClosing",
    "PeriodReopening",
    "Pledge",
    "PledgeInstalment",
    "PledgePayment",
    "Posting",
    "ProcessedEvent",
    "PromisedBenefit",
    "Receipt",
    "ReceiptBundle",
    "ReceiptCounter",
    "RefundRequest",
    "SponsorPackage",
    "ValuationTechnique",
    "contribution_triggers",
    "keeping",
    "ledger_triggers",
    "online_methods",
    "posting_triggers",
]
