"""Statistics reckoned by a second process while the first does exact arithmetic: a large table has enough for both."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")

LARGE = 2**18  # bytes of a file: below it a process costs more than it gives


def prepared() -> None:
    """Load what the statistics need, while the first process reads."""
    for part in ("linalg", "sparse.csgraph", "special"):
        import_module(f"scipy.{part}")


@contextmanager
def beside(work: Callable[[Given], Result], file: Path) -> Iterator[Callable[[Given], Callable[[], Result]]]:
    """Yield what begins `work` and returns how to ask for its result, which is the same wherever it is done.

    A large `file` begins it at once in another process, where there can be one; otherwise it is done when it is asked
    for. If that process is ended from outside, the work is done here.
    """
    if file.stat().st_size < LARGE or "fork" not in get_all_start_methods():
        yield lambda given: lambda: work(given)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as helper:
        helper.submit(prepared)

        def begun(given: Given) -> Callable[[], Result]:
            promise = helper.submit(work, given)

            def result() -> Result:
                try:
                    return promise.result()
                except BrokenProcessPool:
                    return work(given)

            return result

        yield begun
