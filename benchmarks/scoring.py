"""Assign, rank and measure agreement, against the bare tool on the same problem."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bare import arcs_of
from benchmarks.harness import ROUNDS, Contestant, Result, Work, compare

BARE = 1 / 1.3  # of the rate of the bare solver on the same graph
TWICE = 0.5  # of the rate of one sparse least-squares fit, in a process of its own
FASTER = 10.0  # than the krippendorff package's own fast path
READERS = 3
ONE_THREAD = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # for everybody: who waits for a busy core measures the core


def _once(work: Callable[[], Any]) -> Work:
    def times(count: int) -> None:
        for _number in range(count):
            work()

    return times


def _table(applications: int, reviewers: int) -> Any:
    return np.rint(np.random.default_rng(1).random((applications, reviewers)) * 10_000).astype(np.int64)


def _keywords(applications: int, reviewers: int) -> Any:
    """Return which share of an application's keywords each reviewer declares: few values, and many equals."""
    chance = np.random.default_rng(4)
    wanted, known = chance.random((applications, 25)) < 0.15, chance.random((reviewers, 25)) < 0.2
    return (wanted.astype(np.int64) @ known.T.astype(np.int64)) * 10_000 // np.maximum(wanted.sum(axis=1), 1)[:, None]


@contextmanager
def _bare_flow(table: Any, most: int) -> Iterator[Work]:
    from ortools.graph.python import min_cost_flow  # local: only this contestant needs it bare

    def solve() -> None:
        solver, _arcs = arcs_of(min_cost_flow.SimpleMinCostFlow(), table, READERS, most)
        assert solver.solve() == solver.OPTIMAL

    yield _once(solve)


@contextmanager
def _program(*arguments: object) -> Iterator[Work]:
    """Run a module of Python as a process of its own, its start and its files included."""

    def work() -> None:
        subprocess.run(
            [sys.executable, "-m", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, env=ONE_THREAD
        )

    yield _once(work)


@contextmanager
def _ours(table: Any, most: int) -> Iterator[Work]:
    from scoring.assignment import Problem, assign  # local: rooms are imported only for the contestant that needs them

    n, m = table.shape
    given = Problem([f"A{i}" for i in range(n)], [f"R{j}" for j in range(m)], table, READERS, max_load=most)
    yield _once(lambda: assign(given))


def assignment(applications: int, reviewers: int, rounds: int = ROUNDS, *, keywords: bool = False) -> Result:
    """Compare the exact assignment with OR-tools' min-cost flow over every pair."""
    table = (_keywords if keywords else _table)(applications, reviewers)
    most = READERS * applications * 11 // (10 * reviewers) + 1
    return compare(
        f"Assigning {applications:,} × {reviewers:,}{' by keywords' if keywords else ''}",
        [
            Contestant("bare flow", "OR-tools over every pair, no names", lambda _: _bare_flow(table, most)),
            Contestant("assign", "ours, with its checks", lambda _: _ours(table, most), (("bare flow", BARE),)),
        ],
        times=max(1, 600_000 // (applications * reviewers)),
        rounds=rounds,
    )


def _units(count: int) -> list[list[float]]:
    chance = np.random.default_rng(2)
    marks: list[list[float]] = (
        (chance.normal(60, 15, (count, 1)) + chance.normal(0, 8, (count, READERS))).round().tolist()
    )
    return marks


@contextmanager
def _package(units: list[list[float]]) -> Iterator[Work]:
    import krippendorff  # local: a peer, there for tests and benchmarks alone

    columns = np.asarray(units).T
    yield _once(lambda: krippendorff.alpha(columns, level_of_measurement="interval"))


@contextmanager
def _alpha(units: list[list[float]]) -> Iterator[Work]:
    from scoring.rules.agreement import alpha_of  # local: as above

    value = np.asarray(units).ravel()
    unit = np.repeat(np.arange(len(units)), READERS)
    yield _once(lambda: alpha_of(unit, value))


def agreement(units: int, rounds: int = ROUNDS) -> Result:
    """Compare Krippendorff's alpha with the package of that name."""
    given = _units(units)
    return compare(
        f"Agreement on {units:,} applications",
        [
            Contestant("krippendorff", "the package's fast path", lambda _: _package(given)),
            Contestant("alpha_of", "ours", lambda _: _alpha(given), (("krippendorff", FASTER),)),
        ],
        times=3,
        rounds=rounds,
    )


def ranking(folder: Path, applications: int, rounds: int = ROUNDS) -> Result:
    """Compare `rank` with its diagnosis to one least-squares fit of applications and reviewers, files included."""
    rules, scores = _written(folder, applications)
    bare = ("benchmarks.bare", "least_squares", scores)
    ours = ("web.commands", "scoring", "rank", "--rulebook", rules, "--scores", scores, "--json")
    return compare(
        f"Ranking {applications:,} applications × {READERS}, each a fresh process",
        [
            Contestant(
                "lsqr", "one sparse fit of floats, from file to file", lambda at: _program(*bare, at / "out.json")
            ),
            Contestant(
                "rank",
                "ours: exact terms, ties, reasons, variances, expected ranks",
                lambda _: _program(*ours),
                (("lsqr", TWICE),),
            ),
        ],
        times=1,
        rounds=rounds,
    )


def commanded(folder: Path, applications: int, reviewers: int, rounds: int = ROUNDS) -> Result:
    """Compare the command `assign` to the bare flow as a program that reads the same table and writes its pairs."""
    table = folder / "affinity.csv"
    most = READERS * applications * 11 // (10 * reviewers) + 1
    with table.open("w", encoding="utf-8") as file:
        file.write(",".join(["application", *(f"R{j}" for j in range(reviewers))]) + "\n")
        for i, row in enumerate(_table(applications, reviewers).tolist()):
            file.write(",".join([f"A{i}", *(str(part / 10_000) for part in row)]) + "\n")
    bare = ("benchmarks.bare", "flow", table)
    ours = ("web.commands", "scoring", "assign", "--affinity", table, "--per-application", READERS, "--max-load", most)
    return compare(
        f"`assign` {applications:,} × {reviewers:,}, each a fresh process",
        [
            Contestant(
                "bare flow",
                "OR-tools over every pair, from file to file, without checks",
                lambda at: _program(*bare, at / "out.json", READERS, most),
            ),
            Contestant("assign", "ours, with its checks", lambda _: _program(*ours, "--json"), (("bare flow", BARE),)),
        ],
        times=1,
        rounds=rounds,
    )


def _written(folder: Path, applications: int) -> tuple[Path, Path]:
    import json  # local: as above

    from tests.factories.rules import standard_rulebook

    document = standard_rulebook({"es": "Reglas"})
    rules, scores = folder / "rulebook.json", folder / "scores.csv"
    rules.write_text(json.dumps(document), encoding="utf-8")
    chance = np.random.default_rng(3)
    reviewers = max(READERS, applications // 10)
    quality, leaning = chance.normal(3.2, 0.8, applications), chance.normal(0, 0.4, reviewers)
    with scores.open("w", encoding="utf-8") as file:
        file.write("application,reviewer,criterion,score\n")
        for i in range(applications):
            for j in chance.choice(reviewers, READERS, replace=False):
                for entry in document["criteria"]:
                    mark = int(np.clip(round(quality[i] + leaning[j] + chance.normal(0, 0.7)), 0, 5))
                    file.write(f"A{i},R{j},{entry['id']},{mark}\n")
    return rules, scores
