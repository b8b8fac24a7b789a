"""Background work of the mobility fund. Importing this package names every handler."""

from grants.jobs import calls, dossiers, letters

__all__ = ["calls", "dossiers", "letters"]
