"""The bank's word beside the books': statements taken whole, lines matched by rule with a reason, the rest by hand."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.files import clean_name
from core.money import Money, format_money
from trust import queries
from trust.errors import MatchDiffers, NothingToMatch, ReasonRequired, StatementKnown
from trust.models import BankLine, BankMatch, BankStatement, MatchReason
from trust.queries.bank import NEAR, BookMove, hold_bank
from trust.rules.bank import CsvMapping, fingerprints, read_statement
from trust.states import BANK_LINE_STATES, BankLineState


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: lines that are new, lines an earlier statement had, and how many found their entry."""

    statement: BankStatement
    new: int
    known: int
    matched: int


def import_statement(
    data: bytes, file_name: str, *, account: str, currency: str, mapping: CsvMapping | None
) -> Imported:
    """Take a statement whole or not at all, and match what a rule can. Lines of earlier statements are not doubled.

    Raises:
        StatementKnown: this very file was imported before. StatementUnreadable: naming row and reason.
    """
    hold_bank(account)
    digest = hashlib.sha256(data).hexdigest()
    if queries.statement_by_digest(account, digest) is not None:
        raise StatementKnown()
    read = read_statement(data, currency, mapping)
    prints = fingerprints(read.lines)
    days = [line.booked_on for line in read.lines]
    known = queries.known_lines(account, currency, min(days), max(days)) & set(prints)
    statement = BankStatement(
        account_code=account,
        currency=currency,
        file_name=clean_name(file_name)[:200],
        sha256=digest,
        format=read.format,
        mapping=asdict(mapping) if mapping is not None and read.format == "csv" else None,
        starts_on=min(days),
        ends_on=max(days),
        opening_cents=read.opening.amount_cents if read.opening is not None else None,
        closing_cents=read.closing.amount_cents if read.closing is not None else None,
        imported_by_id=actor().user_id,
        imported_at=now(),
    )
    session().add(statement)
    session().flush()
    fresh = [(line, mark) for line, mark in zip(read.lines, prints, strict=True) if mark not in known]
    for line, mark in fresh:
        session().add(
            BankLine(
                statement_id=statement.id,
                account_code=account,
                booked_on=line.booked_on,
                amount_cents=line.money.amount_cents,
                currency=currency,
                reference=line.reference,
                description=line.description,
                fingerprint=mark,
                state=BankLineState.OPEN,
            )
        )
    session().flush()
    matched = match_by_rules(account, currency)
    record(
        "bank.statement_imported", "bank_statement", statement.id, None,
        {"sha256": digest, "new": len(fresh), "known": len(known), "matched": matched},
    )  # fmt: skip
    return Imported(statement, len(fresh), len(known), matched)


def match_by_rules(account: str, currency: str) -> int:
    """Match every open line that a rule decides without a doubt. Returns how many."""
    waiting = queries.bank_lines(account=account, currency=currency, states=[BankLineState.OPEN])
    lines = list(session().scalars(waiting))
    if not lines:
        return 0
    days = [line.booked_on for line in lines]
    moves = queries.unmatched_moves(account, currency, start=min(days) - NEAR, end=max(days) + NEAR)
    by_label = {move.label: move for move in moves}
    matched = 0
    for line in list(lines):
        cited = next((by_label[word] for word in _words(line) if word in by_label), None)
        if cited is not None and cited.money == line.money:
            _match(line, [cited], MatchReason.NUMBER)
            lines.remove(line)
            moves.remove(cited)
            del by_label[cited.label]
            matched += 1
    by_amount: dict[int, list[BookMove]] = {}
    for move in moves:
        by_amount.setdefault(move.money.amount_cents, []).append(move)
    near = {line.id: [move for move in by_amount.get(line.amount_cents, []) if _is_near(line, move)] for line in lines}
    claims = Counter(move.entry_id for found in near.values() for move in found)
    for line in lines:
        found = near[line.id]
        if len(found) == 1 and claims[found[0].entry_id] == 1:
            _match(line, found, MatchReason.AMOUNT)
            matched += 1
    return matched


def _words(line: BankLine) -> list[str]:
    return f"{line.reference} {line.description}".replace(",", " ").split()


def _is_near(line: BankLine, move: BookMove) -> bool:
    return abs(line.booked_on - move.entry_date) <= NEAR


def match_by_hand(line: BankLine, entry_ids: Iterable[int]) -> BankLine:
    """Say that a line of the bank is these entries together.

    Raises:
        NothingToMatch: no entry, or one that is matched or moves nothing there. MatchDiffers: they do not add up.
        IllegalTransition: the line is not open.
    """
    hold_bank(line.account_code)
    session().refresh(line, attribute_names=["state"], with_for_update=True)
    BANK_LINE_STATES.check(line.state, BankLineState.MATCHED)
    wanted = set(entry_ids)
    moves = [one for one in queries.unmatched_moves(line.account_code, line.currency) if one.entry_id in wanted]
    if not moves or len(moves) != len(wanted):
        raise NothingToMatch()
    total = sum((one.money for one in moves), Money.zero(line.currency))
    if total != line.money:
        raise MatchDiffers(line=format_money(line.money), total=format_money(total))
    _match(line, moves, MatchReason.HAND)
    return line


def set_line_aside(line: BankLine, *, reason: str) -> BankLine:
    """Say why a line of the bank has no entry. It stays in the difference that the page shows.

    Raises:
        ReasonRequired, IllegalTransition.
    """
    BANK_LINE_STATES.check(line.state, BankLineState.SET_ASIDE)
    if not reason.strip():
        raise ReasonRequired()
    line.state, line.set_aside_reason = BankLineState.SET_ASIDE, reason.strip()
    session().flush()
    record("bank.line_set_aside", "bank_line", line.id, {"state": "open"}, {"reason": reason.strip()})
    return line


def open_line_again(line: BankLine) -> BankLine:
    """Take back what was said about a line: it waits for its entry again.

    Raises:
        IllegalTransition: it is open.
    """
    BANK_LINE_STATES.check(line.state, BankLineState.OPEN)
    before = {"state": line.state.value, "entries": [one.entry_id for one in line.matches]}
    line.matches.clear()
    line.state, line.set_aside_reason = BankLineState.OPEN, None
    session().flush()
    record("bank.line_opened", "bank_line", line.id, before, {"state": "open"})
    return line


def _match(line: BankLine, moves: list[BookMove], reason: MatchReason) -> None:
    line.matches = [
        BankMatch(
            entry_id=move.entry_id,
            account_code=line.account_code,
            currency=line.currency,
            reason=reason,
            matched_by_id=actor().user_id if reason is MatchReason.HAND else None,
            matched_at=now(),
        )
        for move in moves
    ]
    line.state = BankLineState.MATCHED
    session().flush()
    record(
        "bank.line_matched", "bank_line", line.id, {"state": "open"},
        {"entries": [move.label for move in moves], "reason": reason.value},
    )  # fmt: skip
