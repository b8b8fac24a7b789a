"""A stand-in for the payment company: its REST shapes, its checkout page and its signed notices, in this process.

It has its own database file and knows nothing of ours: everything between the two goes through the company's own
library, a browser, or a signed HTTP notice. No money moves here.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask

from core.settings import setting
from trust.gateway import StandIn, use_stand_in
from trust.simulator import pac  # introduces itself as the provider that stamps
from trust.simulator.notices import set_deliverer
from trust.simulator.server import API_KEY, create_simulator
from trust.simulator.store import Store

MOUNTED_AT = "/simulador/pagos"
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

__all__ = ["API_KEY", "MOUNTED_AT", "mount", "pac", "set_deliverer", "store", "webhook_secret", "wsgi_app"]


@lru_cache(maxsize=4)
def _application(database: str) -> Flask:
    return create_simulator(database)


def wsgi_app() -> Flask:
    """Return the simulator on the configured file, built once for each file."""
    return _application(str(setting("SIMULATOR_DATABASE")))


def store() -> Store:
    """Return the simulator's own account of what was paid: tests compare our books with it."""
    found: Store = wsgi_app().extensions["store"]
    return found


def webhook_secret() -> str:
    """Return the secret this simulator signs its notices with."""
    return store().secret("webhook_secret")


use_stand_in(StandIn(API_KEY, wsgi_app, webhook_secret))


def mount(application: Wsgi) -> Wsgi:
    """Serve the simulator's pages under `MOUNTED_AT` beside `application`, which gets every other address."""

    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == MOUNTED_AT or path.startswith(MOUNTED_AT + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + MOUNTED_AT
            environ["PATH_INFO"] = path[len(MOUNTED_AT) :]
            return wsgi_app()(environ, start_response)
        return application(environ, start_response)

    return dispatch
