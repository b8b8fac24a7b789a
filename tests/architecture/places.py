"""Where the house's files lie: shared by the checks that read source instead of running it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Upstairs first. Rooms in one tuple stand side by side and never meet.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("web",),
    ("transparency",),
    ("treasury",),
    ("grants", "trust"),
    ("scoring",),
    ("accounts",),
    ("mail", "rendering"),
    ("core",),
)
ROOMS = tuple(room for floor in FLOORS for room in floor)
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
TEMPLATES = ROOT / "templates"


@lru_cache(maxsize=1)
def source_files() -> tuple[Path, ...]:
    """Return every Python file of the rooms, ordered."""
    return tuple(
        path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts
    )


def templates() -> list[Path]:
    """Return every template, ordered."""
    return sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.txt"))


def name(path: Path) -> str:
    """Return a file's address inside the project."""
    return path.relative_to(ROOT).as_posix()


def floor_files(floor: str) -> Iterator[Path]:
    """Yield the files of one floor in every room: `queries.py` and everything in `queries/`."""
    for path in source_files():
        parts = path.relative_to(ROOT).parts
        if len(parts) > 1 and (parts[1] == floor or parts[1] == f"{floor}.py"):
            yield path


def may_know(upper: str, lower: str) -> bool:
    """Return whether room `upper` may point at room `lower`: itself or any room further downstairs."""
    return upper == lower or LEVEL[upper] < LEVEL[lower]
