"""Files as spreadsheets write them: semicolons, tabs, decimal commas, and what nobody could be sure of."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.rules import standard_rulebook
from tests.factories.scoring import CRITERIA
from tests.scoring.commands.test_commands import answer, refusal, write

ASSIGN = ("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "1")
RELIABILITY = ("reliability", "--scores", "s.csv")
RANK = ("rank", "--rulebook", "r.json", "--scores", "s.csv", "--applications", "p.csv", "--budget", "1000")
PLAIN = "application,ana,beto\nA1,0.9,0.1\nA2,0.8,\nA3,12,1e-2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "written",
    [
        "application;ana;beto\nA1;0,9;0,1\nA2;0,8;\nA3;12;1e-2\n",
        "\ufeffapplication;ana;beto\r\nA1;0.9;0.1\r\nA2;0.8;\r\nA3;12;1E-2\r\n",
        "application;ana;beto;;\nA1;0,9;0,1;;\nA2;0,8;;;\nA3;12;1,0e-2;;\n;;;;\n",
        "application\tana\tbeto\nA1\t0.9\t0.1\nA2\t0.8\t\nA3\t12\t0.01\n",
        "application\tana\tbeto\nA1\t0,9\t0,1\nA2\t0,8\t\nA3\t12\t0,01\n",
        'application,ana,beto\nA1,"0,9","0,1"\nA2,"0,8",\nA3,12,"0,01"\n',
        '"application","ana","beto"\n"A1","0.9","0.1"\n"A2","0.8",\n"A3","12","1.0e-2"\n',
        "application,ana,beto,\nA1,0.9,0.1,\nA2,0.8,,\nA3,12,0.01\n",
    ],
)
def test_the_same_table_however_it_was_saved(folder: Path, written: str) -> None:
    asked = ("assign", "--affinity", "a.csv", "--per-application", "1", "--max-load", "2")
    write(folder, a_csv=PLAIN)
    expected = answer(*asked)
    write(folder, a_csv=written)
    assert answer(*asked) | {"seconds": 0} == expected | {"seconds": 0}


def test_names_may_have_whatever_does_not_part_columns(folder: Path) -> None:
    write(folder, a_csv='application;"Pérez, Ana";2;" a ""b"""\nA;1;2,5;3\n')
    assert answer(*ASSIGN)["loads"] == {"Pérez, Ana": 0, "2": 0, 'a "b"': 1}
    write(folder, a_csv='application,"Pérez, Ana",x;y,3\nA,1,2.5,0\n')
    assert answer(*ASSIGN)["loads"] == {"Pérez, Ana": 0, "x;y": 1, "3": 0}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("application;x;y\nA;1,250;2\n", "row 2, field x: «1,250» may have decimals or be of thousands"),
        ("application;x;y\nA;1;2\nB;-1.250;2\n", "row 3, field x: «-1.250» may have decimals or be of thousands"),
        ('application,x,y\nA,1,"1,250"\n', "row 2, field y: «1,250» may have decimals or be of thousands"),
        ("application;x;y\nA;0,5;0.5\n", "row 2, field y: «0.5» does not have its decimals as the other"),
        ("application;x;y\nA;1.250;1\nB;0,5;1\n", "row 2, field x: «1.250» does not have its decimals as the other"),
        ('application,x,y\nA,0.5,"0,5"\n', "row 2, field y: «0,5» does not have its decimals as the other"),
        ("application;x;y\nA;0,5;1.234,5\n", "row 2, field y: «1.234.5» is not a number"),
        ("application;x;y\nA;0,5;nan\n", "row 2, field y: «nan» is not a number that can be used"),
        ("application;x;y\nA;0,5;-inf\n", "row 2, field y: «-inf» is not a number that can be used"),
        ("application;x;\nA;1;2\n", "row 2, field x: has 3 cells and the header 2"),
        ("application;x;;y\nA;1;2;3\n", "row 1, field 3: the reviewer «» is repeated or has no name"),
        ("application|x|y\nA|1|2\n", "row 1, field application: the header starts with «application»"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_where_it_stands(folder: Path, written: str, said: str) -> None:
    write(folder, a_csv=written)
    assert f"a.csv, {said}" in refusal(*ASSIGN)


def test_what_other_numbers_make_plain_is_no_doubt(folder: Path) -> None:
    write(folder, a_csv="application;x;y\nA;1,250;2\nB;0,5;1,125\n")
    assert answer(*ASSIGN)["objective"] == 2.5
    write(folder, a_csv="application;x;y\nA;1.250;2\nB;0.5;1.125\n")
    assert answer(*ASSIGN)["objective"] == 2.5
    write(folder, a_csv="application,x,y\nA,1.250,2\nB,1.500,1.125\n")  # commas and points: as it is asked for
    assert answer(*ASSIGN)["objective"] == 3.5


def test_scores_are_read_by_the_same_reader(folder: Path) -> None:
    rows = [("A", "x", "4.5"), ("A", "y", "4"), ("B", "x", "2.5"), ("B", "y", "1"), ("C", "x", "3"), ("C", "y", "3")]
    write(folder, s_csv="application,reviewer,score\n" + "".join(f"{','.join(row)}\n" for row in rows))
    expected = answer(*RELIABILITY)
    told = "".join(f"{';'.join(row).replace('.', ',')}\n" for row in rows)
    write(folder, s_csv=f"application;reviewer;score\n{told}")
    assert answer(*RELIABILITY) == expected
    write(folder, s_csv=f"application;reviewer;score\n{told}D;x;2.5\n")
    assert "s.csv, row 8, field score: «2.5» does not have its decimals as the other" in refusal(*RELIABILITY)
    write(folder, s_csv="application;reviewer;score\nA;x;1,250\nA;y;2\n")
    assert "s.csv, row 2, field score: «1,250» may have decimals or be of thousands" in refusal(*RELIABILITY)


def test_amounts_with_semicolons_are_read_where_there_is_no_doubt(folder: Path) -> None:
    (folder / "r.json").write_text(json.dumps(standard_rulebook({"es": "Reglas"})), encoding="utf-8")
    scores = [f"{one};{reader};{name};{3 + (one == 'A')}" for one in "AB" for reader in "xyz" for name in CRITERIA]
    write(folder, s_csv="\n".join(["application;reviewer;criterion;score", *scores]))
    write(folder, p_csv="application;requested\nA;600,50\nB;399,5\n")
    assert [row["outcome"] for row in answer(*RANK)["applications"]] == ["awarded", "awarded"]
    write(folder, p_csv="application;requested\nA;600,50\nB;399,51\n")
    assert [row["outcome"] for row in answer(*RANK)["applications"]] == ["awarded", "waitlisted"]
    for amount in ("1,250", "1.250", "$ 1,250", "MXN 1.250"):
        write(folder, p_csv=f"application;requested\nA;{amount}\nB;0,5\n")
        said = f"p.csv, row 2, field requested: «{amount}» may have decimals or be of thousands"
        assert said in refusal(*RANK)
    write(folder, p_csv='application,requested\nA,"1,250.00"\nB,1\n')
    assert [row["outcome"] for row in answer(*RANK)["applications"]] == ["waitlisted", "awarded"]


def test_a_table_may_come_through_a_pipe(folder: Path) -> None:
    write(folder, a_csv="application;ana;beto\nA1;0,9;0,1\nA2;0,8;\n")
    line = "cat a.csv | {} -m web.commands scoring assign --affinity /dev/stdin --per-application 1 --max-load 1"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        ["bash", "-c", line.format(sys.executable)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": root},
    )
    assert done.stdout == "A1\tbeto\nA2\tana\n"
