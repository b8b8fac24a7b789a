"""Verdicts and arithmetic: values in, values out."""

from trust.rules.books import PlannedPosting, Rate, fingerprint, imbalances, inputs_hash, planned
from trust.rules.spending import (
    RuleVerdict,
    SpendingRequest,
    SpendingRules,
    SpendingVerdict,
    UnreadableRules,
    may_spend,
)
from trust.rules.words import amount_in_words, number_in_words

__all__ = [
    "PlannedPosting",
    "Rate",
    "RuleVerdict",
    "SpendingRequest",
    "SpendingRules",
    "SpendingVerdict",
    "UnreadableRules",
    "amount_in_words",
    "fingerprint",
    "imbalances",
    "inputs_hash",
    "may_spend",
    "number_in_words",
    "planned",
]
