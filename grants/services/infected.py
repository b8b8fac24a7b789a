"""Whoever attends to an application hears of a virus in one of its files."""

from core.files import StoredFile
from core.scanning import when_infected
from grants.emails.officers import write_infected
from grants.queries.mail import officers_of_file


@when_infected
def tell_officer_of_file(stored: StoredFile) -> None:
    """Write to whoever attends to the application that a file belongs to, once."""
    for application, officer in officers_of_file(stored):
        write_infected(officer, application, stored)
