"""Background work of the mobility fund. Importing this package names every handler."""

from grants.jobs import calls, letters

__all__ = ["calls", "letters"]
