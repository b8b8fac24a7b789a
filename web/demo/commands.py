"""`puente demo`: load the year, start over, and print the accounts to try it with."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from sqlalchemy import func, inspect, select

from accounts.models import User
from core.database import db, session
from core.roles import ROLE_LABELS, SECOND_FACTOR_ROLES
from web.demo import proof, year
from web.demo.people import ACCOUNTS, DOMAIN, PASSWORD, SECOND_FACTOR_SECRET, DemoAccount
from web.turns import SomebodyWorks, alone

SMALL = 60
MOST = 20_000
YES = click.option("--yes", is_flag=True, help="Start over without asking.")


def _refuse_production() -> None:
    if current_app.config["MODE"] == "production":
        raise click.ClickException("the demo is invented; production mode refuses to load it")


def _refuse_real_people() -> None:
    known = inspect(session().connection()).has_table(User.__tablename__)
    real = select(func.count()).select_from(User).where(User.email.not_like(f"%@{DOMAIN}"))
    people = (session().scalar(real) or 0) if known else 0
    db.session.remove()
    if people:
        raise click.ClickException(
            f"{people} of the people in {_database()} are not the demo's; nothing was changed. "
            "Point PUENTE_DATA_FOLDER or DATABASE_URL elsewhere, or empty that database yourself"
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    folder = Path(current_app.config["DATA_FOLDER"])
    try:
        with alone(folder):
            yield
    except SomebodyWorks:
        raise click.ClickException(
            f"a site runs on {folder} and would act on the year while it is told; nothing was changed. "
            "Stop it (`puente serve`, `puente jobs work`), and start it again afterwards"
        ) from None


def _database() -> str:
    return db.engine.url.render_as_string(hide_password=True)


def _ask(yes: bool) -> None:
    if not yes:
        click.confirm(f"Everything in {_database()} will be thrown away. Go on?", abort=True)


@click.group("demo", invoke_without_command=True)
@click.option("--applications", type=click.IntRange(SMALL, MOST), help="Start over with so many applications.")
@YES
@click.pass_context
@with_appcontext
def demo(context: click.Context, applications: int | None, yes: bool) -> None:
    """One fictitious year of the trust and its fund."""
    if context.invoked_subcommand is not None:
        return
    if applications is None:
        click.echo(context.get_help())
        return
    _refuse_production()
    _refuse_real_people()
    _ask(yes)
    with _undisturbed():
        _start_over()
        _load(applications)


@demo.command("load")
@click.option("--applications", type=click.IntRange(SMALL, MOST), default=SMALL, show_default=True)
@with_appcontext
def load(applications: int) -> None:
    """Load the year into an empty database; leave a database that has people in it alone."""
    _refuse_production()
    if year.is_loaded():
        click.echo("The demo year is already here; its data is kept. `puente demo reset` starts over.")
        return
    _refuse_real_people()
    with _undisturbed():
        _load(applications)


@demo.command("reset")
@YES
@with_appcontext
def reset(yes: bool) -> None:
    """Empty the database, the files and the letters, and load the year again."""
    _refuse_production()
    _refuse_real_people()
    _ask(yes)
    with _undisturbed():
        _start_over()
        _load(SMALL)


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with second-factor secrets for scripts.")
@with_appcontext
def accounts(as_json: bool) -> None:
    """Print the accounts to try the demo with."""
    _refuse_production()
    url = current_app.config["PUBLIC_URL"]
    if as_json:
        rows = [
            {
                "email": account.email,
                "password": PASSWORD,
                "name": account.name,
                "roles": [role.value for role in account.roles],
                "totp_secret": SECOND_FACTOR_SECRET if _needs_code(account) else None,
            }
            for account in ACCOUNTS
        ]
        click.echo(json.dumps({"url": url, "accounts": rows}, ensure_ascii=False, indent=2))
        return
    table = Table(Column("e-mail", no_wrap=True), "roles", "shows", "code", title="Demo accounts", title_justify="left")
    for account in ACCOUNTS:
        roles = ", ".join(ROLE_LABELS[role] for role in account.roles)
        table.add_row(account.email, roles, account.shows, "yes" if _needs_code(account) else "")
    console = Console()
    console.print(table)
    console.print(f"Password for all: [bold]{PASSWORD}[/bold]")
    console.print(f"Second factor: the sign-in page shows the current code; its secret is {SECOND_FACTOR_SECRET}")
    console.print(f"Open [bold]{url}/[/bold]")


def _needs_code(account: DemoAccount) -> bool:
    return bool(SECOND_FACTOR_ROLES & set(account.roles))


def _start_over() -> None:
    db.session.remove()
    downgrade(revision="base", x_arg="unproved")  # books that somebody tampered with are thrown away as well
    upgrade()
    _empty_folder(Path(current_app.config["DATA_FOLDER"]))


def _empty_folder(folder: Path) -> None:
    for name in ("files", "outbox"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for ending in ("", "-wal", "-shm", "-journal"):
        (folder / f"simulator.sqlite3{ending}").unlink(missing_ok=True)


def _load(applications: int) -> None:
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        tasks: dict[str, object] = {}

        def advance(chapter: str, done: int, total: int) -> None:
            if chapter not in tasks:
                tasks[chapter] = progress.add_task(chapter, total=total)
            progress.update(tasks[chapter], completed=done, total=total)  # type: ignore[arg-type]

        year.tell(applications, advance)
    report()


def report() -> None:
    """Print whether every total agrees, and fail when one does not."""
    table = Table("two ways to one figure", "one", "other", "", title="Do the totals agree?", title_justify="left")
    found = proof.checks()
    for check in found:
        table.add_row(check.what, check.here, check.there, "[green]yes[/green]" if check.agrees else "[red]NO[/red]")
    Console().print(table)
    if not all(check.agrees for check in found):
        raise click.ClickException("some totals do not agree")
