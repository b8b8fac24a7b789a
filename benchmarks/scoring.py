"""Assign, rank and measure agreement, against the bare tool on the same problem."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import ROUNDS, Contestant, Result, Work, compare

BARE = 1 / 1.3  # of the rate of the bare solver on the same graph
FASTER = 10.0  # than the krippendorff package's own fast path
READERS = 3


def _once(work: Callable[[], Any]) -> Work:
    def times(count: int) -> None:
        for _number in range(count):
            work()

    return times


def _table(applications: int, reviewers: int) -> Any:
    return np.rint(np.random.default_rng(1).random((applications, reviewers)) * 10_000).astype(np.int64)


@contextmanager
def _bare_flow(table: Any, most: int) -> Iterator[Work]:
    from ortools.graph.python import min_cost_flow  # local: only this contestant needs it bare

    n, m = table.shape
    rows, columns = np.divmod(np.arange(n * m), m)
    tails = np.concatenate([np.zeros(n, dtype=np.int64), 1 + rows, 1 + n + np.arange(m)])
    heads = np.concatenate([1 + np.arange(n), 1 + n + columns, np.full(m, 1 + n + m)])
    capacities = np.concatenate([np.full(n, READERS), np.ones(n * m, dtype=np.int64), np.full(m, most)])
    costs = np.concatenate([np.zeros(n, dtype=np.int64), 10_000 - table.ravel(), np.zeros(m, dtype=np.int64)])

    def solve() -> None:
        flow = min_cost_flow.SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        flow.set_node_supply(0, READERS * n)
        flow.set_node_supply(1 + n + m, -READERS * n)
        assert flow.solve() == flow.OPTIMAL

    yield _once(solve)


@contextmanager
def _ours(table: Any, most: int) -> Iterator[Work]:
    from scoring.assignment import Problem, assign  # local: rooms are imported only for the contestant that needs them

    n, m = table.shape
    given = Problem([f"A{i}" for i in range(n)], [f"R{j}" for j in range(m)], table, READERS, max_load=most)
    yield _once(lambda: assign(given))


def assignment(applications: int, reviewers: int, rounds: int = ROUNDS) -> Result:
    """Compare the exact assignment with OR-tools' min-cost flow over every pair."""
    table = _table(applications, reviewers)
    most = READERS * applications * 11 // (10 * reviewers) + 1
    return compare(
        f"Assigning {applications:,} × {reviewers:,}",
        [
            Contestant("bare flow", "OR-tools over every pair, no names", lambda _: _bare_flow(table, most)),
            Contestant("assign", "ours, with its checks", lambda _: _ours(table, most), (("bare flow", BARE),)),
        ],
        times=1,
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


@contextmanager
def _lsqr(path: Path, files: tuple[Path, Path]) -> Iterator[Work]:
    import csv  # local: what the floor takes to read and write the same
    import json

    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import lsqr

    def work() -> None:
        totals: dict[tuple[str, str], float] = {}
        with files[1].open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                key = (row["application"], row["reviewer"])
                totals[key] = totals.get(key, 0.0) + float(row["score"])
        first, second = (
            {name: index for index, name in enumerate(dict.fromkeys(names))} for names in zip(*totals, strict=True)
        )
        one = np.array([first[name] for name, _reviewer in totals])
        other = np.array([second[name] for _application, name in totals]) + len(first)
        rows = np.tile(np.arange(len(totals)), 2)
        design = csr_matrix((np.ones(len(rows)), (rows, np.concatenate([one, other]))))
        solved = lsqr(design, np.fromiter(totals.values(), dtype=float))[0]
        path.joinpath("out.json").write_text(json.dumps(dict(zip(first, solved.tolist(), strict=False)), indent=2))

    yield _once(work)


@contextmanager
def _rank(files: tuple[Path, Path]) -> Iterator[Work]:
    from click.testing import CliRunner  # local: as above

    from scoring.commands import scoring

    arguments = ["rank", "--rulebook", str(files[0]), "--scores", str(files[1]), "--json"]

    def work() -> None:
        found = CliRunner().invoke(scoring, arguments)
        assert found.exit_code == 0, found.output

    yield _once(work)


def ranking(folder: Path, applications: int, rounds: int = ROUNDS) -> Result:
    """Compare `rank` with its diagnosis to one least-squares fit of applications and reviewers, files included."""
    files = _written(folder, applications)
    return compare(
        f"Ranking {applications:,} applications × {READERS}",
        [
            Contestant("lsqr", "one sparse fit of floats, from file to file", lambda at: _lsqr(at, files)),
            Contestant("rank", "ours: exact terms, ties, reasons, variances, expected ranks", lambda _: _rank(files)),
        ],
        times=1,
        rounds=rounds,
    )


def _written(folder: Path, applications: int) -> tuple[Path, Path]:
    import json  # local: as above

    from scoring.rules.templates import standard_rulebook

    document = standard_rulebook({"es": "Reglas"})
    rules, scores = folder / "rulebook.json", folder / "scores.csv"
    rules.write_text(json.dumps(document), encoding="utf-8")
    chance = np.random.default_rng(3)
    reviewers = max(READERS, applications // 20)
    quality, leaning = chance.normal(3.2, 0.8, applications), chance.normal(0, 0.4, reviewers)
    with scores.open("w", encoding="utf-8") as file:
        file.write("application,reviewer,criterion,score\n")
        for i in range(applications):
            for j in chance.choice(reviewers, READERS, replace=False):
                for entry in document["criteria"]:
                    mark = int(np.clip(round(quality[i] + leaning[j] + chance.normal(0, 0.7)), 0, 5))
                    file.write(f"A{i},R{j},{entry['id']},{mark}\n")
    return rules, scores
