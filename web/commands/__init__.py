"""The command line: `puente`."""

import gc
import sys
from collections.abc import Sequence
from typing import Any

import click

from scoring.commands import scoring
from scoring.commands.spoken import in_language_of


class Puente(click.Group):
    """Everything there is. What is computed from files alone does not wait until the site is read."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Do a command; without any, say which there are."""
        given = sys.argv[1:] if args is None else list(args)
        if given[:1] == ["scoring"]:
            try:
                with in_language_of(given):
                    return super().main(given, *rest, **settings)
            finally:
                gc.freeze()  # the process is over: nobody need go through all it made
        from web.commands.site import site  # local: it takes Flask and all that hangs on it

        return site.main(given, *rest, **settings)


main = Puente(name="puente")
main.add_command(scoring)
