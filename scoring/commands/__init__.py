"""Scoring on the command line: every computation again, from files, without a database."""

import gc
import os
from importlib import import_module
from typing import Any

import click

SUMMARIES = {
    "assign": "Give every application its readers, from a table of affinities.",
    "rank": "Rank, with every term, trace and reason, from the rulebook and the scores.",
    "reliability": "Measure how far reviewers agree.",
    "draw": "Commit to a lot, reveal it, verify it.",
    "explain": "Print a rulebook in words, with worked examples.",
}


class Computations(click.Group):
    """The commands, each read when it is asked for: solvers and statistics take a second that others need not wait."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return list(SUMMARIES)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return a command."""
        if name not in SUMMARIES:
            return None
        # Many small factorisations: threads cost more than they give, and far more where others are at work.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        command = getattr(import_module(f"scoring.commands.{name}"), f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Do a command without looking, over and over, for what could be thrown away: all is kept until it is told."""
        collects = gc.isenabled()
        gc.disable()
        try:
            return super().invoke(ctx)
        finally:
            if collects:
                gc.enable()

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what there is without reading it all."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group("scoring", cls=Computations)
def scoring() -> None:
    """Assign, rank, measure agreement, draw lots and explain a rulebook, from files that anybody has."""
