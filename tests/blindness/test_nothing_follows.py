"""Who somebody is changes, and nothing that the other side sees changes with it, however it might be written.

A list of ways to tell (a hash, a picture, an order, a count, a letter or two) is never complete. Here nothing is looked
for: everything is read twice, before and after everybody behind it became somebody else, and has to be the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask_babel import refresh
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from accounts.models import User
from grants.models import Application, BlindClearing
from grants.queries.companions import companions_of
from scoring import queries
from scoring.models import PanelSeat
from tests.architecture.findings import assert_nothing
from tests.blindness.conftest import Blind, Browser
from tests.blindness.doors import NOT_OURS, addresses, doors, things
from tests.blindness.rounds import begun, met, published, recorded
from tests.blindness.watch import kept_in, plainly

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

# What is another at every request.
EVERY_TIME = re.compile(r'name="[\w-]*csrf_token" value="[^"]*"')
OWN = ("csrf_token", "_user_id", "_fresh")  # what a session holds anyway
ROUND = 60  # characters told around what differs


class Heard(ImmutableMultiDict[str, str]):
    """The query of an address, which remembers the words that were looked for in it."""

    words: ClassVar[set[str]] = set()

    def get(self, key: str, *more: Any, **others: Any) -> Any:
        self.words.add(key)
        return super().get(key, *more, **others)

    def getlist(self, key: str, *more: Any, **others: Any) -> list[Any]:
        self.words.add(key)
        return super().getlist(key, *more, **others)

    def __contains__(self, key: object) -> bool:
        self.words.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        self.words.add(key)
        return super().__getitem__(key)


@contextmanager
def nothing_by_chance(browser: Browser) -> Iterator[None]:
    """Let what forms and answers are numbered with be the same every time, and hear what addresses are asked for."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("secrets.token_hex", lambda size=16: "0" * 2 * size)
        changed.setattr(browser.app.request_class, "parameter_storage_class", Heard)
        yield


def paths_for(blind: Blind, session: Session, role: str, only: str) -> list[str]:
    """Return every address behind the doors open to `role` that has `only` in it; of what is public, one a door."""
    known = things(blind, session)
    return [
        path
        for language in ("es", "en")
        for door in doors(language)
        if "GET" in door.methods
        and door.opens_to(role)
        and door.endpoint not in NOT_OURS
        and only in door.address
        and (language == "es" or role in door.who)  # what all may read is the same words in another language
        for path in islice(addresses(door.address, known), 1 if "anyone" in door.who else None)
    ]


def read(browser: Browser, paths: Sequence[str]) -> dict[str, str]:
    """Return what each address tells."""
    return {path: told for path, told, _words in _read(browser, paths)}


def read_and_ask(browser: Browser, paths: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """Return what each address tells, also with each of `values` in each word it takes: which, it says itself."""
    told, asked = dict[str, str](), list[str]()
    for path, said, words in _read(browser, paths):
        told[path] = said
        if said.startswith("200"):
            asked += [f"{path}?{word}={quote(value)}" for word in sorted(words) for value in values]
    return told | read(browser, asked)


def _read(browser: Browser, paths: Sequence[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each address, what it tells, and the words that were looked for in its query."""
    with nothing_by_chance(browser):
        for path in paths:
            Heard.words = set()
            refresh()  # the language of the address, not of the one before: a test's requests share their context
            yield path, _all_of(browser, browser.client.get(path, buffered=True)), Heard.words


def _all_of(browser: Browser, answer: TestResponse) -> str:
    head = [
        f"{name}: {value}"
        for name, value in answer.headers.items()
        if name not in ("Date", "Content-Length") and not value.startswith("puente=")
    ]
    kept = {name: value for name, value in kept_in(browser.app, answer).items() if name not in OWN}
    told = [str(answer.status_code), *head, str(kept), plainly(answer.get_data())]
    return EVERY_TIME.sub("", "\n".join(told))


def differing(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """Yield each address that told something else the second time, with the words around the first difference."""
    for path, told in before.items():
        again = after[path]
        if told != again:
            first = next((n for n, pair in enumerate(zip(told, again, strict=False)) if pair[0] != pair[1]), len(told))
            around = slice(max(0, first - ROUND), first + ROUND)
            yield f"{path}: «{told[around]}» became «{again[around]}»"


# --- becoming somebody else ------------------------------------------------------------------------------------------


def all_applicants_become_others(blind: Blind, session: Session) -> None:
    """Give every code to another application, and everybody who applied or travels along another name and address."""
    clearings = [clearing_of(session, application) for application in blind.applications]
    codes = [clearing.dossier_code for clearing in clearings]
    assert len(set(codes)) == len(codes) > 1
    turn(session, BlindClearing, BlindClearing.dossier_code, [one.id for one in clearings], codes)
    for number, application in enumerate(blind.applications):
        become_another(application.applicant, number)
        if application.organisation is not None:
            application.organisation.name, application.organisation.tax_id = "Azcapotzalco Yauhtepec", "AYA991231AB1"
        for companion in companions_of(application):
            companion.name, companion.email = f"Zenaida Yolotl {companion.id}", f"yolotl{companion.id}@example.com"
        for attachment in application.attachments:
            attachment.stored_file.original_name = f"otro-{attachment.id}.pdf"
    session.commit()


def all_reviewers_become_others(blind: Blind, session: Session, but: User | None = None) -> None:
    """Give every seat to another member of the committee, and each member another name; `but` stays who they are."""
    seats = [seat for seat in queries.seats_of_panel(blind.panel) if but is None or seat.reviewer_id != but.id]
    people = [seat.reviewer_id for seat in seats]
    assert len(set(people)) == len(people) > 1
    turn(session, PanelSeat, PanelSeat.reviewer_id, [seat.id for seat in seats], people)
    for number, person in enumerate(people):
        become_another(session.get_one(User, person), number)
    session.commit()


def clearing_of(session: Session, application: Application) -> BlindClearing:
    return session.query(BlindClearing).filter_by(application_id=application.id).one()


def become_another(person: User, number: int) -> None:
    """Give a person a name that comes elsewhere in the alphabet."""
    person.name = f"{'AMZ'[number % 3]}tzin Cuauhtli Olvera {number}"
    person.email = f"{'zma'[number % 3]}otra{number}@example.net"


def turn(session: Session, model: type[Any], column: Any, keys: Sequence[int], values: Sequence[Any]) -> None:
    """Let each row have what the next one had, the last what the first had; no two ever have the same."""
    for aside in (True, False):
        for key, value in zip(keys, [*values[1:], values[0]], strict=True):
            given = (f"D-{key % 1000:05d}" if isinstance(value, str) else -key) if aside else value
            session.execute(update(model).where(model.id == key).values({column: given}))
    session.expire_all()


# --- nothing else changes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "only"),
    [(lambda _blind, _session: None, "/evaluacion"), (begun, "/evaluacion"), (recorded, "")],
)
def test_nothing_a_reviewer_sees_or_asks_follows_from_who_applied(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None], only: str
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    paths = paths_for(blind, session, "reviewer", only)
    last = blind.applications[-1]
    assert last.organisation is not None
    known = (blind.applications[0].applicant.name.split()[0], last.applicant.email, last.organisation.name)
    before = read_and_ask(browser, paths, known)
    all_applicants_become_others(blind, session)
    assert_nothing(differing(before, read(browser, list(before))))
    assert sum(told.startswith("200") for told in before.values()) > (10 if only else 60)


def test_what_a_reviewer_gets_is_kept_by_nobody_on_the_way(browser: Browser, session: Session, blind: Blind) -> None:
    recorded(blind, session)
    browser.sign_in(blind.reviewer)
    known = things(blind, session)
    closed = [
        door for door in doors() if "GET" in door.methods and door.opens_to("reviewer") and "anyone" not in door.who
    ]
    told = read(browser, [path for door in closed for path in islice(addresses(door.address, known), 3)])
    kept = re.compile(r"^Cache-Control: .*(private|no-store)", re.MULTILINE)
    assert_nothing(path for path, said in told.items() if said.startswith("200") and not kept.search(said))


@pytest.mark.parametrize("phase", [met, recorded, published])
def test_nothing_another_reviewer_sees_follows_from_who_judged(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None]
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    paths = paths_for(blind, session, "reviewer", "/evaluacion")
    before = read(browser, paths)
    all_reviewers_become_others(blind, session, but=blind.reviewer)
    assert_nothing(differing(before, read(browser, paths)))


def test_nothing_an_applicant_sees_follows_from_who_judged(browser: Browser, session: Session, blind: Blind) -> None:
    published(blind, session)
    browser.sign_in(blind.applications[0].applicant)
    paths = paths_for(blind, session, "applicant", "")
    before = read(browser, paths)
    all_reviewers_become_others(blind, session)
    assert_nothing(differing(before, read(browser, paths)))
    assert sum(told.startswith("200") for told in before.values()) > 60
