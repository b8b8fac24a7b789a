"""The stand-in's own file."""

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
