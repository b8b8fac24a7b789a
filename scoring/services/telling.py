"""Leave word, for who knows people, that something waits for a member: they write the letters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scoring.models import Panel, PanelSeat


class Awaited(StrEnum):
    """What waits for a member."""

    READING = "reading"
    DELIBERATION = "deliberation"
    ANSWER = "answer"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for members: how much of it for each seat.

    `code` is the dossier's whose question was answered, `meeting_id` the session's whose minutes are to be signed.
    """

    what: Awaited
    panel: Panel
    seats: Mapping[PanelSeat, int]
    code: str = ""
    meeting_id: int = 0


Told = Callable[[Waiting], object]
_after: list[Told] = []


def when_awaited(act: Told) -> Told:
    """Have `act(waiting)` called, in the same transaction, whenever something begins to wait for members."""
    if act not in _after:
        _after.append(act)
    return act


def tell(waiting: Waiting) -> None:
    """Tell whoever asked to be told; nobody where it waits for no seat."""
    if waiting.seats:
        for act in _after:
            act(waiting)
