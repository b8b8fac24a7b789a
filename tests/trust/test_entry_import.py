"""Entries of other books: all or none, each once, and a refusal names the row."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Refusal
from core.money import Money
from tests.factories.trust import make_fund, post
from trust import queries
from trust.errors import EntryFileRefused, FundOverdrawn, KeyReused, PeriodClosed, UnbalancedEntry
from trust.models import EntryKind, FundKind, JournalEntry
from trust.rules.books import inputs_hash
from trust.services import Draft, Line, import_entries, post_entries, post_entry, verify_ledger

pytestmark = pytest.mark.usefixtures("clock")
HEADER = "key,date,kind,memo,account,fund,amount,currency\n"


def two(key: str, fund: str, amount: str = "1,500.50", day: str = "2026-02-03", other: str | None = None) -> str:
    return (
        f'{key},{day},contribution,Donativo de otros años,1.1.1,{fund},"{amount}",MXN\n'
        f'{key},{day},contribution,Donativo de otros años,4.1.1,{fund},"{other or "-" + amount}",MXN\n'
    )


def count(session: Session) -> int:
    return session.scalar(select(func.count(JournalEntry.id))) or 0


def test_a_file_is_posted_once_however_often_it_is_read(app: Flask, session: Session, tmp_path: Path) -> None:
    fund = make_fund()
    post(fund, 100)
    session.commit()
    file = tmp_path / "libro.csv"
    file.write_text("\ufeff" + HEADER + "".join(two(f"a-{number}", fund.code) for number in range(1_203)))
    for _time in range(2):
        answer = app.test_cli_runner().invoke(args=["ledger", "import", str(file)])
        assert (answer.exit_code, answer.output) == (0, "1203 entries stand in the books.\n")
        session.rollback()
        assert count(session) == 1_204
    assert queries.available(fund) == Money(150_050 * 1_203 + 100, "MXN")
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        (4, two("b", "FONDO", other="-1")), (4, two("b", "FONDO", day="2025-12-31")),
        (4, two("b", "FONDO", day="ayer")),
        (4, two("b", "FONDO", day="2026-03-03")), (4, two("b", "nadie")), (4, two("b", "FONDO", amount="1.005")),
        (4, two("b", "FONDO", amount="=1+1")), (4, two("b", "FONDO", amount="9" * 40)), (4, two("", "FONDO")),
        (4, two("b", "FONDO").replace("contribution", "payment")), (5, two("b", "FONDO").replace("4.1.1", "9.9.9")),
        (4, "b,2026-02-03\n"), (4, two("a", "FONDO").replace("otros", "esos")), (4, two("b", "FONDO", amount="0")),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_posted(
    app: Flask, session: Session, row: int, bad: str, tmp_path: Path
) -> None:
    fund = make_fund()
    session.commit()
    file = tmp_path / "libro.csv"
    file.write_text(HEADER + two("a", fund.code) + bad.replace("FONDO", fund.code))
    answer = app.test_cli_runner().invoke(args=["ledger", "import", str(file)])
    assert answer.exit_code == 1
    assert f"Renglón {row}:" in answer.output
    session.rollback()
    assert count(session) == 0
    assert verify_ledger() == []


@pytest.mark.parametrize("data", [b"", b"a,b\n", HEADER.encode() + b"\xff\xfe", HEADER.encode() + b'"x'])
def test_a_file_that_is_no_such_file_is_refused(session: Session, data: bytes) -> None:
    with pytest.raises(EntryFileRefused):
        import_entries(data)


def drafts(*cents: int, key: str = "lote") -> list[Draft]:
    fund = make_fund(FundKind.RESTRICTED)
    post(fund, 100)
    made = []
    for number, amount in enumerate(cents):
        money = Money(amount, "MXN")
        lines = [Line("1.1.1", fund, money), Line("5.1.1" if amount < 0 else "4.1.1", fund, -money)]
        made.append(Draft(EntryKind.ADJUSTMENT, fund.opened_on, "Lote", "tests:1", lines, f"{key}-{number}"))
    return made


def test_a_batch_posts_as_one_by_one_would(session: Session) -> None:
    several = drafts(500, -600, 50)
    posted = post_entries([*several, several[0]])
    assert [one.number for one in posted] == [2, 3, 4, 2]
    again = post_entry(**several[1]._asdict())
    assert (again.id, again.label) == (posted[1].id, posted[1].label)
    assert post_entries(several) == posted[:3]
    assert verify_ledger() == []


@pytest.mark.parametrize("amounts", [(500, -601, 900), (-101,)])
def test_a_batch_may_not_overdraw_even_in_passing(session: Session, amounts: tuple[int, ...]) -> None:
    several = drafts(*amounts)
    with pytest.raises(FundOverdrawn), session.begin_nested():
        post_entries(several)
    assert count(session) == 1
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"idempotency_key": "lote-0"}, KeyReused),
        ({"entry_date": "closed"}, PeriodClosed),
        ({"lines": ()}, Refusal),
        ({"lines": "unbalanced"}, UnbalancedEntry),
    ],
)
def test_a_draft_at_fault_is_counted_and_takes_no_number(
    session: Session, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    several = drafts(1, 2, 3)
    if change.get("entry_date"):
        change = {"entry_date": several[0].entry_date.replace(year=2025)}
    if change.get("lines"):
        change = {"lines": several[2].lines[:1]}
    with pytest.raises(refusal) as refused, session.begin_nested():
        post_entries([several[0], several[1], several[2]._replace(**change)])
    assert refused.value.position in (3, None)
    assert count(session) == 1
    assert verify_ledger() == []


def test_a_fingerprint_is_what_it_was_however_it_is_written() -> None:
    import hashlib
    import json

    for inputs in ({"b": "señal «ñ» 山\x01", "a": [1, None, ["x", -5]]}, {"huge": 10**30}, {"day": "2026-01-01"}):
        text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert inputs_hash(**inputs) == hashlib.sha256(text.encode()).hexdigest()
