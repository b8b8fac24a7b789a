"""The page where staff see background work and put dead work back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.audit import events_of
from core.clock import FrozenClock
from core.database import db
from core.jobs import Job, JobContext, JobState, enqueue, run_due
from core.jobs.queue import HANDLERS, LABELS, label_of
from core.roles import Role

Login = Callable[..., Any]


@pytest.fixture
def dead(session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Work that failed for good, with a reason."""

    def fail(job: JobContext) -> None:
        raise RuntimeError("<b>no paper</b>")

    monkeypatch.setitem(HANDLERS, "test.print", fail)
    job = enqueue("test.print", {"letter": 7}, max_attempts=1)
    session.commit()
    run_due()
    return job


def test_dead_work_is_listed_with_its_state_and_reason(dead: Job, client: FlaskClient, login: Login) -> None:
    login(Role.ADMINISTRATOR)
    listed = client.get("/es/trabajos?estado=dead").get_data(as_text=True)
    assert "test.print" in listed
    assert "Detenida" in listed
    assert "test.print" not in client.get("/es/trabajos?estado=queued").get_data(as_text=True)
    shown = client.get(f"/es/trabajos/{dead.id}").get_data(as_text=True)
    assert "RuntimeError: &lt;b&gt;no paper&lt;/b&gt;" in shown


def test_an_administrator_puts_dead_work_back(dead: Job, client: FlaskClient, login: Login) -> None:
    user = login(Role.ADMINISTRATOR)
    answer = client.post(f"/es/trabajos/{dead.id}/reintentar")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/es/trabajos/{dead.id}")
    db.session.expire_all()
    assert db.session.get_one(Job, dead.id).state is JobState.QUEUED
    (event,) = events_of("job", dead.id)
    assert (event.action, event.actor_id) == ("job.requeued", user.id)
    assert client.post(f"/es/trabajos/{dead.id}/reintentar").status_code == 409


@pytest.mark.parametrize(("role", "answers"), [(Role.AUDITOR, (200, 403)), (Role.TREASURER, (403, 403))])
def test_an_auditor_reads_and_nobody_else_does(
    dead: Job, client: FlaskClient, login: Login, role: Role, answers: tuple[int, int]
) -> None:
    login(role)
    paths = f"/es/trabajos/{dead.id}", f"/es/trabajos/{dead.id}/reintentar"
    assert (client.get(paths[0]).status_code, client.post(paths[1]).status_code) == answers


def test_a_stranger_is_led_to_sign_in_and_back(dead: Job, client: FlaskClient) -> None:
    answer = client.get("/es/trabajos?estado=dead")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/es/cuenta/entrar?next=/es/trabajos?estado%3Ddead"


def test_unknown_work_is_not_found(client: FlaskClient, login: Login) -> None:
    login(Role.ADMINISTRATOR)
    assert client.get("/es/trabajos/999").status_code == 404


def test_every_kind_of_work_has_a_name_for_people(app: Flask) -> None:
    nameless = [kind for kind in HANDLERS if LABELS[kind] == kind and not kind.startswith("test.")]
    assert nameless == []
    assert label_of(Job(kind="mail.send")) == "Enviar un correo"
    assert label_of(Job(kind="gone.away")) == "gone.away"
