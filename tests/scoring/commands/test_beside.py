"""What a second process reckons: the same as here, also when that process is ended."""

import json
import os
import random
import signal
from pathlib import Path

import pytest

from scoring.commands import beside as room
from scoring.commands.beside import beside
from tests.factories.rules import standard_rulebook
from tests.factories.scoring import CRITERIA
from tests.scoring.commands.test_commands import RANK, answer, write


def _whose(parent: int) -> tuple[bool, int]:
    return os.getpid() == parent, parent + 1


def _ended_elsewhere(parent: int) -> int:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return parent + 1


def _at_fault(parent: int) -> int:
    raise ZeroDivisionError(parent)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "large.csv").write_text("x" * 100, encoding="utf-8")
    return tmp_path / "large.csv"


def test_a_large_file_is_reckoned_in_another_process_and_a_small_one_here(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = os.getpid()
    with beside(_whose, file) as begun:
        assert begun(here)() == (True, here + 1)
    monkeypatch.setattr(room, "LARGE", 100)
    with beside(_whose, file) as begun:
        assert begun(here)() == (False, here + 1)


def test_a_process_that_is_ended_loses_nothing_and_a_fault_stays_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LARGE", 0)
    here = os.getpid()
    with beside(_ended_elsewhere, file) as begun:
        assert begun(here)() == here + 1
    with beside(_at_fault, file) as begun, pytest.raises(ZeroDivisionError):
        begun(here)()


def test_the_order_and_how_sure_it_is_are_the_same_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(4)
    rows = [
        f"A{i},r{r},{one},{chance.randint(0, 5)}"
        for i in range(30)
        for r in chance.sample(range(6), 3)
        for one in CRITERIA
    ]
    rules = json.dumps(standard_rulebook({"es": "Reglas"}))
    write(tmp_path, r_json=rules, s_csv="application,reviewer,criterion,score\n" + "\n".join(rows))
    here = answer(*RANK)
    monkeypatch.setattr(room, "LARGE", 0)
    assert answer(*RANK) == here
    assert here["diagnosis"]["variance"]["residual"] > 0
    assert sum(row["expected_rank"] for row in here["applications"]) == pytest.approx(30 * 31 / 2)
