"""`puente demo` throws nobody's data away: not real people's, and not without asking."""

import threading
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from accounts import services
from tests.factories.accounts import make_user
from web.demo import commands
from web.turns import NAME, SomebodyWorks, alone, together

ALREADY = "The demo year is already here"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command did to the database, without the minutes a year takes."""
    told: list[str] = []

    def down(revision: str, x_arg: str) -> None:
        assert x_arg == "unproved"  # books that somebody tampered with are thrown away as well
        told.append(f"down to {revision}")

    monkeypatch.setattr(commands, "downgrade", down)
    monkeypatch.setattr(commands, "upgrade", lambda: told.append("up"))
    monkeypatch.setattr(commands, "_load", lambda applications: told.append(f"load {applications}"))
    return told


def demo(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(commands.demo, arguments, input=typed)


def open_account(session: Session, email: str) -> None:
    make_user(email=email)
    session.commit()


OVERWRITING = (("load",), ("reset", "--yes"), ("--applications", "60", "--yes"))


@pytest.mark.parametrize("arguments", OVERWRITING)
def test_a_database_with_real_people_is_left_alone(
    app: Flask, session: Session, done: list[str], arguments: tuple[str, ...]
) -> None:
    services.register_user(email="ana@example.org", name="Ana", password="una frase larga y buena")
    session.commit()
    refused = demo(app, *arguments)
    assert refused.exit_code == 1
    assert "1 of the people in" in refused.stderr
    assert done == []


@pytest.mark.parametrize("arguments", OVERWRITING)
def test_production_is_left_alone(
    app: Flask, done: list[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setitem(app.config, "MODE", "production")
    assert demo(app, *arguments).exit_code == 1
    assert done == []


def test_a_loaded_year_is_kept_with_whoever_registered_since(app: Flask, session: Session, done: list[str]) -> None:
    open_account(session, "administracion@puente.example")
    open_account(session, "ana@example.org")
    assert demo(app, "load").stdout.startswith(ALREADY)
    assert done == []


def test_an_empty_database_takes_the_year(app: Flask, done: list[str]) -> None:
    assert demo(app, "load").exit_code == 0
    assert done == ["load 60"]


@pytest.mark.parametrize(("typed", "expected"), [("n\n", []), ("", []), ("y\n", ["down to base", "up", "load 60"])])
def test_starting_over_is_asked(app: Flask, session: Session, done: list[str], typed: str, expected: list[str]) -> None:
    open_account(session, "persona1@puente.example")
    assert demo(app, "reset", typed=typed).exit_code == (0 if expected else 1)
    assert done == expected


def test_starting_over_takes_files_letters_and_payments_too(
    app: Flask, done: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(app.config, "DATA_FOLDER", str(tmp_path))
    for name in ("files/ab/cd", "outbox/1.eml", "simulator.sqlite3", "simulator.sqlite3-wal", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert demo(app, "reset", "--yes").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", NAME]
    assert done == ["down to base", "up", "load 60"]


@pytest.mark.parametrize("arguments", OVERWRITING)
def test_a_site_that_runs_on_the_same_folder_is_not_disturbed(
    app: Flask, session: Session, done: list[str], arguments: tuple[str, ...]
) -> None:
    with together(Path(app.config["DATA_FOLDER"]), threading.Event()):
        refused = demo(app, *arguments)
    assert refused.exit_code == 1
    assert "a site runs on" in refused.stderr
    assert done == []
    assert demo(app, *arguments).exit_code == 0
    assert done[-1].startswith("load")


def test_workers_work_together_and_wait_for_who_is_alone(tmp_path: Path) -> None:
    stop, began = threading.Event(), threading.Event()

    def work() -> None:
        with together(tmp_path, stop, pause_seconds=0.01):
            began.set()

    worker = threading.Thread(target=work)
    with alone(tmp_path):
        worker.start()
        assert not began.wait(0.1)
    assert began.wait(10)
    worker.join()
    with together(tmp_path, stop), together(tmp_path, stop), pytest.raises(SomebodyWorks), alone(tmp_path):
        raise AssertionError("not alone")
