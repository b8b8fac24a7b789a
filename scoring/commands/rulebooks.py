"""The file of the rules."""

from pathlib import Path

from core.language import _
from scoring.commands.tables import BadFile, read_json
from scoring.rules.rulebook import Rulebook, check, read


def read_rulebook(path: Path) -> Rulebook:
    """Return a rulebook, or refuse it with every problem it has."""
    document = read_json(path)
    problems = check(document)
    if problems:
        said = "\n".join(f"  {one.path}: {_(one.message, **one.params)}" for one in problems)
        raise BadFile(path, _("no sirve como reglas:") + f"\n{said}")
    return read(document)
