"""The officer's list of a call with twenty thousand applications: filtered, sorted, searched, a page at a time.

Most share something with another: a fifth a person, a name, a number, an account or a journey, half the same annex.
A call beside it, of the same year, has a thousand of the same people.

Measured from the request to the whole page, against a bare Flask page that shows the same 25 rows of the same table.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.books import application, settle
from benchmarks.harness import ROUNDS, Contestant, Result

SMALL, LARGE = 50, 20_000
LIMIT_MS = 60
ASKS = 20
BATCH = 5_000
BESIDE = 1_000  # people of the call who are in another one too
ORDERS = [f"{sign}{name}" for name in ("folio", "fecha", "monto", "nombre", "estado") for sign in ("", "-")]
LISTS = {
    "newest first": "?orden=-fecha",
    "filtered and sorted": "?estado=submitted&tipo=person&orden=-monto",
    "by name": "?orden=nombre",
    "middle page, by name": "?orden=nombre&pagina=400",
    "last page": "?orden=folio&pagina=100000",
    "searched": "?q=nunez&orden=-monto",
    **{f"alike, by {order}": f"?parecidas=si&orden={order}" for order in ORDERS},
    **{f"alike: {kind}": f"?parecidas={kind}" for kind in ("personas", "cuentas", "viajes", "archivos")},
    "alike, middle, by name": "?parecidas=si&orden=nombre&pagina=280",
    "alike, last page": "?parecidas=si&orden=fecha&pagina=100000",
    "alike, state and kind": "?parecidas=personas&estado=submitted&tipo=person&orden=-monto",
    "alike, nobody's": "?parecidas=si&responsable=nadie&orden=-nombre",
    "alike, searched": "?parecidas=si&q=nunez&orden=-monto",
}
NAMES = ("Juana Núñez", "Óscar Ruelas", "Ximena Baños", "Itzel Macuil", "Lucía Prueba")
SHARE = (
    "INSERT INTO shared_mark (application_id, kind, key, other_call_id, call_id) "
    "SELECT m.application_id, m.kind, m.key, h.call_id, m.call_id FROM application_mark m JOIN (SELECT kind, key, "
    "call_id, COUNT(*) AS holders FROM application_mark GROUP BY kind, key, call_id) h ON h.key = m.key AND "
    "h.kind = m.kind WHERE h.call_id <> m.call_id OR h.holders > 1"
)
TELL = (
    "INSERT INTO application_alike (application_id, call_id, alike) SELECT DISTINCT application_id, call_id, :bit "
    "FROM shared_mark WHERE kind = :kind AND other_call_id = call_id "
    "ON CONFLICT (application_id) DO UPDATE SET alike = application_alike.alike | excluded.alike"
)
BARE = (
    "SELECT application.id, folio, user_account.name, kind, requested_cents, submitted_at, application.state "
    "FROM application JOIN user_account ON user_account.id = applicant_user_id WHERE call_id = 1 "
    "ORDER BY application.id LIMIT 25"
)


def _fill(engine: str, count: int) -> str:
    """Put so many submitted applications into one call, all different people; return the call's address."""
    from sqlalchemy import insert, select  # local: see books.application

    from accounts.models import User
    from core.clock import now
    from core.database import db
    from core.letters import fold_text
    from grants.models import Application, Call
    from tests.factories.accounts import make_user
    from tests.factories.grants import make_open_call, make_submitted_application

    call: Call = make_open_call()
    one = make_submitted_application(call, make_user())
    db.session.commit()
    table = Application.__table__
    copied = dict(db.session.execute(select(table).where(table.c.id == one.id)).mappings().one())
    del copied["id"]
    first, moment = one.applicant_user_id + 1_000, now()
    for start in range(1, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        people = [
            {
                "id": first + number, "email": f"p{number}@example.org", "name": f"{NAMES[number % 5]} {number}",
                "name_folded": f"{fold_text(NAMES[number % 5])} {number}",
                "language": "es", "state": "active", "email_verified_at": moment, "created_at": moment,
            }
            for number in numbers
        ]  # fmt: skip
        rows = [
            copied
            | {
                "applicant_user_id": first + number,
                "folio": f"MOV-{number:06}",
                "requested_cents": 1_000_000 + number * 7_919 % 9_000_000,
                "submitted_at": moment - timedelta(seconds=number * 17 % 100_000),
            }
            for number in numbers
        ]
        db.session.execute(insert(User.metadata.tables["user_account"]), people)
        db.session.execute(insert(User.metadata.tables["application"]), rows)
        db.session.commit()
    _share(call, make_open_call(), copied, first)
    settle(engine)
    return f"/es/programa/{call.slug}/solicitudes"


def _share(call: Any, beside: Any, copied: dict[str, Any], first: int) -> None:
    """Keep the marks of every application of a call, as sending them would, and of some people's in another call."""
    from sqlalchemy import insert, select, text  # local: see books.application

    from core.database import db
    from grants.rules.likeness import BITS

    table, marks = db.metadata.tables["application"], db.metadata.tables["application_mark"]
    rows = db.session.execute(
        select(table.c.id, table.c.applicant_user_id).where(table.c.applicant_user_id > first).order_by(table.c.id)
    ).all()
    others = [
        copied | {"call_id": beside.id, "applicant_user_id": person, "folio": f"OTRA-{person}"}
        for _number, person in rows[:BESIDE]
    ]
    db.session.execute(insert(table), others)
    db.session.execute(text("DELETE FROM application_mark"))  # of the one that was copied
    again = db.session.execute(select(table.c.id, table.c.applicant_user_id).where(table.c.call_id == beside.id)).all()
    values = [_mark(number, call.id, kind, key) for number, person in rows for kind, key in _marks_of(person)]
    values += [_mark(number, beside.id, *next(_marks_of(person))) for number, person in again]  # the person alone
    for start in range(0, len(values), BATCH):
        db.session.execute(insert(marks), values[start : start + BATCH])
    db.session.execute(text(SHARE))
    for kind, bit in BITS.items():
        db.session.execute(text(TELL), {"bit": bit, "kind": kind.value})
    db.session.commit()


def _marks_of(person: int) -> Iterator[tuple[str, str]]:
    for place, kind in enumerate(("person", "name", "curp", "phone", "clabe", "itinerary")):
        pair = person % 30 in (place, place + 15)  # one in fifteen of each kind shares it with another
        yield kind, f"{kind} {person // 30 if pair else -person}"
    yield "file", "annex" if person % 2 else f"file {person}"


def _mark(number: int, call_id: int, kind: str, key: str) -> dict[str, Any]:
    return {"application_id": number, "call_id": call_id, "kind": kind, "key": key, "said": ""}


def _bare(engine: Any) -> Any:
    """Return a client of a Flask application with one view, one statement and no template."""
    app = Flask("bare")

    @app.get("/")
    def rows() -> str:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(BARE).all()
        return "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>" for row in found)

    return app.test_client()


@contextmanager
def _pages(engine: str, folder: Path, count: int) -> Iterator[tuple[Any, str, Any]]:
    """Yield a client that an officer has signed in with, the list's address, and the bare page's client."""
    with application(engine, folder) as app:
        from core.database import db  # local: see books.application
        from core.roles import Role
        from tests.factories.accounts import make_user, sign_in_as

        address = _fill(engine, count)
        client = app.test_client()
        sign_in_as(client, make_user(Role.PROGRAMME_OFFICER))
        db.session.remove()
        yield client, address, _bare(db.engine)
        db.session.remove()
        db.engine.dispose()


def _asked(ask: Callable[[], Any], times: int) -> list[float]:
    assert ask().status_code == 200
    taken = []
    for _number in range(times):
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return taken


def queries_of(client: Any, address: str) -> int:
    """Return how many statements a page takes."""
    from sqlalchemy import event  # local: see books.application

    from core.database import db

    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    with client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get(address)
    event.remove(engine, "before_cursor_execute", note)
    return len(said)


def staff_list(engine: str, large: int = LARGE, asks: int = ASKS, rounds: int = ROUNDS) -> Result:
    """Compare every way to look at the list with the bare page, and say milliseconds and queries."""
    rates: dict[str, list[float]] = {}
    slowest: dict[str, list[float]] = {}
    counts: dict[int, dict[str, int]] = {}
    for size in (SMALL, large):
        with (
            tempfile.TemporaryDirectory(prefix="puente-benchmark-") as folder,
            _pages(engine, Path(folder), size) as (client, address, bare),
        ):
            counts[size] = {name: queries_of(client, address + query) for name, query in LISTS.items()}
            if size == SMALL:
                continue
            for _round in range(rounds):
                ways: dict[str, Callable[[], Any]] = {"bare": partial(bare.get, "/")}
                ways |= {name: partial(client.get, address + query) for name, query in LISTS.items()}
                for name, ask in ways.items():
                    taken = _asked(ask, asks)
                    rates.setdefault(name, []).append(1 / statistics.median(taken))
                    slowest.setdefault(name, []).append(statistics.median(taken) * 1_000)
    notes = []
    for name in LISTS:
        found = statistics.median(slowest[name])
        verdict = "met" if found < LIMIT_MS else "MISSED"
        notes.append(f"{name:24}{found:8.1f} ms; under {LIMIT_MS}: {verdict}; {counts[large][name]} queries")
    constant = "met" if counts[SMALL] == counts[large] else "MISSED"
    notes.append(f"as many queries for {SMALL} applications: {constant}")
    contestants = (
        Contestant("bare", "the same rows from a bare view"),
        *(Contestant(name, query) for name, query in LISTS.items()),
    )
    title = f"An officer's list of {large:,} applications, {engine}"
    return Result(f"{title} (× bare; {rounds} rounds of {asks})", contestants, rates, tuple(notes))
