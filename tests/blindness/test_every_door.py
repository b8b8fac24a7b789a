"""A reviewer at every address the site has, those they have no business at included: nobody's name behind any door."""

import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation, User
from core.clock import now
from grants.models import Application
from scoring import queries
from tests.architecture.generated import GUARDS
from tests.blindness.conftest import Blind, Browser
from tests.blindness.rounds import recorded, released
from tests.blindness.watch import Leak, leaks_in, secrets_of, secrets_of_person

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

NOT_OURS = {"static", "web.gallery"}  # the gallery of components invents its files' names
GAP = re.compile(r"<(?:any\(([^)]*)\)|int|path)?:?(\w+)>")
LOW = ("1", "2")  # of what is numbered from one: committees, meetings, files, letters, jobs


def doors() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield address, methods and endpoint, as they are committed."""
    for line in GUARDS.read_text(encoding="utf-8").splitlines()[1:]:
        address, methods, endpoint, _who = re.split(r"\s{2,}", line.strip(), maxsplit=3)
        yield address.replace("<any(es, en):lang>", "es"), tuple(methods.split()), endpoint


def things(blind: Blind, session: Session) -> dict[str, list[str]]:
    """Return by the name an address gives it what there is to ask for: all that is an applicant's, and low numbers."""
    bodies = session.scalars(select(Organisation.id).order_by(Organisation.id)).all()
    return {
        "application_id": [str(one.id) for one in blind.applications],
        "attachment_id": [str(one.id) for application in blind.applications for one in application.attachments],
        "user_id": [str(one.applicant.id) for one in blind.applications],
        "organisation_id": [str(body) for body in bodies],
        "panel_id": [str(blind.panel.id)],
        "slug": [blind.call.slug],
        "code": [row.assignment.dossier.code for row in queries.desk_rows(blind.reviewer.id, now())],
        "folio": [str(one.folio) for one in blind.applications],
        "sha256": [str(one.content_sha256) for one in blind.applications],
        "year": ["2026"],
    }


def addresses(address: str, known: dict[str, list[str]]) -> Iterator[str]:
    """Yield an address with everything there is in its gaps."""
    gaps = list(GAP.finditer(address))
    choices = []
    for gap in gaps:
        offered = [word.strip(" '") for word in gap[1].split(",")] if gap[1] else None
        choices.append(offered or known.get(gap[2], list(LOW) if "<int:" in gap[0] else ["x"]))
    for chosen in product(*choices):
        path = address
        for gap, value in zip(gaps, chosen, strict=True):
            path = path.replace(gap[0], value, 1)
        yield path


def behind(
    client: FlaskClient, blind: Blind, session: Session, secrets: set[str], only: str = ""
) -> Iterator[tuple[str, int, list[Leak]]]:
    """Yield each address asked for, its status, and what it told; of all, or of those with `only` in them."""
    known = things(blind, session)
    for method in ("GET", "POST"):  # all is read before anything is written
        for address, methods, endpoint in doors():
            ends_a_session = method == "POST" and endpoint.startswith("accounts.")
            if method not in methods or ends_a_session or endpoint in NOT_OURS or only not in address:
                continue
            for path in addresses(address, known):
                answer = client.open(path, method=method, buffered=True)
                own = {secret for secret in secrets if secret in path.casefold()}  # what was asked may be said again
                yield f"{method} {path}", answer.status_code, list(leaks_in(answer, secrets - own))


def names_of_applicants(blind: Blind) -> set[str]:
    """Return all that would say whose an application is."""
    return set().union(*(secrets_of(application) for application in blind.applications))


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
