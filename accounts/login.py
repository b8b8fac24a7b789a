"""Flask-Login's wiring: which row of `user_session` a cookie names, and who acts because of it.

The signed cookie holds a token and nothing else. What it is worth is asked of the database at every request, so a
session ends the moment its row does.
"""

import logging

import flask
from flask import Flask, g
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from accounts.queries import SessionFacts, session_facts
from accounts.services import touch_session
from core.context import ANONYMOUS, Actor, is_writing, set_writing
from core.database import session

log = logging.getLogger("puente.accounts")
COOKIE_KEY = "_user_id"  # Flask-Login's own


class SignedIn:
    """What Flask-Login carries: the token of one session row."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, facts: SessionFacts | None = None) -> None:
        self.token, self.facts = token, facts

    def get_id(self) -> str:
        """Return the session row's token."""
        return self.token


def init_app(app: Flask) -> None:
    """Attach Flask-Login to the application. Templates get their person from the roof, not from Flask-Login."""
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # the row decides, not the browser's name
    manager.user_loader(_load)


def load_actor() -> Actor:
    """Return who this request's session row belongs to, in one query; none at all without a cookie."""
    g.pop("_login_user", None)  # a context may outlive a request in tests
    if COOKIE_KEY not in flask.session:
        return ANONYMOUS
    facts = current_facts()
    if facts is None:
        return ANONYMOUS
    if facts.touch_due:
        _touch(facts.session_id)
    return facts.actor


def current_facts() -> SessionFacts | None:
    """Return what this request's session row says, pending or complete; None for somebody not signed in."""
    facts: SessionFacts | None = getattr(current_user, "facts", None)
    return facts


def remember(token: str) -> None:
    """Put a new session's token into a new cookie: nothing of the former one survives, its CSRF token neither."""
    flask.session.clear()
    login_user(SignedIn(token))


def forget() -> None:
    """Take the token out of the cookie, and everything else with it."""
    logout_user()
    flask.session.clear()


def _load(token: str) -> SignedIn | None:
    facts = session_facts(token)
    return None if facts is None else SignedIn(token, facts)


def _touch(session_id: int) -> None:
    # Before the view has done anything, in a transaction of its own: a reader's session stays alive too.
    writing = is_writing()
    try:
        session().rollback()
        set_writing(True)
        touch_session(session_id)
        session().commit()
    except OperationalError:  # a busy database: the next request will note it
        session().rollback()
        log.warning("session %s was not touched", session_id)
    finally:
        set_writing(writing)
