"""A reviewer at every address the site has, those they have no business at included: nobody's name behind any door."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.models import User
from grants.models import Application
from grants.states.application import ApplicationState
from scoring import queries
from tests.architecture.findings import assert_nothing
from tests.blindness.conftest import Blind, Browser
from tests.blindness.doors import NOT_OURS, addresses, doors, names_of_applicants, things
from tests.blindness.rounds import published, recorded, released
from tests.blindness.watch import Leak, leaks_in, secrets_of, secrets_of_person

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database


def behind(
    client: FlaskClient, blind: Blind, session: Session, secrets: set[str], only: str = ""
) -> Iterator[tuple[str, int, list[Leak]]]:
    """Yield each address asked for, its status, and what it told; of all, or of those with `only` in them."""
    known = things(blind, session)
    for method in ("GET", "POST"):  # all is read before anything is written
        for door in doors():
            ends_a_session = method == "POST" and door.endpoint.startswith("accounts.")
            if method not in door.methods or ends_a_session or door.endpoint in NOT_OURS or only not in door.address:
                continue
            for path in addresses(door.address, known):
                answer = client.open(path, method=method, buffered=True)
                own = {secret for secret in secrets if secret in path.casefold()}  # what was asked may be said again
                yield f"{method} {path}", answer.status_code, list(leaks_in(answer, secrets - own))


@pytest.mark.parametrize("phase", [recorded, released])
def test_nobody_s_name_is_behind_any_door(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None]
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    tried = list(behind(browser.client, blind, session, names_of_applicants(blind)))
    assert len({asked.split("?")[0] for asked, _status, _leaks in tried}) > 500
    assert sum(status == 200 for _asked, status, _leaks in tried) > 80
    assert [(asked, leak) for asked, _status, leaks in tried for leak in leaks] == []


def test_a_door_left_open_is_noticed(
    browser: Browser, session: Session, blind: Blind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may read an application is asked in one place; were that place to say yes to a reviewer, names come."""
    recorded(blind, session)
    browser.sign_in(blind.reviewer)
    monkeypatch.setattr(
        "grants.queries.applications.application_of", lambda _user, number, **_how: session.get(Application, number)
    )
    tried = behind(browser.client, blind, session, names_of_applicants(blind), only="application_id")
    assert "page" in {leak.channel for _asked, _status, leaks in tried for leak in leaks}


def test_no_reviewer_s_name_is_behind_any_door_of_an_applicant_or_another_reviewer(
    browser: Browser, session: Session, blind: Blind
) -> None:
    released(blind, session)
    people = [session.get_one(User, seat.reviewer_id) for seat in queries.seats_of_panel(blind.panel)]
    for reader in (blind.applications[0].applicant, blind.reviewer):
        secrets = set().union(*(secrets_of_person(one) for one in people if one is not reader)) - {"persona"}
        browser.sign_in(reader)
        tried = list(behind(browser.client, blind, session, secrets))
        assert sum(status == 200 for _asked, status, _leaks in tried) > 80
        assert [(asked, leak) for asked, _status, leaks in tried for leak in leaks] == []


def test_who_was_not_supported_stays_unknown_once_results_are_out(
    browser: Browser, session: Session, blind: Blind
) -> None:
    published(blind, session)
    others = [one for one in blind.applications if one.state is not ApplicationState.AWARDED]
    assert 0 < len(others) < len(blind.applications)
    names = set().union(*(secrets_of(one) for one in others))
    browser.sign_in(blind.reviewer)
    known = things(blind, session)
    for door in doors():
        if "GET" in door.methods and door.opens_to("reviewer") and door.endpoint not in NOT_OURS:
            for path in addresses(door.address, known):
                own = {name for name in names if name in path.casefold()}  # what was asked may be said again
                assert_nothing(leaks_in(browser.client.get(path, buffered=True), names - own))
