"""What a room contributes to the menu and to a person's desk. The rooms name; the roof arranges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.roles import Role


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link in the main menu. `roles` None shows it to everybody, an empty set to anyone signed in.

    It is marked on its own page, on those below it, and on those whose address begins with a path of `under`.
    """

    label: str
    endpoint: str
    order: int
    roles: frozenset[Role] | None = None
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskItem:
    """Something that waits for the holder of a role: `count` says how much, endpoint and query values lead to it."""

    label: str
    endpoint: str
    roles: frozenset[Role]
    count: Callable[[], int]
    values: Mapping[str, str] = field(default_factory=dict)
