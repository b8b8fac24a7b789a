"""The gallery in a real browser: no finding of axe, nothing wider than the screen, and the scripts do their kindnesses.

The browser's requests are answered by the application in this process, with its real headers.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from sqlalchemy.orm import Session

from tests.browser import chromium
from tests.factories.accounts import make_user, sign_in_as

SITE = "http://localhost"
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.path, args=list(found.arguments), env={**found.environment} or None
        )
        yield started
        started.close()


class Answering:
    """Answers the browser from the application and remembers what was posted."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.posted: list[str] = []
        self.online = True

    def __call__(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.endswith("/salir"):  # a redirect would leave this process: its page is given at once
            sent = {"data": route.request.post_data, "content_type": route.request.headers["content-type"]}
            left = self.client.post(parts.path, base_url=SITE, **sent)
            route.fulfill(status=200, content_type="text/html", body=self.client.get(left.location).get_data())
            return
        if route.request.method == "POST":
            if not self.online:
                route.abort()
                return
            self.posted.append(route.request.post_data or "")
            route.fulfill(status=204)
            return
        answer = self.client.get(f"{parts.path}?{parts.query}")
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())


@pytest.fixture
def answering(app: Flask) -> Answering:
    return Answering(app.test_client())


@pytest.fixture
def opened(browser: Browser, answering: Answering) -> Iterator[Opener]:
    contexts = []

    def open_page(path: str, scheme: str = "light", width: int = 1280, script: bool = True) -> Page:
        context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            locale="es-MX",
        )
        contexts.append(context)
        context.route("**/*", answering)
        page = context.new_page()
        page.goto(f"{SITE}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/es/componentes", "/es/", "/en/privacidad"])
def test_axe_finds_nothing(opened: Opener, path: str, scheme: str, width: int) -> None:
    found = Axe().run(opened(path, scheme, width)).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("path", ["/es/componentes", "/es/", "/es/ayuda", "/es/privacidad", "/es/no-hay"])
def test_nothing_is_wider_than_320_pixels(opened: Opener, path: str) -> None:
    page = opened(path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_focus_starts_on_the_error_summary(opened: Opener) -> None:
    page = opened("/es/componentes")
    assert page.evaluate("document.activeElement.className") == "error-summary"


def test_the_menu_opens_without_script_on_a_phone(opened: Opener) -> None:
    page = opened("/es/", width=320, script=False)
    link = page.locator(".menu-phone a", has_text="English")
    assert not link.is_visible()
    page.locator(".menu-phone summary").click()
    assert link.is_visible()


def test_words_are_counted_and_the_password_can_be_read(opened: Opener) -> None:
    page = opened("/es/componentes")
    page.locator("#summary").fill("uno dos tres")
    assert page.locator("#summary-words").inner_text() == "Quedan 147 palabras."
    page.locator("#password + button").click()
    assert page.locator("#password").get_attribute("type") == "text"


def test_a_file_that_is_too_heavy_is_told_before_it_travels(opened: Opener) -> None:
    page = opened("/es/componentes")
    page.locator("#letter").set_input_files(
        {"name": "carta.pdf", "mimeType": "application/pdf", "buffer": b"x" * 5_000_001}
    )
    assert page.locator("#letter-weight").inner_text() == "«carta.pdf» pesa más de 5 MB. Elige uno más ligero."


def test_a_draft_is_saved_while_it_is_written(opened: Opener, answering: Answering) -> None:
    page = opened("/es/componentes")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("#title").fill("Son jarocho")
    assert len(answering.posted) == 1
    assert 'name="accion"\r\n\r\nborrador' in answering.posted[0]
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile("^Guardado a las"))
    assert page.evaluate("localStorage.length") == 0


def test_without_connection_the_draft_stays_in_the_browser_and_comes_back(opened: Opener, answering: Answering) -> None:
    page = opened("/es/componentes")
    answering.online = False
    page.locator("#title").fill("Son jarocho")
    expect(page.locator("[data-autosave-status]")).to_have_text("Sin conexión; se guarda en este navegador.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert page.locator("#title").input_value() == "Son jarocho"
    answering.online = True
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile("^Guardado a las"))
    assert page.evaluate("localStorage.length") == 0
    assert len(answering.posted) == 1


def test_a_shared_computer_shows_nobody_what_another_person_wrote(
    opened: Opener, answering: Answering, session: Session
) -> None:
    first, second = make_user(), make_user()
    sign_in_as(answering.client, first)
    page = opened("/es/componentes")
    page.on("dialog", lambda dialog: dialog.accept())
    title, question = page.locator("#title"), page.get_by_role("dialog", name="Hay cambios que aún no se guardan")
    empty = title.input_value()
    answering.online = False
    title.fill("Son jarocho")
    expect(page.locator("[data-autosave-status]")).to_have_text("Sin conexión; se guarda en este navegador.")

    sign_in_as(answering.client, second)  # the first session ended by itself
    page.reload()
    assert title.input_value() == empty
    page.get_by_role("button", name="Cerrar sesión").first.click()  # nothing of theirs waits: nobody asks
    page.wait_for_url("**/cuenta/salir")

    sign_in_as(answering.client, first)
    page.goto(f"{SITE}/es/componentes")
    assert title.input_value() == "Son jarocho"
    page.get_by_role("button", name="Cerrar sesión").first.click()
    question.get_by_role("button", name="Quedarme").click()
    expect(question).to_be_hidden()
    assert title.input_value() == "Son jarocho"
    page.get_by_role("button", name="Cerrar sesión").first.click()
    expect(question.get_by_role("listitem")).to_have_text(page.title())
    question.get_by_role("button", name="Cerrar sesión y borrarlos").click()
    page.wait_for_url("**/cuenta/salir")
    page.wait_for_function("localStorage.length === 0")
