"""Take the report of how an award was spent, and accept or return it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts import queries as people
from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.files import StoredFile
from core.language import in_language
from core.money import Money
from grants.emails import letters
from grants.errors.awards import ExpenseInvalid, ReasonMissing, ReceiptMissing, ReportEmpty, ReportPending
from grants.models.award import MOST_LINES, Award, ExpenseLine, ExpenseReport
from grants.queries.awards import hold
from grants.rules.letters import LetterText
from grants.rules.tranches import unspent
from grants.services.awards import move_award, settle_tranches
from grants.services.held_uploads import hold_upload
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.states.award import AWARD, EXPENSE_REPORT, AwardState, ReportState

LONGEST_CONCEPT = 200
LONGEST_NARRATIVE = 10_000


@dataclass(frozen=True, slots=True)
class ExpenseEntry:
    """One expense as the beneficiary states it, with its receipt. `place` is where their form shows it, from 1."""

    concept: str
    spent_on: date | None
    money: Money | None
    receipt: StoredFile | None
    place: int | None = None


def file_expense_report(award: Award, *, lines: Sequence[ExpenseEntry], narrative: str = "") -> ExpenseReport:
    """Hand in how an award was spent, line by line with receipts. A returned report is followed by a new one.

    Raises:
        ReportEmpty, ExpenseInvalid, ReceiptMissing: a line is not in order. ReportPending: one is under review or
            accepted. IllegalTransition: nothing was paid yet.
    """
    hold(award)  # two clicks at once: the second waits and sees the first
    ensure_reportable(award)
    if not lines:
        raise ReportEmpty()
    for number, entry in enumerate(lines, start=1):
        _check(award, entry.place or number, entry)
    spent = sum((entry.money for entry in lines if entry.money), Money.zero(award.currency))
    report = ExpenseReport(
        number=len(award.reports) + 1,
        state=ReportState.FILED,
        narrative=narrative.strip()[:LONGEST_NARRATIVE],
        spent_cents=spent.amount_cents,
        unspent_cents=unspent(award.money, spent).amount_cents,
        currency=award.currency,
        filed_at=now(),
        filed_by_id=actor().user_id,
        lines=[_line(number, entry) for number, entry in enumerate(lines, start=1)],
    )
    award.reports.append(report)
    session().flush()
    record(
        "expense_report.filed", "award", award.id, None, {"number": report.number, "spent_cents": report.spent_cents}
    )
    return report


def ensure_reportable(award: Award) -> None:
    """Refuse what comes for a report that cannot be handed in.

    Raises:
        IllegalTransition: nothing was paid yet, or the award is over. ReportPending: one is under review or accepted.
    """
    AWARD.check(award.state, AwardState.REPORTED)
    if any(report.state is not ReportState.RETURNED for report in award.reports):
        raise ReportPending()


def receipts_place(award: Award) -> str:
    """Return where the receipts of an award's unfinished report are held."""
    return f"expenses:{award.id}"


def receipt_slot(place: int) -> str:
    """Return the control that takes the receipt of a line of the report, counted from 0."""
    return f"lines-{place}-receipt"


def is_receipt_slot(slot: str) -> bool:
    """Return whether a control takes the receipt of a line that a report may have."""
    return slot in map(receipt_slot, range(MOST_LINES))


def accept_expense_report(report: ExpenseReport) -> ExpenseReport:
    """Accept a report: the award counts as reported, and what was spent and not paid yet becomes due, no more.

    Where more was paid than spent, the difference is to come back; the letter says which of the two, and how much.

    Raises:
        IllegalTransition: it is not waiting. OwnCase: the beneficiary may not accept their own.
    """
    _review(report, ReportState.ACCEPTED, "")
    settlement = settle_tranches(report.award, report.spent)
    report.due_cents, report.return_cents = settlement.due.amount_cents, settlement.to_return.amount_cents
    move_award(report.award, AwardState.REPORTED)
    with in_language(report.award.application.applicant.language):
        text = letters.report_accepted(report)
    _send(report, text)
    return report


def return_expense_report(report: ExpenseReport, *, reason: str) -> ExpenseReport:
    """Send a report back with what has to be corrected. Its receipts wait in the form of the next one.

    Raises:
        ReasonMissing: it does not say what. IllegalTransition: it is not waiting.
    """
    if not reason.strip():
        raise ReasonMissing()
    _review(report, ReportState.RETURNED, reason.strip())
    filer = report.award.application.applicant if report.filed_by_id is None else people.user(report.filed_by_id)
    if filer is not None:
        for place, line in enumerate(report.lines):
            hold_upload(receipts_place(report.award), receipt_slot(place), filer, line.receipt, replacing=True)
    with in_language(report.award.application.applicant.language):
        text = letters.report_returned(report)
    _send(report, text)
    return report


def _check(award: Award, number: int, entry: ExpenseEntry) -> None:
    concept = entry.concept.strip()
    in_order = (
        0 < len(concept) <= LONGEST_CONCEPT
        and entry.spent_on is not None
        and entry.spent_on <= today()
        and entry.money is not None
        and entry.money.currency == award.currency
        and entry.money.amount_cents > 0
    )
    if not in_order:
        raise ExpenseInvalid(line=number, currency=award.currency)
    if entry.receipt is None:
        raise ReceiptMissing(line=number)


def _line(number: int, entry: ExpenseEntry) -> ExpenseLine:
    assert entry.money is not None
    assert entry.spent_on is not None
    assert entry.receipt is not None
    return ExpenseLine(
        line=number,
        concept=entry.concept.strip(),
        spent_on=entry.spent_on,
        amount_cents=entry.money.amount_cents,
        currency=entry.money.currency,
        receipt_file_id=entry.receipt.id,
        receipt=entry.receipt,
    )


def _review(report: ExpenseReport, target: ReportState, note: str) -> None:
    hold(report.award)  # two officers at once: the second waits and sees the first
    EXPENSE_REPORT.check(report.state, target)
    ensure_impartial(report.award.application)
    reviewer = actor().user_id
    before, report.state = report.state, target
    report.reviewed_at, report.reviewed_by_id, report.review_note = now(), reviewer, note
    session().flush()
    record(f"expense_report.{target.value}", "award", report.award_id, {"state": before.value}, {"state": target.value})


def _send(report: ExpenseReport, text: LetterText) -> None:
    send_letter(report.award.application, text, about=f"expense_report:{report.id}")
    session().flush()
