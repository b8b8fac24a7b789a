"""Prove of each destruction on record that what it names is gone: from the database, and from the file store."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.files import is_gone
from grants.models.retention import Destruction
from grants.queries import retention as queries


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked for and what was found; nothing left is what we want."""

    record: Destruction
    left: tuple[str, ...]  # kinds of rows still there
    files_left: int

    @property
    def holds(self) -> bool:
        """True when nothing is left."""
        return not self.left and not self.files_left


def prove(records: Sequence[Destruction]) -> list[Proof]:
    """Look again for everything that each record says was destroyed. The number of SELECTs does not grow."""
    left = queries.left_of([one.application_id for one in records])
    stored = {file.id: file for file in queries.stored_files(number for one in records for number in one.files)}
    return [
        Proof(
            one,
            tuple(sorted(left.get(one.application_id, ()))),
            sum(1 for number in one.files if number in stored and not is_gone(stored[number])),
        )
        for one in records
    ]
