"""Conflicts and budgets are known outside this room: whoever knows is asked again before a step depends on it."""

from collections.abc import Callable, Sequence

from core.money import Money
from scoring.models import Dossier, Panel
from scoring.services.phases import BEFORE_RANKING

Ask = Callable[[Panel], object]
Tell = Callable[[str], Money | None]
Find = Callable[[Dossier, str], str | None]
Out = Callable[[str], bool]
Cover = Callable[[Dossier, Sequence[str]], list[str]]
_asked: list[Ask] = []
_tellers: list[Tell] = []
_finders: list[Find] = []
_publishers: list[Out] = []
_covers: list[Cover] = []


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


def tells_budget(tell: Tell) -> Tell:
    """Have `tell(call_key)` asked for the money of a call, of which this room knows nothing else."""
    if tell not in _tellers:
        _tellers.append(tell)
    return tell


def ask_for_budget(panel: Panel) -> Money | None:
    """Return the money of a panel's call; None while nobody has set any aside."""
    return next((money for tell in _tellers if (money := tell(panel.call_key)) is not None), None)


def tells_results(tell: Out) -> Out:
    """Have `tell(call_key)` asked whether everybody may read what came of a call."""
    if tell not in _publishers:
        _publishers.append(tell)
    return tell


def are_results_out(panel: Panel) -> bool:
    """Return whether everybody may read what came of a panel's call."""
    return any(tell(panel.call_key) for tell in _publishers)


def covers_names(cover: Cover) -> Cover:
    """Have `cover(dossier, texts)` return texts without what tells whose dossier it is."""
    if cover not in _covers:
        _covers.append(cover)
    return cover


def without_names(dossier: Dossier, texts: Sequence[str]) -> dict[str, str]:
    """Return, by each text, what of it the dossier's other reviewers may read."""
    told = list(dict.fromkeys(texts))
    covered = told
    for cover in _covers:
        covered = cover(dossier, covered)
    return dict(zip(told, covered, strict=True))


def finds_names(find: Find) -> Find:
    """Have `find(dossier, text)` asked what in a text tells whose dossier it is; None when nothing does."""
    if find not in _finders:
        _finders.append(find)
    return find


def name_told(dossier: Dossier, text: str) -> str | None:
    """Return the words of a text that tell whose dossier it is; None when nobody finds any."""
    return next((found for find in _finders if (found := find(dossier, text))), None)
