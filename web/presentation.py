"""Filters and globals that templates use. (LOOK writes this file.)"""

from flask import Flask


def install(app: Flask) -> None:
    """Install them."""
