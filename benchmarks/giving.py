"""The application's own path of a gift, from the form to the commit, beside the posting that is its heart."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.books import CENTS, application
from benchmarks.harness import ROUNDS, Contestant, Result, Work, compare
from benchmarks.posting import ours


@contextmanager
def service(engine: str, folder: Path) -> Iterator[Work]:
    """`receive_contribution` and commit: entry of six lines, contribution, numbered receipt as PDF, letter, audit."""
    with application(engine, folder):
        from core.clock import today  # local: see books.application
        from core.database import db
        from core.money import Money
        from trust import queries
        from trust.services import receive_contribution

        count, money = itertools.count(), Money(CENTS, "MXN")

        def work(times: int) -> None:
            for _number in range(times):
                receive_contribution(
                    kind="donation",
                    fund=queries.fund_by_code("general"),
                    money=money,
                    received_on=today(),
                    email="gives@example.org",
                    idempotency_key=f"service-{next(count)}",
                )
                db.session.commit()

        yield work


@contextmanager
def form(engine: str, folder: Path) -> Iterator[Work]:
    """The treasurer's form over HTTP, in process: session, guard, form, service, commit, redirect."""
    with application(engine, folder) as app:
        from core.clock import today  # local: see books.application
        from core.database import db
        from core.roles import Role
        from tests.factories.accounts import make_user, sign_in_as

        client, count = app.test_client(), itertools.count()
        sign_in_as(client, make_user(Role.TREASURER))
        db.session.remove()

        def work(times: int) -> None:
            for _number in range(times):
                typed = {
                    "key": f"form-{next(count)}", "kind": "donation", "fund": "general", "amount": "25,000",
                    "currency": "MXN", "received_on": today().isoformat(), "giver": "", "name": "Fundación",
                    "email": "gives@example.org",
                }  # fmt: skip
                answer = client.post("/es/tesoreria/aportaciones/nueva", data=typed)
                if answer.status_code != 303:
                    raise RuntimeError(answer.get_data(as_text=True)[:2000])

        yield work


def whole_path(engine: str, times: int = 60, rounds: int = ROUNDS) -> Result:
    """Compare posting with the service around it and with the form around that."""
    contestants = (
        Contestant("post_entry", "the posting alone, committed", partial(ours, engine, False)),
        Contestant(
            "service", "with its contribution, numbered PDF receipt, letter and audit", partial(service, engine)
        ),
        Contestant("form to committed", "with the signed-in request around it", partial(form, engine)),
    )
    return compare(f"The application's own path, {engine}", contestants, times, rounds)
