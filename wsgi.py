"""WSGI."""
