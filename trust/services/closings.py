"""The act of a closing: everything it prints is frozen, so that it renders again to the bytes that were signed."""

from typing import Any

from accounts import queries as people
from core import audit
from core.clock import local, now
from core.context import actor
from core.database import session
from core.files import StoredFile, read, store_generated
from core.language import in_language, localised
from core.settings import setting
from trust import queries
from trust.documents import render_act
from trust.errors import ActTampered
from trust.models import ClosingAction, FiscalPeriod, PeriodClosing, PeriodReopening
from trust.queries import seals
from trust.rules import fingerprint, inputs_hash

LANGUAGE = "es"  # the act is an official document: one language, whoever closes


def seal_audit() -> dict[str, Any]:
    """Return what an act says of the audit trail: the events since the last act, their count and fingerprint.

    Ask before the books are held: whoever is writing an event may be waiting for them.
    """
    up_to, after = audit.last_settled(), seals.last_sealed_event()
    events, digest = audit.digest_events(after, up_to)
    return {"after": after, "up_to": up_to, "events": events, "sha256": digest}


def keep_closing(
    year: int, month: int, period: FiscalPeriod | None, *, sealed: dict[str, Any], confirmed: str
) -> PeriodClosing:
    """Write down that a month, or with month 0 a year, was closed: its proof, and its act as a kept PDF.

    `sealed` is what `seal_audit` said. `confirmed` says how whoever closes proved who they are: "password", or nothing
    when the system itself acts. The event of the closing answers for the act: the next act answers for the event.
    """
    sums = queries.period_sums(year, month)
    content = _content(year, month, sums, confirmed) | {"audit": sealed}
    last = queries.last_number(year)
    if month:  # a year's act names the acts of its months
        content["entries_sha256"] = seals.entries_digest(year, month, last)
    pdf = render_act(content)
    stored = store_generated(pdf, f"acta-{content['period']}.pdf", "application/pdf", "closing")
    closing = PeriodClosing(
        year=year,
        month=month,
        period_id=period.id if period else None,
        action=ClosingAction.CLOSED,
        at=now(),
        by_id=actor().user_id,
        sums=sums,
        sha256=content["sha256"],
        last_number=last,
        content=content,
        act_sha256=fingerprint(pdf),
        stored_file_id=stored.id,
    )
    session().add(closing)
    session().flush()
    subject, subject_id = ("fiscal_period", period.id) if period else ("fiscal_year", year)
    audit.record(
        "ledger.period_closed" if period else "ledger.year_closed", subject, subject_id,
        {"state": "open"} if period else None,
        {"sha256": closing.sha256, "closing": closing.id, "year": year, "month": month, "last_number": last,
         "content": inputs_hash(content=content), "act": closing.act_sha256,
         "entries": content.get("entries_sha256"), "audit": sealed},
    )  # fmt: skip
    return closing


def keep_reopening(reopening: PeriodReopening, year: int, month: int, period: FiscalPeriod | None) -> PeriodClosing:
    """Write down that a month, or with month 0 its year, was opened again."""
    opened = PeriodClosing(
        year=year,
        month=month,
        period_id=period.id if period else None,
        action=ClosingAction.REOPENED,
        at=now(),
        by_id=actor().user_id,
        reopening_id=reopening.id,
    )
    session().add(opened)
    session().flush()
    return opened


def closing_bytes(closing: PeriodClosing) -> bytes:
    """Return the act that was signed, rendered again from its frozen content when the file store lost it.

    Raises:
        ActTampered: neither the kept file nor the frozen content gives the bytes that were signed.
    """
    stored = session().get_one(StoredFile, closing.stored_file_id)
    try:
        data = read(stored)
    except FileNotFoundError:
        data = b""
    if fingerprint(data) != closing.act_sha256 and closing.content is not None:
        data = render_act(closing.content)
    if fingerprint(data) != closing.act_sha256:
        raise ActTampered(period=closing.name)
    return data


def _content(year: int, month: int, sums: dict[str, int], confirmed: str) -> dict[str, Any]:
    found = queries.entry_range(year, month)
    accounts = {one.code: one.name for one in queries.accounts()}
    funds = {one.code: one for one in queries.funds()}
    who = actor().user_id
    person = people.user(who) if who is not None else None
    with in_language(LANGUAGE):
        lines = [
            {
                "account": account,
                "account_name": localised(accounts[account], LANGUAGE),
                "fund": fund,
                "fund_name": localised(funds[fund].name, LANGUAGE),
                "kind": funds[fund].kind.value,
                "currency": currency,
                "cents": cents,
            }
            for (account, fund, currency), cents in ((tuple(key.split("|")), cents) for key, cents in sums.items())
        ]
    months = queries.periods(year) if month == 0 else []
    return {
        "language": LANGUAGE,
        "period": f"{year}-{month:02d}" if month else str(year),
        "year": year,
        "month": month,
        "trust_name": localised(setting("TRUST_NAME"), LANGUAGE),
        "lines": lines,
        "entries": found.count,
        "first": f"{year}-{found.first:06d}" if found.first else None,
        "last": f"{year}-{found.last:06d}" if found.last else None,
        "sha256": inputs_hash(sums=sums),
        "months": [[f"{one.year}-{one.month:02d}", (one.proof or {})["sha256"]] for one in months],
        "closed_by": person.name if person else None,
        "closed_at": local(now()).isoformat(timespec="seconds"),
        "confirmed": confirmed,
    }
