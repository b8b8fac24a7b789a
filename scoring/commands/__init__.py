"""Scoring on the command line: every computation again, from files, without a database."""

import gc
import os
from importlib import import_module
from typing import Any

import click

from core.language import N_, _
from scoring.commands.spoken import Group, placeholder

SUMMARIES = {
    "assign": N_("Da a cada solicitud quienes la lean, desde una tabla de afinidades."),
    "rank": N_("Ordena, con cada término, desempate y razón, desde las reglas y las calificaciones."),
    "reliability": N_("Mide cuánto coinciden quienes evalúan."),
    "draw": N_("Compromete un sorteo, lo realiza y lo comprueba."),
    "explain": N_("Dice unas reglas en palabras, con ejemplos resueltos."),
}


class Computations(Group):
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
        with formatter.section(placeholder("Commands")):
            formatter.write_dl([(name, _(summary)) for name, summary in SUMMARIES.items()])


@click.group(
    "scoring",
    cls=Computations,
    help=N_("Asigna, ordena, mide el acuerdo, sortea y explica unas reglas, desde archivos que cualquiera tiene."),
)
def scoring() -> None:
    """Group every computation from files."""
