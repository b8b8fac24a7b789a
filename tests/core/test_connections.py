"""Waiting to write: whoever comes first goes first, nobody waits for ever, and a turn is always given back."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from core.connections import WriterQueue, engine_options, is_full, prepare_engine


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    address = f"sqlite:///{tmp_path / 'cola.sqlite3'}"
    made = create_engine(address, **engine_options(address))
    prepare_engine(made, lock_seconds=0.2)
    return made


def test_writers_are_let_in_one_by_one_in_the_order_they_came() -> None:
    queue, order, ready = WriterQueue(), list[int](), threading.Semaphore(0)
    assert queue.enter(1)

    def wait(number: int) -> None:
        ready.release()
        assert queue.enter(10)
        order.append(number)
        queue.leave()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        ready.acquire()
        while len(queue._waiting) <= number:  # it is in line before the next one comes
            pass
    queue.leave()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    assert queue.enter(0.01)


def test_who_waited_too_long_is_out_of_the_line() -> None:
    queue = WriterQueue()
    assert queue.enter(1)
    assert not queue.enter(0.01)
    queue.leave()
    assert queue.enter(0.01)
    assert not queue.enter(0.01)


def test_a_second_writer_is_refused_in_time_and_the_turn_comes_back_however_the_first_one_ends(engine: Engine) -> None:
    for end in ("commit", "rollback", "close", "invalidate"):
        first = engine.connect()
        first.begin()
        with engine.connect() as second, pytest.raises(OperationalError, match="locked"):
            second.begin()
        if end in ("commit", "rollback"):
            getattr(first.get_transaction(), end)()
            with engine.begin() as third:  # though the first connection is still out
                third.exec_driver_sql("CREATE TABLE IF NOT EXISTS cosa (id INTEGER)")
        else:
            getattr(first, end)()
        first.close()
        with engine.begin() as third:
            third.exec_driver_sql("CREATE TABLE IF NOT EXISTS cosa (id INTEGER)")
    engine.dispose()


def test_another_programs_lock_is_waited_for_and_leaves_the_turn_free(engine: Engine, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "cola.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), engine.begin():
        raise AssertionError("unreachable")
    other.execute("ROLLBACK")
    other.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cosa (id INTEGER)")
    engine.dispose()


def test_a_full_disk_is_told_from_other_trouble() -> None:
    with pytest.raises(sqlite3.OperationalError) as full:
        sqlite3.connect(":memory:").executescript("PRAGMA max_page_count = 1; CREATE TABLE cosa (id INTEGER)")
    assert is_full(full.value)
    with pytest.raises(sqlite3.OperationalError) as other:
        sqlite3.connect(":memory:").execute("SELECT nada")
    assert not is_full(other.value)
    assert not is_full(None)
