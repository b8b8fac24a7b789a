"""A reviewer's desk with two hundred dossiers and the chair's pages of a committee of ten thousand.

Server time, from the request to the whole page, in process; what the worker needs to work the diagnosis out for a new
state of the scores is told apart.
"""

import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.books import application, settle
from benchmarks.harness import ROUNDS, Contestant, Result
from benchmarks.queue import queries_of

SMALL, LARGE = 12, 10_000
DESK, READERS, LOAD = 200, 3, 150
LIMIT_MS = 80
ASKS = 10
BATCH = 5_000
PAGES = ("desk", "committee", "its last page", "course")


def _copied(row: Any) -> dict[str, Any]:
    from sqlalchemy import select  # local: see books.application

    from core.database import db

    table = row.__table__
    found = dict(db.session.execute(select(table).where(table.c.id == row.id)).mappings().one())
    del found["id"]
    return found


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    from sqlalchemy import insert  # local: as above

    from core.database import db

    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(table), rows[start : start + BATCH])
    db.session.commit()


def _fill(count: int, reviewer_id: int) -> int:
    """Make a committee of so many dossiers, each read three times; the reviewer holds two hundred, half of them due."""
    from sqlalchemy import select, update  # local: as above

    from core.clock import now
    from core.database import db
    from scoring import queries
    from scoring.models import Assignment, Dossier, Review, Score
    from tests.factories import scoring as make

    panel = make.assigned_panel(1, max(READERS, count * READERS // LOAD), reviewer_id, call_key="grande")
    one = db.session.scalars(select(Dossier)).one()
    assigned = db.session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert assigned is not None
    review = make.review(assigned)
    db.session.commit()
    seats = [seat.id for seat in queries.seats_of_panel(panel)]
    like, moment = _copied(one), now()
    rows = [like | {"code": f"B{secrets.token_hex(4).upper()}", "readers": 0} for _number in range(count - 1)]
    _insert(Dossier.__table__, rows)
    ids = db.session.scalars(select(Dossier.id).where(Dossier.id != one.id).order_by(Dossier.id)).all()
    like = _copied(assigned)
    rows = []
    for number, dossier_id in enumerate(ids):
        others = [1 + (number * READERS + place) % (len(seats) - 1) for place in range(READERS)]
        chosen = [0, *others[1:]] if number < DESK else others
        for place in dict.fromkeys(chosen):
            due = (number + place) % 20 == 0 if place else number % 2 == 0
            rows.append(
                like
                | {"dossier_id": dossier_id, "seat_id": seats[place]}
                | {"state": "accepted" if due else "submitted", "submitted_at": None if due else moment}
            )
    _insert(Assignment.__table__, rows)
    found = db.session.execute(
        select(Assignment.id, Assignment.submitted_at).where(Assignment.dossier_id != one.id).order_by(Assignment.id)
    ).all()
    like = _copied(review)
    like |= {"state": "draft", "submitted_at": None, "edition": ""}  # until its scores are in it
    reviews = [like | {"assignment_id": assignment_id} for assignment_id, _submitted in found]
    _insert(Review.__table__, reviews)
    ids = db.session.scalars(select(Review.id).where(Review.id != review.id).order_by(Review.id)).all()
    likes = [_copied(score) for score in review.scores]
    scores = [
        score | {"review_id": review_id, "numerator": 2 + (review_id * 7 + place * 3) % 4, "denominator": 1}
        for review_id in ids
        for place, score in enumerate(likes)
    ]
    _insert(Score.__table__, scores)
    sent = select(Assignment.id).where(Assignment.submitted_at.is_not(None))
    db.session.execute(
        update(Review)
        .where(Review.assignment_id.in_(sent), Review.id != review.id)
        .values(state="submitted", submitted_at=moment)
    )
    db.session.commit()
    return int(panel.id)


@contextmanager
def _pages(engine: str, folder: Path, count: int) -> Iterator[dict[str, tuple[Any, str]]]:
    """Yield the pages: who asks, and their addresses."""
    with application(engine, folder) as app:
        from core.database import db  # local: see books.application
        from core.roles import Role
        from tests.factories.accounts import make_user, sign_in_as

        reviewer, officer = app.test_client(), app.test_client()
        person = make_user(Role.REVIEWER)
        sign_in_as(reviewer, person)
        sign_in_as(officer, make_user(Role.PROGRAMME_OFFICER))
        panel_id = _fill(count, person.id)
        settle(engine)
        db.session.remove()
        base = f"/es/paneles/{panel_id}"
        yield dict(
            zip(
                PAGES,
                [
                    (reviewer, "/es/evaluacion"),
                    (officer, base),
                    (officer, f"{base}?pagina=100000"),
                    (officer, f"{base}/marcha"),
                ],
                strict=True,
            )
        )


def _timed(client: Any, address: str) -> float:
    started = time.perf_counter()
    assert client.get(address).status_code == 200, address
    return time.perf_counter() - started


def _do_what_is_due() -> None:
    from core.jobs import run_due  # local: see books.application

    run_due()


def committee(engine: str, large: int = LARGE, asks: int = ASKS, rounds: int = ROUNDS) -> Result:
    """Say how long every page takes, and that it asks as much of the database for few as for many."""
    rates: dict[str, list[float]] = {}
    counts: dict[int, dict[str, int]] = {}
    first = 0.0
    for size in (SMALL, large):
        with (
            tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder,
            _pages(engine, Path(folder), size) as pages,
        ):
            _timed(*pages["course"])  # asks for the diagnosis, or works it out where the reviews are few
            started = time.perf_counter()
            _do_what_is_due()
            first = time.perf_counter() - started
            counts[size] = {}
            for name, page in pages.items():
                _timed(*page)
                counts[size][name] = queries_of(*page)
            for _round in range(rounds if size == large else 0):
                for name, page in pages.items():
                    taken = statistics.median(_timed(*page) for _ask in range(asks))
                    rates.setdefault(name, []).append(1 / taken)
    notes = []
    for name in PAGES:
        found = 1_000 / statistics.median(rates[name])
        verdict = "met" if found < LIMIT_MS else "MISSED"
        notes.append(f"{name:16}{found:8.1f} ms; under {LIMIT_MS}: {verdict}; {counts[large][name]} queries")
    notes.append(f"as many queries for {SMALL} dossiers: {'met' if counts[SMALL] == counts[large] else 'MISSED'}")
    notes.append(f"working out the course of new scores, by the worker: {first:.1f} s")
    contestants = tuple(Contestant(name, "") for name in PAGES)
    title = f"A committee of {large:,} dossiers, a desk of {DESK}, {engine}"
    return Result(f"{title} (× the desk; {rounds} rounds of {asks})", contestants, rates, tuple(notes))
