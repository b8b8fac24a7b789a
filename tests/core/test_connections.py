"""Waiting to write: whoever comes first goes first, nobody waits for ever, and a turn is always given back."""

import fcntl
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from core.connections import Turnstile, WriterQueue, engine_options, is_full, prepare_engine


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


def until_somebody_stands_at(file: Path) -> None:
    with file.open("w") as gate:
        for _look in range(100_000):
            try:
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(gate, fcntl.LOCK_UN)
    pytest.fail("nobody stands at the gate")


def test_process_that_waits_comes_before_the_one_that_just_wrote(tmp_path: Path) -> None:
    one, other, probe = (Turnstile(str(tmp_path / "books")) for _process in range(3))
    order: list[str] = []

    def wait() -> None:
        assert other.enter(10)
        order.append("other")
        other.leave()

    assert one.enter(1)
    waiting = threading.Thread(target=wait)
    waiting.start()
    until_somebody_stands_at(tmp_path / "books-gate")
    one.leave()
    assert one.enter(10)
    order.append("one")
    waiting.join()
    assert order == ["other", "one"]
    assert not probe.enter(0.01)
    one.leave()
    assert probe.enter(1)


def test_turn_of_a_process_that_gave_up_waiting_is_taken_by_nobody(tmp_path: Path) -> None:
    one, other = (Turnstile(str(tmp_path / "books")) for _process in range(2))
    queue = WriterQueue(other)
    assert one.enter(1)
    assert not queue.enter(0.01)
    one.leave()
    assert queue.enter(1)
    queue.leave()
    assert one.enter(1)


def test_a_process_hands_the_turn_on_before_another_of_its_own_writes(tmp_path: Path) -> None:
    queue, other = WriterQueue(Turnstile(str(tmp_path / "books"))), Turnstile(str(tmp_path / "books"))
    order: list[str] = []

    def ours() -> None:
        assert queue.enter(10)
        order.append("ours")
        queue.leave()

    def theirs() -> None:
        assert other.enter(10)
        order.append("theirs")
        other.leave()

    assert queue.enter(1)
    threads = [threading.Thread(target=ours) for _writer in range(2)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(queue._waiting) < number:
            pass
    threads.append(threading.Thread(target=theirs))
    threads[-1].start()
    until_somebody_stands_at(tmp_path / "books-gate")
    queue.leave()
    for thread in threads:
        thread.join()
    assert order == ["theirs", "ours", "ours"]
    assert other.enter(0.01)  # nobody kept the turn
