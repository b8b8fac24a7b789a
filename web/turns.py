"""Who acts by itself on a data folder: the workers of a running site, together, or whoever tells the demo year, alone.

The year is told by a clock of its own. A worker goes by today's: it would close the year's calls while people apply.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "working.lock"


class SomebodyWorks(Exception):  # noqa: N818 (named for what is wrong)
    """A site runs on this folder."""


@contextmanager
def together(folder: Path, stop: threading.Event, pause_seconds: float = 0.5) -> Iterator[None]:
    """Work beside other workers, once nobody is alone here; `stop` ends the waiting, too."""
    with _opened(folder) as lock:
        while not _take(lock, fcntl.LOCK_SH) and not stop.is_set():
            stop.wait(pause_seconds)
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who acts here; workers that start meanwhile wait.

    Raises:
        SomebodyWorks: some do already.
    """
    with _opened(folder) as lock:
        if not _take(lock, fcntl.LOCK_EX):
            raise SomebodyWorks()
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield lock
    finally:
        os.close(lock)  # and the kernel lets go, also of whoever dies


def _take(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
