"""Tables of affinities as those who publish assignment problems write them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from scoring.commands.assign import read_affinities
from tests.scoring.commands.test_commands import answer


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
