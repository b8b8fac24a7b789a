"""Doors. Every route says who may pass; a door without a sign stays shut."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import current_app, request

from core.context import actor
from core.errors import Forbidden, MissingCredentials, NotFound, Refusal
from core.roles import Role

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may use a route. `roles` None: anyone; empty: anyone signed in; else holders of any of them."""

    roles: frozenset[Role] | None
    pending: bool = False  # also open to a signed-in person whose second factor is still missing


def _mark(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__guard__ = guard  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open the route to everybody, signed in or not."""
    return _mark(Guard(None))(view)


def signed_in(view: View) -> View:
    """Open the route to every account; whose thing it is, the view checks."""
    return _mark(Guard(frozenset()))(view)


def pending_sign_in(view: View) -> View:
    """Open the route also to someone who gave the password and not yet the second factor."""
    return _mark(Guard(frozenset(), pending=True))(view)


def roles(*allowed: Role, auditor: bool = True) -> Callable[[View], View]:
    """Open the route to holders of `allowed`. An auditor reads whatever staff reads, unless `auditor` is False."""
    return _mark(Guard(frozenset(allowed) | ({Role.AUDITOR} if auditor else frozenset())))


def guard_of(endpoint: str) -> Guard | None:
    """Return the guard written on a route, or None where somebody forgot."""
    view = current_app.view_functions[endpoint]
    return getattr(view, "__guard__", None)


def enforce() -> None:
    """Refuse the current request unless its route's guard lets the actor in. Runs before every view.

    Raises:
        MissingCredentials: nobody has signed in. Forbidden: the role is missing, or an auditor tries to write.
    """
    if request.endpoint is None:
        return
    guard = guard_of(request.endpoint)
    if guard is None:
        raise Forbidden()  # fail closed
    if guard.roles is None:
        return
    who = actor()
    if guard.pending and who.kind == "pending":
        return
    if who.is_anonymous:
        raise MissingCredentials()
    if not guard.roles:
        return
    if not who.has(*guard.roles):
        raise Forbidden()
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if writes and not who.has(*(guard.roles - {Role.AUDITOR})):
        raise Forbidden()  # an auditor reads all and changes nothing


def ensure(condition: object, refusal: Refusal | None = None) -> None:
    """Raise `refusal` unless `condition` holds; by default as if the thing did not exist."""
    if not condition:
        raise refusal or NotFound()
