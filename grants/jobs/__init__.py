"""Background work of the mobility fund. Importing this package names every handler."""

from grants.jobs import (
    bulk,
    calls,
    conflicts,
    discussion,
    dossiers,
    feedback,
    leftovers,
    letters,
    reminders,
    retention,
    subscriptions,
)

__all__ = [
    "bulk",
    "calls",
    "conflicts",
    "discussion",
    "dossiers",
    "feedback",
    "leftovers",
    "letters",
    "reminders",
    "retention",
    "subscriptions",
]
