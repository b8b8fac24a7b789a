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
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
Work = Callable[[int], None]


@dataclass(frozen=True)
class Contestant:
    """A way to do the work. `prepare` opens a fresh database in a folder and yields a function that does it n times."""

    name: str
    what: str
    prepare: Callable[[Path], AbstractContextManager[Work]]


def measure(contestant: Contestant, times: int) -> float:
    """Return how many times a second the contestant does the work, on a fresh database, after a short warm-up."""
    with tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder, contestant.prepare(Path(folder)) as work:
        work(max(1, times // 10))
        gc.collect()
        started = time.perf_counter()
        work(times)
        return times / (time.perf_counter() - started)


def compare(title: str, contestants: Sequence[Contestant], times: int) -> dict[str, float]:
    """Measure all in turn, print a table, and return the medians. The first contestant is the floor."""
    rates: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _round in range(ROUNDS):
        for contestant in contestants:
            rates[contestant.name].append(measure(contestant, times))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    floor = medians[contestants[0].name]
    print(f"{title}: median of {ROUNDS} rounds of {times}, in turn, a fresh database each")
    print(f"{'':14}{'a second':>12}{'of the floor':>14}{'slowest':>12}{'fastest':>12}")
    for contestant in contestants:
        found = rates[contestant.name]
        print(
            f"{contestant.name:14}{medians[contestant.name]:>12,.0f}{medians[contestant.name] / floor:>14.2f}"
            f"{min(found):>12,.0f}{max(found):>12,.0f}  {contestant.what}"
        )
    return medians
