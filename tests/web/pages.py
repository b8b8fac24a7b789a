"""Walk the site as a person does: from the front door, by links, and remember what was found."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.web.dom import Node, parse

START = ("/es/", "/es/mi-espacio", "/es/trabajos")
SAMPLES = 2  # pages looked at for each endpoint and role: enough for several states of a thing


@dataclass
class Page:
    """One address as one role saw it."""

    role: str
    path: str
    endpoint: str
    status: int
    kind: str
    body: bytes
    came_from: str = ""

    @cached_property
    def tree(self) -> Node:
        """The document."""
        return parse(self.body)

    @property
    def is_html(self) -> bool:
        """Whether it is a page and not a file."""
        return self.kind == "text/html"

    def __str__(self) -> str:
        return f"{self.path} as {self.role}"


@dataclass
class Walk:
    """Everything one role reached."""

    role: str
    pages: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def html(self) -> Iterator[Page]:
        """Yield the pages among what was reached."""
        return (page for page in self.pages if page.is_html and page.status == 200)


def endpoint_of(app: Flask, path: str) -> str:
    """Return the endpoint behind a path, or an empty string."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""


def links(page: Page) -> Iterator[str]:
    """Yield the addresses on this site that a page leads to by links and pictures."""
    for node in page.tree.xpath("//a[@href] | //img[@src]"):
        target = urldefrag(urljoin(f"http://localhost{page.path}", node.get("href") or node.get("src")))[0]
        parts = urlsplit(target)
        if (
            parts.scheme in ("http", "https")
            and parts.hostname == "localhost"
            and not parts.path.startswith("/static/")
        ):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def is_public(app: Flask, endpoint: str) -> bool:
    """Return whether anybody may open an endpoint, signed in or not."""
    guard = getattr(app.view_functions.get(endpoint), "__guard__", None)
    return guard is not None and guard.roles is None


def walk(
    app: Flask,
    client: FlaskClient,
    role: str,
    *,
    language: str = "es",
    samples: int = SAMPLES,
    visitor: Walk | None = None,
) -> Walk:
    """Follow links from the front door until nothing new turns up.

    What anybody may open was looked at closely on the `visitor`'s walk: there, one look at each page is enough, and
    none at the files, which say the same to everybody.
    """
    found, seen, taken = Walk(role), set(START), dict[str, int]()
    known_files = {page.endpoint for page in visitor.pages if not page.is_html} if visitor else set[str]()
    waiting = deque((path.replace("/es/", f"/{language}/"), "") for path in START)
    while waiting:
        path, source = waiting.popleft()
        endpoint = endpoint_of(app, path)
        common = visitor is not None and is_public(app, endpoint)
        key = endpoint if common else endpoint + ("?" if "?" in path else "")
        if taken.get(key, 0) >= (1 if common else samples) or (common and endpoint in known_files):
            continue
        taken[key] = taken.get(key, 0) + 1
        try:
            response = client.get(path)
        except Exception as error:  # the test client lets our own mistakes through
            found.faults.append(f"{path} as {role} (linked from {source}): {type(error).__name__}: {str(error)[:300]}")
            continue
        page = _page(role, path, endpoint, response, source)
        found.pages.append(page)
        if response.status_code in (301, 302, 303, 308):
            targets = [
                urljoin(f"http://localhost{path}", response.headers["Location"]).removeprefix("http://localhost")
            ]
        elif page.is_html:
            if response.status_code != 200 and path not in START:
                found.faults.append(f"{path} as {role} (linked from {source}): {response.status_code}")
            targets = sorted(set(links(page)))
        else:
            targets = []
        for target in targets:
            if target not in seen and target.startswith(f"/{language}/"):
                seen.add(target)
                waiting.append((target, path))
    return found


def _page(role: str, path: str, endpoint: str, response: TestResponse, source: str) -> Page:
    return Page(role, path, endpoint, response.status_code, response.mimetype or "", response.get_data(), source)


def words(text: str) -> str:
    """Return a text with its spaces made plain."""
    return re.sub(r"\s+", " ", text).strip()
