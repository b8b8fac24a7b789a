"""Every page is a sound document, and every form is tied together: label, hint, error, summary."""

from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from flask.testing import FlaskClient

from tests.architecture.findings import assert_nothing
from tests.web.conftest import ROLES, World
from tests.web.dom import Node, controls, form_faults, page_faults, parse, summary_faults, text_of
from tests.web.pages import Page, Walk

pytestmark = pytest.mark.only_on("sqlite")  # what a document looks like does not hang on the database

GARBAGE = "¿<b>zzz</b>?"
Walks = Callable[[str], Walk]


def pages(walks: Walks) -> Iterator[Page]:
    """Yield every page of every role."""
    return chain.from_iterable(walks(role).html() for role in ROLES)


def test_every_page_is_a_sound_document(walks: Walks) -> None:
    faults = {f"{page.endpoint}: {fault}": str(page) for page in pages(walks) for fault in page_faults(page.tree)}
    assert_nothing(f"{fault} ({where})" for fault, where in faults.items())


def test_every_control_has_its_label_hint_and_error(walks: Walks) -> None:
    faults = {f"{page.endpoint}: {fault}": str(page) for page in pages(walks) for fault in form_faults(page.tree)}
    assert_nothing(f"{fault} ({where})" for fault, where in faults.items())


def test_titles_tell_pages_apart(walks: Walks) -> None:
    titles: dict[str, set[str]] = {}
    for page in pages(walks):
        titles.setdefault(text_of(page.tree.xpath("//title")[0]), set()).add(page.endpoint)
    assert_nothing(f"{title}: {sorted(ends)}" for title, ends in titles.items() if len(ends) > 1)


def forms(walks: Walks) -> dict[tuple[str, str], Page]:
    """Return a page for each form there is to be filled in: by endpoint and where the form goes."""
    found: dict[tuple[str, str], Page] = {}
    for page in pages(walks):
        for form in page.tree.xpath("//main//form[@method='post']"):
            if controls(form):
                found.setdefault((page.endpoint, target(form).split("/")[-1]), page)
    return found


def target(form: Node) -> str:
    return str(form.get("action") or "")


def filled(form: Node, with_what: str) -> dict[str, str]:
    """Return a form's fields: hidden ones as they are, what a person fills in all wrong."""
    data = {node.get("name"): node.get("value") or "" for node in form.xpath(".//input[@type='hidden' and @name]")}
    data |= {node.get("name"): with_what for node in controls(form) if node.get("name") and node.get("type") != "file"}
    button = next(iter(form.xpath(".//button[@name]")), None)
    if button is not None:
        data[button.get("name")] = button.get("value") or ""
    return data


def answer_faults(client: FlaskClient, page: Page, goes_to: str, with_what: str) -> Iterator[str]:
    """Fill one form badly, send it, and yield what is wrong with the answer."""
    fresh = parse(client.get(page.path).get_data())
    form = next((f for f in fresh.xpath("//main//form[@method='post']") if target(f).split("/")[-1] == goes_to), None)
    if form is None:
        return  # another form sent before has moved the thing on
    data = filled(form, with_what)
    answer = client.post(target(form) or page.path, data=data)
    if answer.status_code >= 500:
        yield str(answer.status_code)
    if answer.status_code != 422 or answer.mimetype != "text/html":
        return
    tree = parse(answer.get_data())
    yield from page_faults(tree)
    if not tree.xpath("//main//form[@method='post']"):
        return  # a refusal's own page: it says that what was typed is one step back
    yield from form_faults(tree)
    yield from summary_faults(tree)
    for control in tree.xpath("//main//form//input[@type='text' or @type='email'] | //main//form//textarea"):
        typed = data.get(control.get("name") or "")
        shown = control.get("value") if control.tag == "input" else control.text
        if typed and (shown or "").strip() != typed:
            yield f"{control.get('name')} lost what was typed: {shown!r}"


@pytest.mark.parametrize("with_what", ["", GARBAGE])
def test_a_badly_filled_form_says_what_is_wrong_and_where(walks: Walks, world: World, with_what: str) -> None:
    faults = []
    clients: dict[str, FlaskClient] = {}
    for (endpoint, goes_to), page in forms(walks).items():
        client = clients.setdefault(page.role, world.client(page.role))
        try:
            faults += [f"{endpoint} ({page}): {fault}" for fault in answer_faults(client, page, goes_to, with_what)]
        except Exception as error:  # the test client lets our own mistakes through
            faults.append(f"{endpoint} ({page}): {type(error).__name__}: {str(error)[:200]}")
    assert_nothing(dict.fromkeys(faults))
