"""The certified provider (PAC) that stamps fiscal receipts for the tax office: what we ask of one, and which one it is.

A provider is whatever has `stamp` and `cancel` as `Pac` says. A simulator introduces itself with `use_pac`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.settings import setting
from trust.errors.fiscal import PacUnavailable

SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a provider answers: the receipt with its stamp, under the office's number for it."""

    uuid: str
    xml: bytes
    stamped_at: datetime


class Pac(Protocol):
    """A certified provider."""

    livemode: bool  # whether its stamps count before the tax office

    def stamp(self, xml: bytes) -> Stamped:
        """Stamp a sealed receipt. Asked again with the same bytes, it answers with the same stamp.

        Raises:
            PacRejected: it will not, and says why by the office's code. PacUnavailable: nobody knows whether it did.
        """

    def cancel(self, uuid: str, reason: str) -> None:
        """Cancel a stamped receipt for one of the office's reasons. Asked again, it does nothing more.

        Raises:
            PacRejected: it will not, and says why. PacUnavailable: nobody knows whether it did.
        """


_providers: dict[str, Callable[[], Pac]] = {}


def use_pac(name: str, provider: Callable[[], Pac]) -> None:
    """Let `provider` answer where the configuration names it."""
    _providers[name] = provider


def configured_pac() -> Pac | None:
    """Return the provider that is configured; None while there is none, and receipts stay drafts.

    Raises:
        PacUnavailable: one is named that this installation does not know.
    """
    name = str(setting("PAC"))
    if not name:
        return None
    if name not in _providers:
        raise PacUnavailable()
    return _providers[name]()
