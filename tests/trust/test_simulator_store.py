"""The stand-in's own file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from trust.simulator.store import Store


def test_a_file_taken_away_under_a_running_server_is_begun_again(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "simulator.sqlite3"))
    kept = store.secret("webhook_secret")
    assert store.secret("webhook_secret") == kept
    for file in tmp_path.glob("simulator.sqlite3*"):
        file.unlink()
    assert store.secret("webhook_secret") != kept
    assert store.all("event") == []


def test_a_file_whose_maker_died_before_its_tables_stood_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "simulator.sqlite3"
    with closing(sqlite3.connect(path)) as begun:
        begun.execute("PRAGMA journal_mode=WAL")
    assert path.exists()
    assert Store(str(path)).remembered("key", "request") is None
