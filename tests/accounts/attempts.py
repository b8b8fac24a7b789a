"""Somebody at the door."""

from typing import Any

from accounts.queries import session_facts
from accounts.services import sign_in
from core.context import Actor

ADDRESS = "203.0.113.7"


def attempt(email: str, password: str = "una contraseña equivocada", address: str = ADDRESS) -> Any:
    return sign_in(email=email, password=password, address=address, device="Firefox")


def resolve_session(token: str) -> Actor | None:
    """Who holds a token whose session is complete."""
    facts = session_facts(token)
    return None if facts is None or facts.pending else facts.actor
