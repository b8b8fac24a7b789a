"""Scoring on the command line: every computation again, from files, without a database."""

import click

from scoring.commands.assign import assign_command
from scoring.commands.draw import draw_command
from scoring.commands.explain import explain_command
from scoring.commands.rank import rank_command
from scoring.commands.reliability import reliability_command


@click.group("scoring")
def scoring() -> None:
    """Assign, rank, measure agreement, draw lots and explain a rulebook, from files that anybody has."""


for command in (assign_command, rank_command, reliability_command, draw_command, explain_command):
    scoring.add_command(command)
