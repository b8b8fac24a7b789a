"""What every test on SQLite begins with is what was kept, whoever is connected."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from core.connections import engine_options, prepare_engine
from tests.sqlite import Slate


def test_two_who_stay_connected_both_see_what_was_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.connections.is_writing", lambda: False)  # two of them read at once
    file = tmp_path / "cosas.sqlite3"
    engine = create_engine(f"sqlite:///{file}", **engine_options(f"sqlite:///{file}"))
    prepare_engine(engine)
    slate = Slate(file)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cosa (nombre TEXT)")
    slate.keep(engine, "empty")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO cosa VALUES ('x')")
        for _time in range(12):
            connection.exec_driver_sql("INSERT INTO cosa SELECT nombre || hex(randomblob(8)) FROM cosa")
    slate.keep(engine, "full")
    held = {"empty": 0, "full": 2**12}
    for turn, name in enumerate(("empty", "full", "full", "empty", "empty", "full", "empty", "full")):
        slate.restore(engine, name)
        with engine.connect() as one, engine.connect() as other:
            assert one.connection.dbapi_connection is not other.connection.dbapi_connection
            pair = (one, other) if turn % 3 else (other, one)
            counts = [each.exec_driver_sql("SELECT count(*) FROM cosa").scalar_one() for each in pair]
            assert counts == [held[name]] * 2
            assert pair[1].exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        if turn % 2:
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO cosa SELECT 'y' FROM cosa")
                connection.exec_driver_sql("INSERT INTO cosa VALUES ('z')")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE cosa")
    slate.restore(engine, "full")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM cosa").scalar_one() == held["full"]
    engine.dispose()
