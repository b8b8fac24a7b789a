"""Flask-Login's wiring: which row of `user_session` a cookie names, and who acts because of it.

TO BE COMPLETED by ACCOUNTS: web/requests.py calls `load_actor()` once before every view; web/factory.py calls `init_app(app)`.
"""

from flask import Flask

from core.context import ANONYMOUS, Actor


def init_app(app: Flask) -> None:
    """Attach Flask-Login to the application."""


def load_actor() -> Actor:
    """Return who this request's session row belongs to."""
    return ANONYMOUS
