"""Tables of affinities as those who publish assignment problems write them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from scoring.commands.assign import read_affinities
from tests.scoring.commands.test_commands import answer, refusal, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(folder: Path, table: Any, mark: str = ",") -> None:
    lines = [mark.join(["application", *(f"r{j}" for j in range(table.shape[1]))])]
    lines += [mark.join([f"p{i}", *map(repr, row)]) for i, row in enumerate(table.tolist())]
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")


def test_numbers_of_seventeen_digits_count_to_the_last(folder: Path) -> None:
    # The optimum by an independent solver for one reading each; every figure is that of the numbers in the file.
    table = np.random.default_rng(2).random((70, 90)) * 12 - 1
    table[0, :3] = -0.0, 1.2e-05, 1.0
    save(folder, table)
    found = answer("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")
    rows, columns = linear_sum_assignment(table, maximize=True)
    assert found["objective"] == math.fsum(table[rows, columns].tolist())
    assert found["worst_served"]["affinity"] == table[rows, columns].min()
    assert {tuple(pair) for pair in found["assignments"]} == {
        (f"p{i}", f"r{j}") for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
    }
    assert "warning" not in found


def test_a_difference_in_the_sixteenth_digit_decides(folder: Path) -> None:
    table = np.array([[0.5000000000000001, 0.5], [0.5, 0.5]])
    save(folder, table)
    found = answer("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")
    assert found["assignments"] == [["p0", "r0"], ["p1", "r1"]]
    save(folder, table[:, ::-1])
    found = answer("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")
    assert found["assignments"] == [["p0", "r1"], ["p1", "r0"]]


def test_decimals_are_kept_as_decimals_and_only_longer_numbers_as_doubles(folder: Path) -> None:
    save(folder, np.array([[0.1, 0.7], [0.25, 1e-12]]))
    assert read_affinities(folder / "a.csv").scale == 10**12
    save(folder, np.array([[0.1, 1 / 3]]))
    kept = read_affinities(folder / "a.csv")
    assert [[part / kept.scale for part in row] for row in kept.parts.tolist()] == [[0.1, 1 / 3]]


def test_under_a_cap_what_could_not_be_compared_exactly_is_said(folder: Path) -> None:
    save(folder, np.random.default_rng(3).random((20, 30)))
    people = "\n".join(["reviewer,institution", *(f"r{j},u{j // 2}" for j in range(30))])
    (folder / "i.csv").write_text(people, encoding="utf-8")
    capped = (
        "assign",
        "--affinity",
        "a.csv",
        "--per-application",
        "3",
        "--max-load",
        "6",
        "--cap",
        "0.5",
        "--seed",
        "s",
    )
    assert "warning" not in answer(*capped)
    assert answer(*capped, "--institutions", "i.csv")["warning"].startswith("Affinities were compared in parts of")


def test_loads_of_everybody_are_told_and_json_is_plain(folder: Path) -> None:
    save(folder, np.array([[0.25, 0.5, 0.0]]))
    found = answer("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")
    assert found["loads"] == {"r0": 0, "r1": 1, "r2": 0}
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (("5", "9"), "TooManyConflicts: "),
        (("3", "4"), "TooFewReviewers: "),
        (("1", "9", "--min-load", "2"), "MinimumLoadUnreachable: The least load asks for 8 readings and only 6 can be"),
        (("4", "9", "--conflicts", "c.csv"), "p0, p1, p2, p3, p4"),
        (("2", "9", "--institutions", "i.csv"), "TooManyConflicts: "),
        (("1", "2", "--conflicts", "o.csv"), "RulesCollide: "),
        (("2", "4", "--min-load", "2", "--conflicts", "c.csv"), "They do not reach their minimum: r0."),
        (("4", "6", "--cap", "0.9", "--seed", "s"), "CapTooTight: "),
        (("2", "3", "--conflicts", "h.csv", "--cap", "0.7", "--seed", "s"), "CapCollides: With the cap"),
    ],
)
def test_what_cannot_be_says_which_bound_and_how_far(folder: Path, bounds: tuple[str, ...], said: str) -> None:
    save(folder, np.ones((6, 4)))
    conflicts = {"c": [(i, 0) for i in range(5)], "o": [(i, j) for i in range(5) for j in range(3)]}
    conflicts["h"] = [(i, 0) for i in range(3)]
    for name, pairs in conflicts.items():
        lines = "".join(f"p{i},r{j}\n" for i, j in pairs)
        (folder / f"{name}.csv").write_text(f"application,reviewer\n{lines}", encoding="utf-8")
    write(folder, i_csv="reviewer,institution\n" + "".join(f"r{j},u\n" for j in range(4)))
    per_application, most, *others = bounds
    told = refusal("assign", "--affinity", "a.csv", "--per-application", per_application, "--max-load", most, *others)
    assert said in told
