"""Every page, met as the people who may: axe in both languages and schemes, phone and tablet, weight, keyboard."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, StorageState, expect

from core.roles import Role
from tests.architecture.findings import assert_nothing
from tests.conftest import settings
from tests.journeys.colours import OF_COLOUR, Colours
from tests.journeys.conftest import DESKTOP, Visitor
from tests.served import Served
from tests.web.dom import parse
from tests.web.pages import Page as Found
from tests.web.pages import endpoint_of, links

Scheme = Literal["light", "dark"]
Passes = Callable[[str], StorageState | None]
BUDGET_BYTES = 120_000
HUBS = ("/es/", "/es/mi-espacio")  # looked at anew by each role: from here the ways part
ROLES = ("anonymous", *(role.value for role in Role))
AXE = Axe().axe_script
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
OF_WORDS = ["cat.language", "cat.name-role-value", "cat.text-alternatives", "cat.forms"]  # what a translation can break


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that only knows which endpoint an address belongs to."""
    from web.factory import create_app  # local: the served instance is another process

    folder = tmp_path_factory.mktemp("addresses")
    return create_app(settings(Path(folder), f"sqlite:///{folder / 'none.sqlite3'}"))


@pytest.fixture(scope="module")
def pages(browser: Browser, site: Served, passes: Passes, addresses: Flask) -> list[tuple[str, str]]:
    """One page for each endpoint, with the first role that reached it by links."""
    found: dict[str, tuple[str, str]] = {}
    files: set[str] = set()
    faults: list[str] = []
    for role in ROLES:
        with browser.new_context(storage_state=passes(role), base_url=site.url) as context:
            seen = set(HUBS)
            waiting, taken = deque(HUBS), set[str]()
            while waiting:
                path = waiting.popleft()
                endpoint = endpoint_of(addresses, path)
                if endpoint in taken or not endpoint or endpoint in files:
                    continue
                taken.add(endpoint)
                answer = context.request.get(path)
                if answer.status >= 500:
                    faults.append(f"{path} as {role}: {answer.status}")
                if answer.status != 200:
                    continue
                if "text/html" not in answer.headers.get("content-type", ""):
                    files.add(endpoint)
                    continue
                found.setdefault(endpoint, (role, urlsplit(answer.url).path))
                here = Found(role, path, endpoint, 200, "text/html", answer.body())
                fresh = [link for link in dict.fromkeys(links(here)) if link not in seen and link.startswith("/es/")]
                seen.update(fresh)
                waiting.extend(fresh)
    assert_nothing(faults)
    return sorted(found.values())


def with_axe(visitor: Visitor) -> Visitor:
    """Let every page that the visitor opens from now on bring axe along: read once, it is not compiled for each."""
    visitor.context.add_init_script(AXE)
    return visitor


def complaints(page: Page, where: str, rules: Sequence[str] = EVERYTHING, leave_out: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on the open page."""
    left_out = {rule: {"enabled": False} for rule in leave_out}
    options = {"resultTypes": ["violations"], "runOnly": list(rules), "rules": left_out}
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return told(cast(list[dict[str, Any]], found), where)


def told(found: list[dict[str, Any]], where: str) -> list[str]:
    """Return axe's findings as lines."""
    return [
        f"{where}: {violation['id']}: {violation['nodes'][0]['html'][:160]} ({len(violation['nodes'])}×)"
        for violation in found
    ]


NARROW = (1024, 720, 320)


def too_wide(page: Page) -> str:
    """Return what sticks out of the page on a phone, a tablet held upright or across, if anything does."""
    found = ""
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 640})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            wide = page.evaluate(
                "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                ".map(e => e.tagName + '.' + e.className)[0]"
            )
            found = f"{overflow} pixels too wide at {width}: {wide}"
            break
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    return found


@pytest.mark.browser
@pytest.mark.parametrize(("language", "schemes"), [("es", ("light", "dark")), ("en", ("dark",))])
def test_axe_finds_nothing_and_nothing_sticks_out(
    arrive: Callable[..., Visitor],
    passes: Passes,
    pages: list[tuple[str, str]],
    language: str,
    schemes: tuple[Scheme, ...],
) -> None:
    """All of axe's rules in Spanish, those that look at colours in both schemes; those that look at words in English.

    The document and its colours are the same in both languages, and what looks the same is asked for its colours once.
    """
    scheme, rules, colours = schemes[0], EVERYTHING if language == "es" else OF_WORDS, Colours()
    faults: list[str] = []
    visitors: dict[str, Visitor] = {}
    for role, path in pages:
        if role not in visitors:
            options = {"storage_state": passes(role), "color_scheme": scheme, "reduced_motion": "reduce"}
            visitors[role] = with_axe(arrive(**options))
        page = visitors[role].page
        answer = page.goto(visitors[role].site.url + path.replace("/es/", f"/{language}/", 1))
        where = f"{path} as {role}, {language}, {scheme}"
        if answer is None or answer.status != 200:
            faults.append(f"{where}: {answer.status if answer else 'no answer'}")
            continue
        faults += complaints(page, where, rules, leave_out=OF_COLOUR)
        for other in schemes if language == "es" else ():
            page.emulate_media(color_scheme=other)
            faults += told(colours.ask(page, other), f"{path} as {role}, {language}, {other}")
        page.emulate_media(color_scheme=scheme)
        if wide := too_wide(page):
            faults.append(f"{where}: {wide}")
    assert len(pages) > 30
    assert_nothing(faults)


@pytest.mark.browser
def test_the_first_load_of_a_public_page_stays_light(
    browser: Browser, pages: list[tuple[str, str]], site: Served
) -> None:
    heavy = []
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})  # every page is somebody's first
        moved: list[float] = []
        network.on("Network.loadingFinished", lambda event: moved.append(event["encodedDataLength"]))
        for path in [path for role, path in pages if role == "anonymous"]:
            moved.clear()
            page.goto(site.url + path, wait_until="load")
            page.evaluate("document.fonts.ready.then(() => true)")
            if sum(moved) > BUDGET_BYTES or len(moved) < 4:
                heavy.append(f"{path}: {sum(moved):,.0f} bytes in {len(moved)} answers")
    assert_nothing(heavy)


SAYS = "(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || '').trim()"
SHOWS = """(() => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  return focused === document.body || style.boxShadow !== 'none'
    || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
})()"""


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until what says `words` has the focus, and see that the focus shows all the way."""
    for _press in range(most):
        page.keyboard.press("Tab")
        said = str(page.evaluate(SAYS))
        assert page.evaluate(SHOWS), f"the focus on {said!r} does not show"
        if words in said and len(said) < 200:
            return
    raise AssertionError(f"the keyboard does not reach {words!r}")


@pytest.mark.browser
def test_the_keyboard_alone_signs_in_and_out(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    page, account = visitor.start(), visitor.site.account("applicant")
    tab_to(page, "Saltar al contenido", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"
    page.goto(page.url.split("#")[0])
    tab_to(page, "Entrar")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cuenta/entrar")
    tab_to(page, "Correo electrónico")
    page.keyboard.type("nadie@example.org")
    tab_to(page, "Contraseña")
    page.keyboard.type("equivocada")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    tab_to(page, "Correo electrónico")
    page.keyboard.press("Control+a")
    page.keyboard.type(account["email"])
    tab_to(page, "Contraseña")
    page.keyboard.type(account["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cerrar sesión").first).to_be_visible()
    tab_to(page, "Cerrar sesión")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Entrar", exact=True).first).to_be_visible()


@pytest.mark.browser
def test_an_error_page_is_a_page_too(arrive: Callable[..., Visitor]) -> None:
    visitor = with_axe(arrive(color_scheme="dark"))
    visitor.page.goto(f"{visitor.site.url}/en/nowhere")
    assert parse(visitor.page.content()).get("lang") == "en"
    assert_nothing(complaints(visitor.page, "/en/nowhere"))
