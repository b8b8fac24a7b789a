"""Two applications that begin to share something at once: both are sent, and each knows of the other."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.context import set_writing
from core.database import db, is_sqlite, session
from grants import services
from grants.emails.applications import write_acuse_letter
from grants.models import Application, ApplicationMark, SharedMark
from grants.queries.applications import hold
from grants.queries.queue import QueueFilter, queue_page
from grants.rules.likeness import ACCOUNTS, LikenessKind
from grants.services import submission
from tests.factories.accounts import make_user
from tests.factories.grants import a_journey, answers_for, make_draft_application, make_open_call

ACCOUNTS_HELD = ("002115016003269411", "012180001234567899")
pytestmark = pytest.mark.usefixtures("session")
TOGETHER = 5  # seconds to wait for the other: on SQLite whoever writes holds everybody, and the other never comes


def at_once(app: Flask, numbers: list[int], step: Callable[[Application], object]) -> list[BaseException]:
    """Take a step for each application at once, each held by its own transaction before either goes on."""
    both, wrong = threading.Barrier(len(numbers)), list[BaseException]()

    def take(number: int) -> None:
        with app.app_context():
            set_writing(True)
            try:
                application = session().get_one(Application, number)
                hold(application)
                if db.engine.dialect.name != "sqlite":
                    both.wait(TOGETHER)
                step(application)
                session().commit()
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_are_sent_again_at_once_with_one_account(app: Flask) -> None:
    call, journeys = make_open_call(), [a_journey(city="Niza"), a_journey(city="Lyon")]
    drafts = [make_draft_application(call, make_user(), journey=one) for one in journeys]
    for one, journey in zip(drafts, journeys, strict=True):
        services.submit_application(one)
        again = answers_for("person", public_name="002115016003269411")
        services.save_draft(one, answers=again, itinerary=journey)
    numbers = [one.id for one in drafts]
    session().commit()
    assert at_once(app, numbers, services.submit_application) == []
    session().expire_all()
    shared = select(SharedMark.application_id).where(SharedMark.kind == LikenessKind.CLABE)
    assert sorted(session().scalars(shared.order_by(SharedMark.application_id))) == numbers
    alike = queue_page(call, QueueFilter(alike=ACCOUNTS), page=1).rows
    assert sorted(one.id for one in alike) == numbers


def test_each_begins_to_share_what_the_other_had(app: Flask) -> None:
    call, journeys = make_open_call(), [a_journey(city="Niza"), a_journey(city="Lyon")]
    drafts = []
    for journey, account in zip(journeys, ACCOUNTS_HELD, strict=True):
        said = answers_for("person", public_name=account)
        one = make_draft_application(call, make_user(), journey=journey, answers=said)
        services.submit_application(one)
        services.save_draft(
            one, answers=answers_for("person", public_name=" y ".join(ACCOUNTS_HELD)), itinerary=journey
        )
        drafts.append(one)
    numbers = [one.id for one in drafts]
    session().commit()
    assert at_once(app, numbers, services.submit_application) == []
    session().expire_all()
    shared = select(SharedMark.application_id).where(SharedMark.kind == LikenessKind.CLABE)
    assert sorted(session().scalars(shared.order_by(SharedMark.application_id))) == [numbers[0]] * 2 + [numbers[1]] * 2


def test_each_gives_up_what_it_shared_and_takes_what_the_other_had(app: Flask) -> None:
    call, cities, others = (
        make_open_call(),
        ("Niza", "Lyon", "Lille", "Toulouse"),
        ("072180001234567813", "044180001234567825"),
    )
    before = [f"{mine} y {shared}" for mine, shared in zip(ACCOUNTS_HELD, others, strict=True)] + [*others]
    sent = []
    for city, said in zip(cities, before, strict=True):
        answers = answers_for("person", public_name=said)
        one = make_draft_application(call, make_user(), journey=a_journey(city=city), answers=answers)
        services.submit_application(one)
        sent.append(one)
    for one, city in zip(sent[:2], cities, strict=False):
        both = answers_for("person", public_name=" y ".join(ACCOUNTS_HELD))
        services.save_draft(one, answers=both, itinerary=a_journey(city=city))
    numbers = [one.id for one in sent[:2]]
    session().commit()
    assert at_once(app, numbers, services.submit_application) == []
    session().expire_all()
    alike = queue_page(call, QueueFilter(alike=ACCOUNTS), page=1).rows
    assert sorted(one.id for one in alike) == numbers


def test_nobody_waits_for_anothers_letter(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    call = make_open_call()
    application = make_draft_application(call, make_user())
    kept = select(func.count()).select_from(ApplicationMark).where(ApplicationMark.application_id == application.id)
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    found: list[tuple[int, int]] = []

    def write(one: Application) -> object:
        locks = 0 if is_sqlite() else session.scalar(held)
        found.append((session.scalar(kept) or 0, locks or 0))
        return write_acuse_letter(one)

    monkeypatch.setattr(submission, "write_acuse_letter", write)
    services.submit_application(application)
    assert found == [(0, 0)]  # what is written before takes no turn that others wait for
    assert session.scalar(kept)
    assert is_sqlite() or session.scalar(held)
