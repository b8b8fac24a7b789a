"""Run every benchmark and print one table: `python -m benchmarks [NAME …] [--quick]`."""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import committee, evening, givers, giving, posting, queue, reading, receipts, scoring
from benchmarks.books import ENGINES
from benchmarks.harness import ROUNDS, Result


def _posting(engine: str, quick: bool) -> Iterable[Result]:
    yield posting.one_by_one(engine, 20 if quick else 300, 1 if quick else ROUNDS)


def _batches(engine: str, quick: bool) -> Iterable[Result]:
    yield posting.in_batches(engine, 1_000 if quick else 3_000, 1 if quick else ROUNDS)


def _givers(engine: str, quick: bool) -> Iterable[Result]:
    yield givers.concurrent(engine, 64 if quick else 640, 1 if quick else ROUNDS)


def _reading(engine: str, quick: bool) -> Iterable[Result]:
    large = 30_000 if quick else reading.LARGE if engine == "sqlite" else reading.LARGE // 5
    yield from reading.by_size(engine, large, rounds=1 if quick else ROUNDS)


def _giving(engine: str, quick: bool) -> Iterable[Result]:
    yield giving.whole_path(engine, 10 if quick else 60, 1 if quick else ROUNDS)


def _receipts(engine: str, quick: bool) -> Iterable[Result]:
    if engine == ENGINES[0]:  # paper knows no database
        yield receipts.rendered(10 if quick else 100, 1 if quick else ROUNDS)


def _queue(engine: str, quick: bool) -> Iterable[Result]:
    yield queue.staff_list(engine, 200 if quick else queue.LARGE, 2 if quick else queue.ASKS, 1 if quick else ROUNDS)


def _evening(engine: str, quick: bool) -> Iterable[Result]:
    yield evening.last_evening(engine, 16 if quick else evening.DRAFTS)


def _committee(engine: str, quick: bool) -> Iterable[Result]:
    yield committee.committee(
        engine, 250 if quick else committee.LARGE, 2 if quick else committee.ASKS, 1 if quick else ROUNDS
    )


def _scoring(engine: str, quick: bool) -> Iterable[Result]:
    if engine != ENGINES[0]:
        return  # computed from files: no database
    rounds = 1 if quick else ROUNDS
    sizes = ((60, 12),) if quick else ((500, 60), (2_000, 250), (10_000, 1_000))
    for applications, reviewers in sizes:
        yield scoring.assignment(applications, reviewers, rounds)
    for applications, reviewers in sizes[:2]:
        yield scoring.assignment(applications, reviewers, rounds, keywords=True)
    yield scoring.agreement(60 if quick else 10_000, rounds)
    with tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder:
        yield scoring.ranking(Path(folder), 60 if quick else 10_000, rounds)
        yield scoring.commanded(Path(folder), 60 if quick else 500, 12 if quick else 60, rounds)


BENCHMARKS: dict[str, Callable[[str, bool], Iterable[Result]]] = {
    "posting": _posting,
    "batches": _batches,
    "givers": _givers,
    "giving": _giving,
    "receipts": _receipts,
    "reading": _reading,
    "queue": _queue,
    "scoring": _scoring,
    "evening": _evening,
    "committee": _committee,
}


def main() -> None:
    """Run what was named, or everything, on both engines."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it runs, measures nothing")
    parser.add_argument("--drafts", type=int, help="how many people the last evening has; ten minutes have 3,000")
    given = parser.parse_args()
    evening.DRAFTS = given.drafts or evening.DRAFTS
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(f"{'':24}{'ratio':>8}")
    for name in given.names or BENCHMARKS:
        for engine in given.engine or ENGINES:
            for result in BENCHMARKS[name](engine, given.quick):
                print("\n".join(result.lines()), flush=True)


if __name__ == "__main__":
    main()
