"""A reviewer fills in and sends every form they are given: what they are told, and where they are led, names nobody."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from core.clock import now
from scoring import queries
from tests.architecture.findings import assert_nothing
from tests.blindness.conftest import Blind, Browser
from tests.blindness.doors import names_of_applicants, names_of_reviewers
from tests.blindness.rounds import begun, discussed, met, recorded, said
from tests.blindness.watch import leaks_in, leaks_in_letters
from tests.factories.accounts import PASSWORD
from tests.web.dom import Node, controls, parse

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database

WORDS = "La propuesta se sostiene: el calendario alcanza para las tres ciudades y el presupuesto corresponde."
MOST = 60  # forms sent in a round


def acts(browser: Browser, blind: Blind) -> Iterator[TestResponse]:
    """Yield a reviewer's pages, the answer to every form on them, and where it leads; each button once a page."""
    done = set[tuple[str, str]]()
    for path in pages(blind):
        for button in range(8):
            answer = browser.client.get(path, buffered=True)
            yield answer
            forms = [form for form in _forms(answer) if "/evaluacion" in (form.get("action") or path)]
            presses = [(form, press) for form in forms for press in (_buttons(form) or [None])]
            if button >= len(presses) or len(done) >= MOST:
                break
            form, press = presses[button]
            action = form.get("action") or path
            key = (action, press.get("value") or "" if press is not None else "")
            if key in done:
                continue
            done.add(key)
            sent = browser.client.post(action, data=filled_in(form, press, len(done)), buffered=True)
            yield sent
            if sent.location:
                yield browser.client.get(sent.location, buffered=True)
    assert len(done) > 1, "a reviewer has forms to fill in"


def pages(blind: Blind) -> Iterator[str]:
    """Yield the pages a reviewer has something to do on, stepping back from a dossier last."""
    codes = [row.assignment.dossier.code for row in queries.desk_rows(blind.reviewer.id, now())]
    yield from (
        f"/es/evaluacion/sesiones/{one.id}{step}"
        for one in queries.meetings_of(blind.panel)
        for step in ("", "/firmar")
    )
    for step in ("", "/enviar", "/cambiar/calidad", "/preguntar"):
        yield from (f"/es/evaluacion/{code}{step}" for code in codes)
    yield f"/es/evaluacion/{codes[0]}/reconozco"


def _forms(answer: TestResponse) -> list[Node]:
    is_page = answer.status_code == 200 and answer.mimetype == "text/html"
    return parse(answer.get_data()).xpath("//main//form[@method='post']") if is_page else []


def _buttons(form: Node) -> list[Node]:
    return list(form.xpath(".//button[@name and (not(@type) or @type='submit')]"))


def filled_in(form: Node, press: Node | None, turn: int) -> MultiDict[str, str]:
    """Return what a person might send; of several choices the first at every other turn."""
    data = MultiDict[str, str](
        [(node.get("name"), node.get("value") or "") for node in form.xpath(".//input[@type='hidden']")]
    )
    radios: dict[str, list[str]] = {}
    for control in controls(form):
        name, kind = control.get("name"), (control.get("type") or control.tag).lower()
        if kind == "radio":
            radios.setdefault(name, []).append(control.get("value"))
        elif kind == "select":
            radios[name] = [one.get("value") for one in control.xpath(".//option[@value!='']")]
        elif kind == "checkbox":
            data[name] = control.get("value") or "y"
        else:
            data[name] = PASSWORD if kind == "password" else WORDS
    data.update({name: values[0 if turn % 2 else turn % len(values)] for name, values in radios.items() if values})
    if press is not None:
        data[press.get("name")] = press.get("value") or ""
    return data


@pytest.mark.parametrize("phase", [lambda _blind, _session: None, begun, discussed, said, met, recorded])
def test_no_act_is_answered_with_a_name(
    browser: Browser, session: Session, blind: Blind, phase: Callable[[Blind, Session], None]
) -> None:
    phase(blind, session)
    browser.sign_in(blind.reviewer)
    names = names_of_applicants(blind) | names_of_reviewers(blind, session, but=blind.reviewer)
    answers = list(acts(browser, blind))
    assert_nothing(leak for answer in answers for leak in leaks_in(answer, names))
    assert any(answer.status_code == 303 for answer in answers)
    assert_nothing(leaks_in_letters(blind.reviewer, names))
