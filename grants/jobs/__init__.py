"""Background work of the mobility fund. Importing this package names every handler."""

from grants.jobs import calls

__all__ = ["calls"]
