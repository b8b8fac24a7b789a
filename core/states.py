"""Life cycles as tables: the states a thing can be in, what each means to a reader, and who may move it where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from core.errors import IllegalTransition
from core.language import _
from core.roles import Role

TONES = ("neutral", "progress", "good", "warning", "bad")


@dataclass(frozen=True, slots=True)
class State:
    """How a state reads: its `label`, the `meaning` shown beside it, and the `tone` of its badge."""

    label: str
    meaning: str
    tone: str = "neutral"

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"unknown tone {self.tone}")


@dataclass(frozen=True, slots=True)
class Transition:
    """A legal move. `roles` says who may make it; an empty set means the system alone."""

    source: StrEnum
    target: StrEnum
    roles: frozenset[Role] = frozenset()


class StateTable:
    """All states and transitions of one life cycle. Registered by name, so that a test can read every table."""

    registry: ClassVar[dict[str, "StateTable"]] = {}

    def __init__(
        self, name: str, states: Mapping[StrEnum, State], transitions: Iterable[Transition], initial: StrEnum
    ) -> None:
        self.name = name
        self.states = dict(states)
        self.initial = initial
        self.transitions = {(move.source, move.target): move for move in transitions}
        kind = type(initial)
        missing = set(kind) - set(self.states)
        if missing:
            raise ValueError(f"{name}: states without a label: {sorted(missing)}")
        StateTable.registry[name] = self

    def check(self, source: StrEnum, target: StrEnum) -> Transition:
        """Return the transition, or refuse by naming both ends.

        Raises:
            IllegalTransition: the table has no such move.
        """
        move = self.transitions.get((source, target))
        if move is None:
            raise IllegalTransition(from_state=self.label(source), to_state=self.label(target))
        return move

    def allows(self, source: StrEnum, target: StrEnum) -> bool:
        """Return whether the move is in the table."""
        return (source, target) in self.transitions

    def targets(self, source: StrEnum) -> list[StrEnum]:
        """Return where a thing in `source` can go, in the order of the table."""
        return [target for (start, target) in self.transitions if start == source]

    def label(self, state: StrEnum) -> str:
        """Return the state's name in the reader's language."""
        return _(self.states[state].label)

    def meaning(self, state: StrEnum) -> str:
        """Return one sentence on what the state means for the person reading."""
        return _(self.states[state].meaning)

    def tone(self, state: StrEnum) -> str:
        """Return the badge's tone: neutral, progress, good, warning or bad."""
        return self.states[state].tone
