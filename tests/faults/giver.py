"""A person who gives on line over plain HTTP, and tries again when the connection breaks, as people do."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

CARD = "4242 4242 4242 4242"
PATIENCE_SECONDS = 120
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Giver:
    """One browser without scripts. `paid` counts the payments whose page said so."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    paid: int = 0
    broken: int = 0
    pause: threading.Event = field(default_factory=threading.Event)

    def give(self, pesos: int) -> None:
        """Give once; every step that breaks is taken again, after a breath.

        Raises:
            AssertionError: a page answered with a mistake of ours, or nothing went through for two minutes.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                payment = self._order(pesos)
                if payment and self._pay(payment, deadline):
                    self.paid += 1
                    return
            except BROKEN:
                self._breathe()
        raise AssertionError(f"nothing went through in {PATIENCE_SECONDS} seconds")

    def _order(self, pesos: int) -> str | None:
        _status, _place, page = self._ask("GET", "/es/aportar")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if token is None:
            return None
        typed = {"csrf_token": token[1], "amount": str(pesos), "fund": "", "method": "card", "kind": "donation"}
        typed |= {"email": "quien.da@example.org", "name": "Quien da", "giver": ""}
        status, place, _page = self._ask("POST", "/es/aportar", typed)
        return place if status == 303 else None

    def _pay(self, payment: str, deadline: float) -> bool:
        """Pay; when the answer is lost, asking again tells whether the money went."""
        while time.monotonic() < deadline:
            try:
                status, place, _page = self._ask("POST", urlsplit(payment).path, {"numero": CARD})
                if status == 303:
                    self._ask("GET", urlsplit(place).path)  # thanks, or nothing: the notice is on its way all the same
                    return True
            except BROKEN:
                self._breathe()
        return False

    def _breathe(self) -> None:
        self.broken += 1
        self.pause.wait(0.2)

    def _ask(self, method: str, path: str, typed: dict[str, str] | None = None) -> tuple[int, str, str]:
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Connection": "close",
        }
        body = urlencode(typed) if typed is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = given.split(";")[0].partition("=")
            self.cookies[name] = value
        assert answer.status != 500, page[-2000:]
        return answer.status, answer.headers.get("Location", ""), page
