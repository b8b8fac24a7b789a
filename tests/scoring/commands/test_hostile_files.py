"""Whatever is in the files, a command answers or refuses by name; it never fails, and never prints what is no JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.commands import scoring
from tests.factories.rules import standard_rulebook
from tests.factories.scoring import CRITERIA

FILES: dict[str, str] = {
    "a.csv": "application,ana,beto,carla\nA1,0.9,0.1,0.5\nA2,0.8,0.7,\nA3,0.2,0.6,0.4\n",
    "c.csv": "application,reviewer\nA1,ana\n",
    "i.csv": "reviewer,institution\nana,U\nbeto,U\n",
    "s.csv": "application,reviewer,criterion,score\n"
    + "".join(f"A{i},r{j},{name},{(i + j) % 6}\n" for i in range(3) for j in range(2) for name in CRITERIA),
    "p.csv": "application,requested,barrio\nA0,100,yes\nA1,50,no\nA2,70,\n",
    "l.json": json.dumps({"places": {"A0": 2, "A1": 1, "A2": 3}}),
    "r.json": json.dumps(standard_rulebook({"es": "Reglas"}) | {"ties": ["lot"]}),
    "labels.txt": "uno\ndos\n",
}
CAPPED = "--cap 0.7 --seed s"
COMMANDS = {
    "a.csv": [
        "assign --affinity a.csv --per-application 1 --max-load 2 --json",
        f"assign --affinity a.csv --per-application 1 --max-load 2 --json {CAPPED}",
    ],
    "c.csv": ["assign --affinity a.csv --per-application 1 --max-load 2 --json --conflicts c.csv"],
    "i.csv": ["assign --affinity a.csv --per-application 1 --max-load 2 --json --institutions i.csv"],
    "s.csv": ["rank --rulebook r.json --scores s.csv --json", "reliability --scores s.csv --json"],
    "p.csv": ["rank --rulebook r.json --scores s.csv --applications p.csv --lot l.json --budget 100 --json"],
    "l.json": ["rank --rulebook r.json --scores s.csv --applications p.csv --lot l.json --budget 100 --json"],
    "r.json": ["rank --rulebook r.json --scores s.csv --json", "explain r.json --json"],
    "labels.txt": ["draw commit --labels labels.txt --source x --secret s"],
}
RULES = ("TooFewReviewers", "TooManyConflicts", "RulesCollide", "CapTooTight", "LotNeeded", "--budget")
PAIRS = [(name, command) for name, commands in COMMANDS.items() for command in commands]
HOSTILE = [
    "nan",
    "inf",
    "-1",
    "1e400",
    "1e-999999999",
    "9" * 5000,
    "1_0",
    "0,5",
    "٣",
    "\x00",
    '"',
    "",
    " ",
    "ñ",
    "é" * 200,
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        tmp_path.joinpath(name).write_text(content, encoding="utf-8")
    return tmp_path


def run(command: str) -> Result:
    return CliRunner().invoke(scoring, ["--lang", "en", *command.split()])


def refuse(word: str) -> Any:
    raise AssertionError(f"{word} is no JSON")


def complaint(command: str) -> str | None:
    """What is wrong with how a command took its files; None where it answers, or names one of them or the rule."""
    found = run(command)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        return repr(found.exception)
    if found.exit_code == 0:
        json.loads(found.stdout, parse_constant=refuse)
        return None
    if found.stdout or not any(
        name in found.stderr for name in (*command.split(), *RULES) if "." in name or name in RULES
    ):
        return found.output
    return None


@pytest.mark.parametrize(("name", "command"), PAIRS)
def test_the_files_as_they_are_are_answered(folder: Path, name: str, command: str) -> None:
    found = run(command)
    assert found.exit_code == 0, found.output
    json.loads(found.stdout, parse_constant=refuse)


@pytest.mark.parametrize(("name", "command"), PAIRS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        b'"',
        b"[" * 100_000,
        b"application\n",
        b'{"places": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"places": ' + b"9" * 5000 + b"}",
        b'"' + b"x" * 200_000 + b'"',
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_such_file_is_refused_by_its_name(folder: Path, name: str, command: str, content: bytes) -> None:
    folder.joinpath(name).write_bytes(content)
    assert complaint(command) is None


@pytest.mark.parametrize(("name", "command"), PAIRS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cell_or_line_changed_is_answered_or_named(
    folder: Path, name: str, command: str, data: st.DataObject
) -> None:
    parts = FILES[name].replace("\n", ",\n,").split(",") if name.endswith("csv") else list(FILES[name])
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = data.draw(st.sampled_from(HOSTILE) | st.text(max_size=8))
    text = ",".join(parts).replace(",\n,", "\n") if name.endswith("csv") else "".join(parts)
    folder.joinpath(name).write_bytes(text.encode("utf-8", "surrogatepass"))
    assert complaint(command) is None


@pytest.mark.parametrize(
    "option",
    [
        "--cap 1e-30 --seed s",
        "--cap 0.33333333333 --seed s",
        "--cap nan --seed s",
        f"--cap 0.5 --seed {chr(0xDC80)}",
    ],
)
def test_a_cap_or_seed_that_cannot_be_used_is_refused(folder: Path, option: str) -> None:
    found = run(f"assign --affinity a.csv --per-application 1 --max-load 2 {option}")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "--cap" in found.stderr or "--seed" in found.stderr


def test_readers_and_hashes_beyond_all_measure_are_refused(folder: Path) -> None:
    for command in (
        f"assign --affinity a.csv --per-application {10**30} --max-load 2",
        f"draw commit --labels labels.txt --source x --secret s --iterations {10**30}",
    ):
        assert run(command).exit_code == 2


def test_a_lot_with_one_place_twice_or_no_number_is_refused(folder: Path) -> None:
    for places in ({"A0": 1, "A1": 1, "A2": 2}, {"A0": True, "A1": 2, "A2": 3}, {"A0": 1.5, "A1": 2, "A2": 3}):
        folder.joinpath("l.json").write_text(json.dumps({"places": places}), encoding="utf-8")
        found = run(COMMANDS["l.json"][0])
        assert found.exit_code == 2
        assert found.stderr.startswith("Error: l.json, field places: ")


def test_a_header_is_refused_by_its_row_and_column_and_says_what_parts_columns(folder: Path) -> None:
    for header, field in (
        ("application|reviewer|criterion|score", "application"),
        ("application,reviewer,score,score", "score"),
    ):
        folder.joinpath("s.csv").write_text(f"{header}\nA,x,1,1\n", encoding="utf-8")
        found = run("reliability --scores s.csv").stderr
        assert found.startswith(f"Error: s.csv, row 1, field {field}: the header needs it once, and commas, semi")


def test_another_encoding_and_a_short_line_are_named_by_where_they_show(folder: Path) -> None:
    latin = "application,reviewer,score\nA,x,1\nÁ,x,1\n".encode("latin-1")
    for content, said in (
        (latin, "row 3: is not UTF-8"),
        (b"application,reviewer,score\nA,x\n", "row 2, field score: "),
    ):
        folder.joinpath("s.csv").write_bytes(content)
        found = run("reliability --scores s.csv")
        assert (found.exit_code, found.stdout) == (2, "")
        assert found.stderr.startswith(f"Error: s.csv, {said}")


def test_a_name_whose_accent_is_written_in_two_ways_is_one(folder: Path) -> None:
    rows = "".join(f"{name},r{number},{number}\n" for number, name in enumerate(("\u00c1", "A\u0301", "B")))
    folder.joinpath("s.csv").write_text(f"application,reviewer,score\n{rows}", encoding="utf-8")
    assert json.loads(run("reliability --scores s.csv --json").stdout)["applications"] == 2


def test_nobody_in_conflict_is_a_file_with_its_header_alone(folder: Path) -> None:
    folder.joinpath("c.csv").write_text("application,reviewer\n", encoding="utf-8")
    assert run(COMMANDS["c.csv"][0]).exit_code == 0


def test_what_a_lot_published_besides_its_places_is_verified_too(folder: Path) -> None:
    folder.joinpath("k.json").write_text(run(COMMANDS["labels.txt"][0]).stdout, encoding="utf-8")
    drawn = json.loads(run("draw reveal --commitment k.json --secret s --randomness r").stdout)
    folder.joinpath("d.json").write_text(json.dumps(drawn), encoding="utf-8")
    assert run("draw verify --commitment k.json --result d.json").exit_code == 0
    drawn["tickets"]["uno"] = "0" * 64
    folder.joinpath("d.json").write_text(json.dumps(drawn), encoding="utf-8")
    assert (
        "d.json, field tickets: are not those of the lot"
        in run("draw verify --commitment k.json --result d.json").stderr
    )
