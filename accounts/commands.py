"""The console's way to the first accounts: somebody has to be able to give roles."""

import click
from flask.cli import AppGroup

from accounts import queries
from accounts.services import grant_role, open_account, request_password_reset
from core.database import session
from core.errors import Refusal
from core.roles import Role

accounts = AppGroup("accounts", help="Open accounts and give roles from the console.")
COMMANDS = (accounts,)
ROLES = click.Choice([role.value for role in Role])


@accounts.command("open")
@click.argument("email")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), help="A role to give."
)
@click.option("--language", default="es", type=click.Choice(["es", "en"]), show_default=True)
def open_(email: str, name: str, roles: tuple[str, ...], language: str) -> None:
    """Open a confirmed account without a password and send its owner the link that sets one."""
    try:
        person = open_account(email=email, name=name, language=language)
        for role in roles:
            grant_role(person, Role(role))
        request_password_reset(person.email)
    except Refusal as refusal:
        raise click.ClickException(refusal.message()) from None
    session().commit()
    click.echo(
        f"{person.email}: account {person.id}, {', '.join(sorted(person.roles))}; a link to set a password is sent"
    )


@accounts.command("grant")
@click.argument("email")
@click.argument("role", type=ROLES)
def grant(email: str, role: str) -> None:
    """Give a role to the owner of an address."""
    person = queries.user_by_email(email)
    if person is None:
        raise click.ClickException(f"no account has the address {email}")
    try:
        grant_role(person, Role(role), notify=True)
    except Refusal as refusal:
        raise click.ClickException(refusal.message()) from None
    session().commit()
    click.echo(f"{person.email}: {', '.join(sorted(person.roles))}")
