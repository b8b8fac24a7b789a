"""Who is acting and in which request: facts that travel beside a call instead of through every signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or process behind an act. `label` is for their own eyes, never for a public page."""

    user_id: int | None = None
    roles: frozenset[Role] = frozenset()
    label: str = ""
    organisation_ids: frozenset[int] = frozenset()
    language: str = "es"
    kind: str = field(default="person")

    @property
    def is_anonymous(self) -> bool:
        """True when nobody has signed in."""
        return self.user_id is None

    def has(self, *roles: Role) -> bool:
        """Return whether the actor holds any of `roles`."""
        return bool(self.roles & set(roles))


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system")

_actor: ContextVar[Actor] = ContextVar("puente_actor", default=SYSTEM)
_request_id: ContextVar[str] = ContextVar("puente_request_id", default="")
_writing: ContextVar[bool] = ContextVar("puente_writing", default=True)


def actor() -> Actor:
    """Return who is acting now; outside a request it is the system itself."""
    return _actor.get()


def set_actor(who: Actor) -> None:
    """Say who acts for the rest of this request."""
    _actor.set(who)


@contextmanager
def acting_as(who: Actor) -> Iterator[None]:
    """Let `who` act inside the block."""
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


def request_id() -> str:
    """Return the id that ties log lines, audit events and an error page together; empty outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Name this request."""
    _request_id.set(value)


def is_writing() -> bool:
    """Return whether the coming transaction may write, so that SQLite takes its lock at the start."""
    return _writing.get()


def set_writing(value: bool) -> None:
    """Say whether the coming transaction may write."""
    _writing.set(value)
