"""The mobility fund on the command line."""

import click

from grants.commands.paper import import_register


@click.group("grants")
def grants() -> None:
    """Calls and applications."""


grants.add_command(import_register)
COMMANDS = (grants,)
