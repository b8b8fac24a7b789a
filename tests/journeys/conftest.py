"""A served instance, a real browser, and people who sign in; whatever the browser complains about fails the test."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, StorageState, sync_playwright

from tests.browser import NoBrowser, chromium
from tests.served import ROOT, Served, served

SCREENSHOTS = ROOT / "var" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
_missing: list[str] = []


def _no_browser() -> str:
    if not _missing:
        try:
            chromium()
            _missing.append("")
        except NoBrowser as reason:
            _missing.append(str(reason))
    return _missing[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser there are no journeys here; in CI they stay, and fail."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    if ours and _no_browser() and not os.environ.get("CI"):
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Nothing was run because nothing could be: the summary says so in red."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and _missing and _missing[0]:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in red that no journey was made."""
    if _missing and _missing[0]:
        terminalreporter.write_sep("=", "NO JOURNEY WAS MADE", red=True, bold=True)
        terminalreporter.write_line(_missing[0], red=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Puente with its demo year, served once for all journeys."""
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    found = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found.path,
            args=list(found.arguments),
            env={**os.environ, **found.environment},
            chromium_sandbox=False,
        )
        yield launched
        launched.close()


@dataclass
class Visitor:
    """One person at one browser window."""

    site: Served
    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)
    offline: bool = False

    def watch(self, page: Page) -> None:
        """Write down what the browser complains about."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or (self.offline and any(word in message.text for word in OFFLINE)):
            return
        if "status of 4" in message.text:
            return  # a refusal is an answer
        self.problems.append(f"console on {self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} {response.url}")
        if not response.url.startswith((self.site.url, "data:", "blob:")):
            self.problems.append(f"left the site: {response.url}")

    def start(self, language: str = "es") -> Page:
        """Open the front door."""
        self.page.goto(f"{self.site.url}/{language}/")
        return self.page

    def sign_in(self, account: dict[str, Any]) -> None:
        """Sign in from wherever we are, by what the page says."""
        self.page.get_by_role("link", name="Entrar", exact=True).first.click()
        self.fill_in_credentials(account)

    def fill_in_credentials(self, account: dict[str, Any]) -> None:
        """Type address, password and, where asked, the code of the moment."""
        self.page.get_by_label("Correo electrónico").fill(account["email"])
        self.page.get_by_label("Contraseña", exact=True).fill(account["password"])
        self.page.get_by_role("button", name="Entrar", exact=True).click()
        if account["totp_secret"] and "segundo-paso" in self.page.url:
            self.page.get_by_label("Código").first.fill(pyotp.TOTP(account["totp_secret"]).at(datetime.now(UTC)))
            self.page.get_by_role("button", name="Entrar", exact=True).click()

    def photograph(self, name: str) -> None:
        """Keep what the page looks like on a desk and on a phone."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for kind, size in (("desktop", DESKTOP), ("phone", PHONE)):
            self.page.set_viewport_size({"width": size["width"], "height": size["height"]})
            self.page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=True)
        self.page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})


@pytest.fixture
def arrive(browser: Browser, site: Served) -> Iterator[Callable[..., Visitor]]:
    """Open a fresh window: `arrive()`; options are those of a Playwright context."""
    opened: list[Visitor] = []

    def arrives(**options: Any) -> Visitor:
        settings: dict[str, Any] = {"locale": "es-MX", "viewport": DESKTOP, "accept_downloads": True, **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(15_000)
        visitor = Visitor(site, context, context.new_page())
        visitor.watch(visitor.page)
        opened.append(visitor)
        return visitor

    yield arrives
    problems = [problem for visitor in opened for problem in visitor.problems]
    for visitor in opened:
        visitor.context.close()
    assert problems == []


@pytest.fixture(scope="session")
def passes(browser: Browser, site: Served) -> Callable[[str], StorageState | None]:
    """The cookies of somebody with a role who has signed in; signed in once a run, since a code works once."""
    known: dict[str, StorageState] = {}

    def pass_of(role: str) -> StorageState | None:
        if role == "anonymous":
            return None
        if role not in known:
            with browser.new_context(locale="es-MX") as context:
                visitor = Visitor(site, context, context.new_page())
                visitor.start()
                visitor.sign_in(site.account(role))
                known[role] = context.storage_state()
        return known[role]

    return pass_of
