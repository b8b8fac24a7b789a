"""Run contestants in turn, each time on a database of its own, and print medians and ratios to the floor.

In turn, because a machine's mood drifts: round by round everybody meets the same mood. One process, because a figure
from another day, another machine or another load compares nothing.
"""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = 5
Work = Callable[[int], None]


@dataclass(frozen=True)
class Contestant:
    """A way to do the work. `prepare` opens a fresh database in a folder and yields a function that does it n times.

    Without it, whoever knows the rates tells them. `targets` is the least it should reach of another contestant's rate:
    its name and the ratio.
    """

    name: str
    what: str
    prepare: Callable[[Path], AbstractContextManager[Work]] | None = None
    targets: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Result:
    """What one benchmark found: every contestant's rates, round by round."""

    title: str
    contestants: tuple[Contestant, ...]
    rates: dict[str, list[float]]
    notes: tuple[str, ...] = field(default=())

    def median(self, name: str) -> float:
        """Return how often a second a contestant did the work, in the middle of its rounds."""
        return statistics.median(self.rates[name])

    def ratio(self, name: str, to: str) -> float:
        """Return a contestant's rate in the measure of another's, in the middle of the rounds they ran side by side."""
        return statistics.median(one / other for one, other in zip(self.rates[name], self.rates[to], strict=True))

    def lines(self) -> list[str]:
        """Return the rows of the table. Ratios, not seconds: those belong to a machine and its load."""
        floor = self.contestants[0].name
        rows = [self.title]
        for one in self.contestants:
            rows.append(f"  {one.name:22}{self.ratio(one.name, floor):>8.2f}  {one.what}")
            rows += [self._judged(one.name, other, least) for other, least in one.targets if other in self.rates]
        return [*rows, *(f"  {note}" for note in self.notes)]

    def _judged(self, name: str, other: str, least: float) -> str:
        found = self.ratio(name, other)
        verdict = "met" if found >= least else "MISSED"
        return f"  {'':32}{found:.2f} of {other}; target {least:g}: {verdict}"


def measure(prepare: Callable[[Path], AbstractContextManager[Work]], times: int) -> float:
    """Return how many times a second the work is done, on a fresh database, after a short warm-up."""
    with tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder, prepare(Path(folder)) as work:
        work(max(1, times // 10))
        gc.collect()
        started = time.perf_counter()
        work(times)
        return times / (time.perf_counter() - started)


def compare(title: str, contestants: Sequence[Contestant], times: int, rounds: int = ROUNDS) -> Result:
    """Measure all in turn and return what was found. The first contestant is the floor."""
    rates: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _round in range(rounds):
        for contestant in contestants:
            if contestant.prepare is not None:
                rates[contestant.name].append(measure(contestant.prepare, times))
    return Result(f"{title} (× the floor; {rounds} rounds of {times:,})", tuple(contestants), rates)
