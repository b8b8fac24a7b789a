"""A run speaks one language to its last word: the one it is asked for, else the environment's, else Spanish."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from core.catalogue import Catalogue
from core.language import speaking
from scoring.commands import SUMMARIES, scoring
from scoring.commands.click_words import WORDS
from scoring.commands.spoken import CATALOGUES, Option, language_of
from scoring.rules.rulebook import SHAPE_MESSAGES
from tests.factories.rules import standard_rulebook
from web.commands import main

SCORES = "application,reviewer,criterion,score\nA1,ana,calidad,9\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "r.json").write_text(json.dumps(standard_rulebook({"es": "Reglas", "en": "Rules"})), encoding="utf-8")
    (tmp_path / "s.csv").write_text(SCORES, encoding="utf-8")
    (tmp_path / "bad.json").write_text('{"format": "x"}', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "es"),
        ([], {"LANG": "C.UTF-8"}, "es"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LC_ALL": "es_MX.UTF-8", "LANG": "en_US.UTF-8"}, "es"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "en", "LANG": "es_MX"}, "en"),
        (["rank", "--lang", "en"], {"LANG": "es_MX"}, "en"),
        (["--lang=es", "rank"], {"LANG": "en_US"}, "es"),
        (["explain", "r.json", "--language", "en"], {}, "en"),
        (["rank", "--lang", "fr"], {"LANG": "en_US"}, "es"),
        (["rank", "--lang"], {}, "es"),
    ],
)
def test_the_language_is_the_one_asked_for(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert language_of(arguments, environment) == language


RANK = "rank --rulebook r.json --scores s.csv"


@pytest.mark.parametrize(
    ("arguments", "spanish", "english"),
    [
        (RANK, "fila 2, campo score: 9 no está en la escala", "row 2, field score: 9 is not on the scale"),
        ("rank --rulebook bad.json --scores s.csv", "bad.json: no sirve como reglas:", "cannot be a rulebook:"),
        ("explain bad.json", "Falta un dato obligatorio: criteria", "Something required is missing: criteria"),
        ("rank --rulebook no.json --scores s.csv", "El archivo 'no.json' no existe.", "File 'no.json' does not exist."),
        ("rank --nada", "No hay una opción '--nada'.", "No such option '--nada'."),
        ("nada", "No hay una orden 'nada'.", "No such command 'nada'."),
        ("rank", "Falta la opción '--rulebook'", "Missing option '--rulebook'"),
        ("rank --help", "Responde en JSON.", "Answer in JSON."),
        ("draw --help", "Sortea otra vez y compara", "Draw again and compare"),
        ("--help", "Mide cuánto coinciden", "Measure how far reviewers agree."),
        ("explain r.json", "Gana la más alta.", "The highest wins."),
        ("assign --affinity s.csv --max-load 0", "0 no cumple x>=1.", "0 is not in the range x>=1."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_every_word_is_of_that_language(arguments: str, spanish: str, english: str) -> None:
    for language, said, other in (("es", spanish, english), ("en", english, spanish)):
        for command, words in ((scoring, arguments.split()), (main, ["scoring", *arguments.split()])):
            output = CliRunner().invoke(command, [*words[:1], "--lang", language, *words[1:]]).output
            assert said in " ".join(output.split()), output
            assert other not in " ".join(output.split())
            heading = next((word for word in ("Uso:", "Usage:") if word in output), None)
            assert heading in (None, {"es": "Uso:", "en": "Usage:"}[language])


def _commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from _commands(command)


def test_every_help_is_in_the_catalogue() -> None:
    english = Catalogue("en", CATALOGUES)
    known = {str(message.id) for catalogue in english._read for message in catalogue}
    said = [*SUMMARIES.values(), *SHAPE_MESSAGES.values()]
    for command in (scoring, *_commands(scoring)):
        said.append(command.help or command.name or "")
        assert all(isinstance(one, Option | click.Argument) for one in command.params)
        said += [one.help or one.name or "" for one in command.params if isinstance(one, Option)]
    assert [text for text in said if text not in known] == []


def test_the_library_still_says_what_was_translated() -> None:
    folder = Path(click.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    placeholders = {"FILE", "INTEGER RANGE", "TEXT", "required"}
    assert [text for text in WORDS if text not in placeholders and text not in source] == []


def test_plurals_and_what_no_catalogue_has() -> None:
    from core.language import _, current_language, ngettext

    with speaking("en", *CATALOGUES):
        assert (current_language(), _("nadie ha traducido %(esto)s", esto="x")) == ("en", "nadie ha traducido x")
        assert ngettext("Ver %(num)s persona", "Ver las %(num)s personas", 2) == "Show the 2 reviewers"
    with speaking("es"):
        assert ngettext("Ver %(num)s persona", "Ver las %(num)s personas", 1) == "Ver 1 persona"
