"""Arithmetic of an entry: what a line is worth in the base currency, and whether the lines balance."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import orjson

from core.money import Money

_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


@dataclass(frozen=True, slots=True)
class Rate:
    """A published exchange rate: units of `quote` for one unit of `base`, with its date and who published it."""

    base: str
    quote: str
    value: str
    date: date
    source: str

    @property
    def fraction(self) -> Fraction:
        """The rate, exactly."""
        return Fraction(self.value)


class PlannedPosting(NamedTuple):
    """A line with everything worked out, ready to be written."""

    account_code: str
    fund_id: int
    amount_cents: int
    currency: str
    base_cents: int
    rate: Rate | None


def imbalances(lines: Sequence[tuple[int, Money]]) -> dict[tuple[int, str], int]:
    """Return what is over (in minor units) for each fund and currency that does not sum to zero."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for fund_id, money in lines:
        sums[fund_id, money.currency] += money.amount_cents
    return {key: total for key, total in sums.items() if total}


def planned(lines: Sequence[tuple[str, int, Money, Rate | None]], base: str) -> list[PlannedPosting]:
    """Value each line in the `base` currency so that every fund and currency also balances there.

    Rounding may leave a cent; the last line of the group carries it.
    """
    postings: list[PlannedPosting] = []
    left_over: dict[tuple[int, str], int] = defaultdict(int)
    last: dict[tuple[int, str], int] = {}
    for position, (account, fund_id, money, rate) in enumerate(lines):
        worth = money if rate is None else money.converted(rate.fraction, base)
        postings.append(PlannedPosting(account, fund_id, money.amount_cents, money.currency, worth.amount_cents, rate))
        left_over[fund_id, money.currency] += worth.amount_cents
        last[fund_id, money.currency] = position
    for key, cents in left_over.items():
        if cents:
            p = postings[last[key]]
            postings[last[key]] = PlannedPosting(
                p.account_code, p.fund_id, p.amount_cents, p.currency, p.base_cents - cents, p.rate
            )
    return postings


def inputs_hash(**inputs: Any) -> str:
    """Return the fingerprint of an operation's inputs, the same however the keywords are ordered."""
    try:
        text = orjson.dumps(inputs, default=str, option=_CANONICAL)
    except TypeError:  # an integer of more than 64 bits, which somebody may well type
        text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    return hashlib.sha256(text).hexdigest()


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
