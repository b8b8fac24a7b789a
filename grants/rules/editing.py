"""Who last changed a step of a draft, what in it, and whether they are still at it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

STILL_AT_IT = timedelta(minutes=2)
Edit = Mapping[str, Any]


def next_edit(
    last: Edit | None, *, version: int, edition: str, by: int | None, at: datetime, changed: Collection[str]
) -> dict[str, Any]:
    """Return what is noted of a step after a save. What one person changes save after save counts as one edit.

    A save that changes nothing leaves it to whoever changed something before.
    """
    noted = {"version": version, "edition": edition}
    before = {key: last[key] for key in ("by", "at", "fields") if key in last} if last else {}
    if not changed:
        return before | noted
    earlier = before.get("fields", []) if before.get("by") == by else []
    return {
        **noted,
        "by": by,
        "at": at.isoformat(),
        "fields": [*earlier, *(one for one in changed if one not in earlier)],
    }


def is_at_it(last: Edit, moment: datetime) -> bool:
    """Return whether whoever changed a step last may still be writing."""
    return moment - datetime.fromisoformat(last["at"]) < STILL_AT_IT
