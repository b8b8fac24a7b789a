"""What is read of the source is forgotten after these checks: the collector would look at it again and again."""

from collections.abc import Iterator

import pytest

from tests.architecture import source


@pytest.fixture(scope="package", autouse=True)
def forgets_the_source() -> Iterator[None]:
    """Forget every tree at the end."""
    yield
    for known in (source.tree, source.nodes_of, source.functions, source.calls_in):
        known.cache_clear()
