"""One language a run: that of `--lang`, else of the environment, else Spanish."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import click

from core.language import LANGUAGES, N_, _, current_language, speaking
from scoring.commands.click_words import WORDS

CATALOGUES = ("scoring_commands", "scoring", "core")
OPTIONS = ("--lang", "--language")
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
SPEAKING = ("core", "decorators", "exceptions", "formatting", "parser", "types")  # parts of click


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language a run is asked to speak; what it cannot be is refused when the option is read."""
    for number, one in enumerate(arguments):
        name, _sign, value = one.partition("=")
        if name in OPTIONS:
            value = value or next(iter(arguments[number + 1 : number + 2]), "")
            return value if value in LANGUAGES else LANGUAGES[0]
    named = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return "en" if named.partition("_")[0].partition(".")[0] == "en" else LANGUAGES[0]


@contextmanager
def in_language_of(arguments: Sequence[str]) -> Iterator[None]:
    """Speak the language a run is asked to speak, to its last word: also where its options cannot be read."""
    language = language_of(arguments, os.environ)
    with speaking(language, *CATALOGUES), _click_speaking(language):
        yield


@contextmanager
def _click_speaking(language: str) -> Iterator[None]:
    """Have click speak Spanish. It asks gettext, which takes compiled files from a folder and nothing else."""
    parts = [sys.modules[f"click.{name}"] for name in SPEAKING] if language == LANGUAGES[0] else []
    words = {"_": _word, "ngettext": lambda one, many, num: _word(one if num == 1 else many)}
    before = [(part, name, getattr(part, name)) for part in parts for name in words if hasattr(part, name)]
    for part, name, _old in before:
        setattr(part, name, words[name])
    try:
        yield
    finally:
        for part, name, old in before:
            setattr(part, name, old)


def _word(text: str) -> str:
    return WORDS.get(text, text)


def placeholder(text: str) -> str:
    """Return a word of click's in the language that is spoken."""
    return _word(text) if current_language() == LANGUAGES[0] else text


class Option(click.Option):
    """An option whose help is a sentence of the catalogue."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return what the help says of it."""
        source = self.help
        self.help = _(source) if source else source
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = source

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for its value."""
        return placeholder(super().make_metavar(ctx))


option = partial(click.option, cls=Option)


def _language_option() -> Option:
    return Option(
        OPTIONS,
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=N_("En qué idioma se responde; si no se dice, el del sistema."),
    )


class _Spoken(click.Command):
    """A command whose help is a sentence of the catalogue, and that is told the language."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its options, the language among them."""
        *own, last = super().get_params(ctx)
        return [*own, _language_option(), last]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does."""
        source = self.help
        self.help = _(source) if source else source
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = source

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what it does, in a list of commands."""
        return _(self.help) if self.help else ""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows its name."""
        return [placeholder(piece) for piece in super().collect_usage_pieces(ctx)]


class Command(_Spoken):
    """A computation."""


class Group(_Spoken, click.Group):
    """Several computations."""

    command_class = Command

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Do a command in the language it is asked in."""
        given = sys.argv[1:] if args is None else list(args)
        with in_language_of(given):
            return super().main(given, *rest, **settings)


AS_JSON = N_("Responde en JSON.")
command = partial(click.command, cls=Command)
