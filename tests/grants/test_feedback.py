"""What the committee wrote reaches who applied once a person looked at it: covered, reworded or as it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from accounts.services import enrol_second_factor, grant_role
from core.clock import FrozenClock, now
from core.context import acting_as
from core.database import session
from core.errors import Forbidden
from core.jobs import Job
from core.jobs.models import JobState
from core.roles import Role
from grants import services
from grants.errors.awards import FindingsOpen, FindingUnknown, OwnCase
from grants.errors.feedback import FeedbackLocked, PassageNotInComment, WordsTell
from grants.models import Application, Call, FeedbackText
from grants.queries import feedback as queries
from grants.queries.determinations import applications_by_code
from grants.services.retention import destroy_application, schedule
from grants.states.feedback import FeedbackState
from tests.factories import awards as make
from tests.factories.accounts import TOTP_SECRET, make_user, sign_in_as
from tests.factories.rules import standard_rulebook

pytestmark = pytest.mark.usefixtures("session")

TELLS = "En mi taller se llama prueba; escriba a quien.evalua@example.org."
PER_APPLICATION = 3 * 4  # reviewers and criteria


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def texts(call: Call) -> list[FeedbackText]:
    return list(
        session().scalars(select(FeedbackText).where(FeedbackText.call_id == call.id).order_by(FeedbackText.id))
    )


def told(application: Application) -> list[str | None]:
    return [text for _score, text in services.feedback_of(application, dossier_of(application))]


def dossier_of(application: Application) -> str:
    return next(code for code, one in applications_by_code(application.call).items() if one is application)


def test_nothing_is_told_until_a_person_released_it(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, applications=2, says=TELLS)
    assert queries.feedback_job(call) is not None  # asked for when the committee's order became final
    assert told(found[0]) == [None] * PER_APPLICATION
    assert services.prepare_feedback(call) == 2 * PER_APPLICATION
    assert services.prepare_feedback(call) == 0
    first = texts(call)[0]
    with pytest.raises(Forbidden):
        services.release_clean_feedback(call)  # a program
    with acting_as(make.officer_actor(officer)):
        assert services.release_clean_feedback(call) == 0
        with pytest.raises(FindingsOpen):
            services.release_feedback(first, first.version)
        assert told(found[0]) == [None] * PER_APPLICATION
        services.redact_in_feedback(first, 1, first.version)
        with pytest.raises(FindingUnknown):
            services.redact_in_feedback(first, 0, 1)  # a second click on a page that is out of date
        services.dismiss_in_feedback(first, 0, first.version, reason="Hay muchos talleres")
        services.release_feedback(first, first.version)
        with pytest.raises(FeedbackLocked):
            services.redact_feedback_passage(first, "prueba")
    covered = "En mi taller se llama prueba; escriba a █████."
    assert sorted(filter(None, [*told(found[0]), *told(found[1])])) == [covered]
    assert first.score.justification == TELLS
    with acting_as(make.officer_actor(officer)):
        services.take_back_feedback(first, reason="Sí dice quién es")
    assert [*told(found[0]), *told(found[1])] == [None] * 2 * PER_APPLICATION
    with pytest.raises(DBAPIError), session().begin_nested():
        session().execute(update(FeedbackText).values(state=FeedbackState.RELEASED))


def test_other_words_are_told_apart_from_the_reviewers_and_tell_nobody(clock: FrozenClock, officer: Any) -> None:
    call, _found = make.ranked(clock, officer, applications=1, says=TELLS)
    services.prepare_feedback(call)
    text = texts(call)[0]
    with acting_as(make.officer_actor(officer)):
        with pytest.raises(PassageNotInComment):
            services.reword_feedback(text, "no está", "algo", reason="Porque sí")
        with pytest.raises(WordsTell):
            services.reword_feedback(text, "En mi taller", "En nuestra escuela", reason="Dice dónde da clase")
        services.reword_feedback(text, "En mi taller", "en otro lugar", reason="Dice dónde da clase")
        assert services.redact_feedback_passage(text, "escriba a quien.evalua@example.org") == 1
        services.release_feedback(text, text.version)
    assert text.text == "[en otro lugar] se llama prueba; █████."
    assert text.changes == [{"was": "En mi taller", "words": "en otro lugar", "reason": "Dice dónde da clase"}]


def test_clean_ones_go_at_once_but_never_ones_own(clock: FrozenClock, officer: Any) -> None:
    call, found = make.ranked(clock, officer, applications=2)
    services.prepare_feedback(call)
    with acting_as(make.officer_actor(found[0].applicant)):
        assert services.release_clean_feedback(call) == PER_APPLICATION
        mine = next(text for text in texts(call) if text.application_id == found[0].id)
        with pytest.raises(OwnCase):
            services.release_feedback(mine, mine.version)
    assert told(found[0]) == [None] * PER_APPLICATION
    assert None not in told(found[1])


def test_whoever_releases_one_is_not_led_to_ones_own(client: FlaskClient, clock: FrozenClock, officer: Any) -> None:
    call, _found = make.ranked(clock, officer, applications=2)
    services.prepare_feedback(call)
    own = texts(call)[0].application
    mine = own.applicant
    grant_role(mine, Role.PROGRAMME_OFFICER)
    enrol_second_factor(mine, TOTP_SECRET)
    theirs = [text for text in texts(call) if text.application is not own]
    at, following = (f"/es/programa/comentarios-del-comite/{text.id}" for text in theirs[:2])
    version = str(theirs[0].version)
    session().commit()
    sign_in_as(client, mine)
    assert client.post(f"{at}/liberar", data={"version": version}).location == following


def test_they_go_with_the_application_and_are_not_prepared_again(clock: FrozenClock, officer: Any) -> None:
    call, found = make.released(clock, officer, applications=1, says=TELLS)
    services.prepare_feedback(call)
    with acting_as(make.officer_actor(officer)):
        destroy_application(found[0], schedule()[0], date(2020, 1, 1))
    session().expire_all()
    assert texts(call) == []  # nothing of it waits for a person for ever
    assert queries.count_feedback_awaiting(call) == 0
    assert services.prepare_feedback(call) == 0


def test_a_committee_released_while_another_is_being_prepared_is_prepared_after_it(
    clock: FrozenClock, officer: Any
) -> None:
    call, _found = make.released(clock, officer, applications=1, says=TELLS)
    session().commit()
    running = queries.feedback_job(call)
    assert running is not None
    running.state, running.lease_until, running.leased_by = JobState.RUNNING, now(), "worker"
    session().commit()
    for _twice in range(2):
        services.ask_for_feedback(call)
    jobs = session().scalars(select(Job).where(Job.kind == running.kind).order_by(Job.id)).all()
    assert [job.state for job in jobs] == [JobState.RUNNING, JobState.QUEUED]
    assert queries.feedback_job(call) is jobs[1]


def test_the_pages_of_the_programme_and_of_who_applied(
    client: FlaskClient, clock: FrozenClock, officer: Any, count_queries: Callable[[], Any]
) -> None:
    call, found = make.released(clock, officer, applications=2, says=TELLS)
    queue, number, applicant = f"/es/programa/{call.slug}/comentarios-del-comite", found[0].id, found[0].applicant
    session().commit()
    sign_in_as(client, officer)
    assert "Preparar comentarios" not in client.get(queue).text  # the job is on its way
    services.prepare_feedback(call)
    mine = next(text for text in texts(call) if text.application_id == number)
    text_id, page = mine.id, f"/es/programa/comentarios-del-comite/{mine.id}"
    session().commit()

    def send(step: str, **data: str) -> tuple[int, str]:
        answer = client.post(f"{page}/{step}", data=data)
        session().expire_all()
        return answer.status_code, answer.text

    def version() -> str:
        return str(session().get_one(FeedbackText, text_id).version)

    assert client.get(page).text.count("<mark>") == 4  # twice each: in the list and in the text
    with count_queries() as sent:
        assert client.get(queue).text.count("<mark>mi taller</mark>") == 2 * PER_APPLICATION
    assert len(sent) < 30
    assert send("liberar", version=version())[0] == 409
    assert send("tachar", index="0", version="77")[0] == 404
    assert send("tachar", index="0", version=version())[0] == 303
    assert send("descartar", index="0", version=version(), reason=" ")[0] == 422
    assert send("descartar", index="0", version=version(), reason="Es un correo inventado")[0] == 303
    assert send("tachar-texto", passage="")[0] == 422
    assert send("tachar-texto", passage="no está")[0] == 422
    assert send("cambiar", was="prueba", words="", reason="x")[0] == 422
    assert send("cambiar", was="prueba", words="muestra", reason="Más claro")[0] == 303
    assert send("retirar", reason="Otra vez")[0] == 409
    assert send("liberar", version=version())[0] == 303
    assert send("liberar", version=version())[0] == 409
    sign_in_as(client, applicant)
    result = client.get(f"/es/solicitudes/{number}/resultado").text
    assert "En █████ se llama [muestra]; escriba a quien.evalua@example.org." in result
    assert result.count("En revisión") == PER_APPLICATION - 1
    assert client.get(page).status_code == 403


def test_where_everybody_may_read_the_reasons_who_applied_is_looked_for_too(
    client: FlaskClient, clock: FrozenClock, officer: Any
) -> None:
    rules = standard_rulebook({"es": "Reglas", "en": "Rules"})
    rules["publication"]["justifications"] = "public"
    says = f"Lo de {make.NAMES[0]} es muy claro."
    call, found = make.released(clock, officer, applications=1, says=says, rulebook=rules)
    services.prepare_feedback(call)
    first, second = texts(call)[:2]
    assert first.open_findings > 0
    file = f"/es/transparencia/convocatorias/{call.slug}/justificaciones.csv"
    results = f"/es/convocatorias/{call.slug}/resultados"
    session().commit()
    assert client.get(file).status_code == 404
    assert file not in client.get(results).text
    with acting_as(make.officer_actor(officer)):
        while first.open_findings:
            services.redact_in_feedback(first, 0, first.version)
        services.release_feedback(first, first.version)
    session().commit()
    assert file in client.get(results).text
    (header, row) = client.get(file).text.splitlines()
    assert header.lstrip("\ufeff") == "committee,application,reviewer,criterion,reason"
    assert row == f"1,{dossier_of(found[0])},A,calidad,{first.text}"
    assert make.NAMES[0] not in first.text
    assert make.NAMES[0] in second.text
