"""Background work of the mobility fund. Importing this package names every handler."""

from grants.jobs import calls, conflicts, dossiers, leftovers, letters, reminders, subscriptions

__all__ = ["calls", "conflicts", "dossiers", "leftovers", "letters", "reminders", "subscriptions"]
