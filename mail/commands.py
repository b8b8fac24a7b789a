"""Mail on the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from core.database import session
from core.settings import setting
from mail.services import read_reports


@click.group("mail")
def mail() -> None:
    """Letters that came back."""


@mail.command("bounces")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def bounces(folder: Path | None) -> None:
    """Read the delivery reports (RFC 3464) in FOLDER: one a file, or a Maildir.

    Without FOLDER, the one in PUENTE_MAIL_RETURN_FOLDER is read, as the worker does every ten minutes by itself. Each
    file is put away once it was read.
    """
    where = folder or (Path(setting("MAIL_RETURN_FOLDER")) if setting("MAIL_RETURN_FOLDER") else None)
    if where is None:
        raise click.ClickException("which folder? Name one, or set PUENTE_MAIL_RETURN_FOLDER")
    tally = read_reports(where, settle=lambda: session().commit())
    click.echo(f"{tally.returned} returned, {tally.delayed} delayed, {tally.others} about nothing of ours")


COMMANDS = (mail,)
