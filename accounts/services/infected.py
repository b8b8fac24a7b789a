"""Administrators hear of a virus in a file that was taken already."""

from accounts.emails import write_infected
from accounts.queries import users_with_role
from core.files import StoredFile
from core.roles import Role
from core.scanning import when_infected


@when_infected
def tell_administrators(stored: StoredFile) -> None:
    """Write to every administrator, once: the file is scanned once."""
    for person in users_with_role(Role.ADMINISTRATOR):
        write_infected(person, stored)
