"""The trust on the command line."""

import sys
from typing import IO

import click
from flask.cli import with_appcontext

from core.database import is_sqlite, session
from core.errors import Refusal
from core.guards import missing_guards
from trust import services


@click.group("ledger")
def ledger() -> None:
    """The books of the trust."""


@ledger.command("verify")
@with_appcontext
def verify() -> None:
    """Add everything again, ask for every guard, print what disagrees, and fail if anything does."""
    if not session().in_transaction() and not is_sqlite():
        # One picture for all proofs: what others post meanwhile would make two of them seem to disagree.
        session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    problems = [*services.verify_ledger(), *missing_guards()]
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{len(problems)} disagreements", err=True)
        sys.exit(1)
    click.echo("The books agree to the cent.")


@ledger.command("open")
@click.argument("year", type=click.IntRange(2000, 2200))
@with_appcontext
def open_year(year: int) -> None:
    """Write the chart of accounts and open the months of YEAR."""
    services.establish_chart()
    services.open_periods(year)
    session().commit()
    click.echo(f"{year} is open.")


@ledger.command("import")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def import_entries(file: IO[bytes]) -> None:
    """Post the entries of a CSV FILE from other books, all or none: key,date,kind,memo,account,fund,amount,currency."""
    try:
        posted = services.import_entries(file.read())
    except Refusal as refusal:
        session().rollback()
        raise click.ClickException(refusal.message()) from None
    session().commit()
    click.echo(f"{len(posted)} entries stand in the books.")


@ledger.command("catch-up")
@with_appcontext
def catch_up() -> None:
    """Ask the payment company after payments whose notice never came."""
    moved = services.catch_up_payments(settle=session().commit)
    session().commit()
    click.echo(f"{moved} payments moved.")


COMMANDS = (ledger,)
