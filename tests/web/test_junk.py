"""A crawl of every route as every role, with junk in the address, the query and the form: never a fault of ours."""

import io
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from core.access import Guard, guard_of
from core.roles import Role
from tests.architecture.findings import assert_nothing
from tests.web.conftest import ROLES, VISITOR, World
from tests.web.dom import controls
from tests.web.pages import Walk, endpoint_of

pytestmark = pytest.mark.only_on(
    "postgresql"
)  # the stricter database meets the junk: PostgreSQL refuses what SQLite would let through

Walks = Callable[[str], Walk]
NUMBERS = ("1", "2", "999999999")
TEXTS = ("nada", "ñ'\"<>%", "a" * 300)
QUERY = "?pagina=-1&orden=%27%3B--&estado=zzz&q=%25_%5C%F0%9F%91%A9&desde=2026-99-99&formato=exe&next=//evil.example"
JUNK = ("ñ'\"<b>%(x)s{{7}}\x00", "", "9" * 40, "-1", "NaN", "2026-99-99T99:99", "á" * 6000)
LOUD = logging.ERROR
# Who meets also the doors that are closed to them: nobody reads what was sent there, and a door is closed to all alike.
TURNED_AWAY = (VISITOR, Role.APPLICANT)


class Ears(logging.Handler):
    """Hear what the site complains about to itself."""

    def __init__(self) -> None:
        super().__init__(LOUD)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage().splitlines()[0][:200])


def addresses(rule: Rule, known: dict[str, list[str]]) -> list[str]:
    """Return addresses of a rule: real ones that were met on a walk, and made up ones."""
    made = []
    for attempt in (1, 2):  # what is merely not there is met by the other crawls
        path = rule.rule
        for name in rule.arguments:
            converter = rule._converters[name]
            kind = type(converter).__name__
            if name == "lang":
                value = "es"
            elif isinstance(converter, AnyConverter):
                value = sorted(converter.items)[attempt % len(converter.items)]
            else:
                value = NUMBERS[attempt] if kind == "BoundedInteger" else quote(TEXTS[attempt])
            start = next(i for i in range(len(path)) if path[i] == "<" and path[i:].split(">")[0].endswith(name))
            end = path.index(">", start)
            path = path[:start] + value + path[end + 1 :]
        made.append(path)
    return list(dict.fromkeys([*known.get(rule.endpoint, [])[:2], *made]))


def field_names(walks: Walks) -> dict[str, set[str]]:
    """Return the names of the fields of each endpoint's forms."""
    names: dict[str, set[str]] = {}
    for role in ROLES:
        for page in walks(role).html():
            for form in page.tree.xpath("//form"):
                goes_to = endpoint_of_form(form.get("action"), page.path)
                found = {node.get("name") for node in [*controls(form), *form.xpath(".//button[@name]")]}
                names.setdefault(goes_to, set()).update(found - {None})
    return names


def endpoint_of_form(action: str | None, here: str) -> str:
    return (action or here).split("?")[0]


def admits(guard: Guard | None, role: str) -> bool:
    if guard is None or (guard.roles is not None and role == VISITOR):
        return False
    return guard.roles is None or not guard.roles or role in guard.roles


def shots(client: FlaskClient, rule: Rule, path: str, thorough: bool, names: list[str]) -> Iterator[tuple[str, int]]:
    """Send junk at one address and yield what was sent and the status of the answer."""
    methods = rule.methods or set()
    if "GET" in methods:
        answer = client.get(path + QUERY)
        yield "GET", answer.status_code
        answer.close()
    if "POST" in methods:
        for number, junk in enumerate(JUNK if thorough else JUNK[:1]):
            data: dict[str, object] = dict.fromkeys(names, junk)
            if number == 0:
                broken = [name for name in names if "file" in name or "arch" in name]
                data |= {name: (io.BytesIO(b"%PDF-1.4 nothing"), "a.pdf") for name in broken}
            answer = client.post(path, data=data, content_type="multipart/form-data" if number == 0 else None)
            yield f"POST {junk[:12]!r}", answer.status_code
            answer.close()


def hardest(app: Flask) -> dict[str, str]:
    """Return the role that tries everything at an endpoint; the others try one of each."""
    by_role = (*(role for role in ROLES if role not in (VISITOR, Role.AUDITOR)), VISITOR, Role.AUDITOR.value)
    with app.app_context():
        return {
            rule.endpoint: next((role for role in by_role if admits(guard_of(rule.endpoint), role)), VISITOR)
            for rule in app.url_map.iter_rules()
        }


@pytest.mark.parametrize("role", ROLES)
def test_junk_meets_a_page_and_never_a_fault(walks: Walks, world: World, role: str) -> None:
    walked, names = [walks(other) for other in ROLES], field_names(walks)
    known: dict[str, list[str]] = {}
    for page in (page for walk in walked for page in walk.pages):
        known.setdefault(page.endpoint, []).append(page.path.split("?")[0])
    ears = Ears()
    logging.getLogger("puente").addHandler(ears)
    world.app.config["WTF_CSRF_ENABLED"] = False
    faults = []
    client = world.client(role)
    tries_all = hardest(world.app)
    rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: ("POST" in (rule.methods or ()), rule.rule))
    for rule in rules:
        if rule.endpoint in ("static", "accounts.sign_out"):
            continue
        with world.app.app_context():
            enters = admits(guard_of(rule.endpoint), role)
        if not enters and role not in TURNED_AWAY:
            continue
        thorough = tries_all[rule.endpoint] == role
        if role != VISITOR and rule.endpoint.startswith("accounts.") and "POST" in (rule.methods or ()):
            client = world.client(role)  # what was sent before may have ended the session
        for path in addresses(rule, known)[: 5 if thorough else 1]:
            fields = sorted(names.get(path, set()) | {"comment", "reason", "amount"})
            try:
                everything = thorough and path in known.get(rule.endpoint, ())  # where nothing is, no form is read
                for sent, status in shots(client, rule, path, everything, fields):
                    if status >= 500:
                        faults.append(f"{rule.endpoint} {path} {sent}: {status}")
            except Exception as error:  # the test client lets our own mistakes through
                faults.append(f"{rule.endpoint} {path}: {type(error).__name__}: {str(error)[:160]}")
    logging.getLogger("puente").removeHandler(ears)
    faults += [f"log: {line}" for line in dict.fromkeys(ears.heard)]
    assert_nothing(dict.fromkeys(faults))


def test_the_crawl_knows_every_converter(world: World) -> None:
    kinds = {
        type(converter).__name__ for rule in world.app.url_map.iter_rules() for converter in rule._converters.values()
    }
    assert kinds <= {"AnyConverter", "BoundedInteger", "UnicodeConverter", "PathConverter"}
    assert endpoint_of(world.app, "/es/") == "web.home"
