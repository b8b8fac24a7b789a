"""Every page a person can reach by links opens, for every role."""

from collections.abc import Callable

import pytest

from tests.architecture.findings import assert_nothing
from tests.web.conftest import ROLES
from tests.web.pages import Walk


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_nowhere(walks: Callable[[str], Walk], role: str) -> None:
    walked = walks(role)
    assert len(walked.pages) > 5
    assert_nothing(walked.faults)
