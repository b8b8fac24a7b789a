"""Conflicts are known outside this room: whoever knows of them is asked again before a step depends on it."""

from collections.abc import Callable

from scoring.models import Panel
from scoring.services.phases import BEFORE_RANKING

Ask = Callable[[Panel], object]
_asked: list[Ask] = []


def before_conflicts_count(act: Ask) -> Ask:
    """Have `act(panel)` called, in the same transaction, before reviewers are given dossiers and before the ranking.

    It may put conflicts on record with `record_conflicts`; this room learns opaque pairs and nothing else.
    """
    if act not in _asked:
        _asked.append(act)
    return act


def ask_for_conflicts(panel: Panel) -> None:
    """Ask whoever knows of conflicts, while the panel still takes them."""
    if panel.state in BEFORE_RANKING:
        for act in _asked:
            act(panel)
