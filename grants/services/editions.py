"""What of a call was read before it was changed: so that nobody writes over what somebody else has just saved."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from core.database import session
from core.money import Money
from grants.errors.calls import CallChanged
from grants.models import Call
from grants.rules import content


def values_of(call: Call, names: Iterable[str]) -> dict[str, Any]:
    """Return fields of a call, by the names of `edit_call`, as plain JSON."""
    return {name: _plain(_value(call, name)) for name in sorted(names)}


def edition_of(call: Call, names: Iterable[str]) -> str:
    """Return the fingerprint of fields as they are stored: the same as long as nobody changes them."""
    return content.digest(values_of(call, names))


def ensure_edition(call: Call, names: Iterable[str], expected: str) -> None:
    """Refuse to go on unless the fields are still those that were read. The call stays locked until the commit.

    Raises:
        CallChanged: somebody saved them meanwhile.
    """
    session().refresh(call, with_for_update=True)
    if edition_of(call, names) != expected:
        raise CallChanged()


def _value(call: Call, name: str) -> Any:
    match name:
        case "cap_per_award":
            return Money(call.cap_per_award_cents, call.currency)
        case "rulebook":
            return call.rulebook.sha256 if call.rulebook is not None else None
        case _:
            return getattr(call, name)


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"cents": value.amount_cents, "currency": value.currency}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # typed in the city's zone, stored in UTC: the same moment
    return value.isoformat() if isinstance(value, date) else value
