"""How the checks report: every finding on its own line, none cut short."""

from collections.abc import Iterable

import pytest


def assert_nothing(found: Iterable[object]) -> None:
    """Fail with all that was found, one a line."""
    lines = [str(line) for line in found]
    if lines:
        pytest.fail(f"{len(lines)} found:\n" + "\n".join(lines), pytrace=False)
