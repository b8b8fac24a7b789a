"""The SQLite test database, put back under open connections: whoever opens one reads every table and trigger anew."""

import os
import struct
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, QueuePool

HEADER = b"\0" * 96  # of the index of the log, in which SQLite keeps what it knows of it twice


def empty_log(number: int, page_size: int) -> bytes:
    """Return a write-ahead log without entries, told apart by its number; see "WAL File Format" in SQLite's manual."""
    head = struct.pack(">6I", 0x377F0682, 3_007_000, page_size, 0, number, 0)
    first = second = 0
    for even, odd in struct.iter_unpack("<2I", head):
        first = (first + even + second) % 2**32
        second = (second + odd + first) % 2**32
    return head + struct.pack(">2I", first, second) + b"\0"  # a log that ends with its head is not read


class Slate:
    """One database file, and what it held at several moments.

    The file is written where it lies, and the log's index made unreadable, as a crash might leave it: the next to read
    finds that out and reads the log, which is empty and has a number of its own. By that number the others too see that
    the pages they know are old. The tables and triggers they still know: they are the same. The file and the index stay
    open here, since closing one would let go of the locks of this whole process.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._kept: dict[str, tuple[bytes, int]] = {}
        self._opened: dict[Path, tuple[int, int]] = {}
        self._logs = count(1)

    def keep(self, engine: Engine, name: str) -> None:
        """Remember the present state under `name`. Nothing may wait for a commit."""
        engine.dispose()  # whoever closes the last connection writes the log into the file
        data = self.file.read_bytes()
        self._kept[name] = data, int.from_bytes(data[40:44], "big")

    def restore(self, engine: Engine, name: str) -> None:
        """Let the database hold what was kept under `name`."""
        data, schema = self._kept[name]
        if not self._is_quiet(engine, schema):
            engine.dispose()
            for path in self._beside():
                path.unlink(missing_ok=True)
            self.file.write_bytes(data)
            return
        log, index = self._beside()
        file = self._open(self.file)
        os.pwrite(file, data, 0)
        os.ftruncate(file, len(data))
        if log.exists() and index.exists():
            log.write_bytes(empty_log(next(self._logs), int.from_bytes(data[16:18], "big")))
            os.pwrite(self._open(index), HEADER, 0)

    def _is_quiet(self, engine: Engine, schema: int) -> bool:
        """Whether nobody is in the middle of anything, and the tables and triggers are those that were kept."""
        pool = engine.pool
        if not self.file.exists() or not isinstance(pool, QueuePool) or pool.checkedout():
            return False
        connection = engine.raw_connection()
        try:
            return bool(connection.cursor().execute("PRAGMA schema_version").fetchone() == (schema,))
        finally:
            connection.close()

    def _beside(self) -> tuple[Path, Path]:
        return self.file.with_name(f"{self.file.name}-wal"), self.file.with_name(f"{self.file.name}-shm")

    def _open(self, path: Path) -> int:
        """Return what `path` was opened as; who was there before and is no more stays open all the same."""
        here = path.stat().st_ino
        known = self._opened.get(path)
        if known is None or known[1] != here:
            self._opened[path] = known = os.open(path, os.O_RDWR | os.O_CLOEXEC), here
        return known[0]
