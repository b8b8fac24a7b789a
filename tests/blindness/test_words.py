"""What reviewers and the programme write reaches the other side without a name."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import now
from core.context import acting_as
from core.roles import Role
from grants import services as grants
from grants.queries import determinations
from grants.queries.feedback import feedback_texts
from scoring import queries, services
from scoring.errors.meetings import MotionNamesSomebody
from scoring.errors.questions import AnswerTells
from tests.blindness.conftest import Blind, Browser
from tests.blindness.rounds import discussed, ranked, said
from tests.blindness.watch import leaks_in, leaks_in_letters, secrets_of, secrets_of_person
from tests.factories.accounts import make_user
from tests.factories.awards import officer_actor

pytestmark = pytest.mark.only_on("sqlite")  # what a page says does not hang on the database


def test_a_motion_that_tells_whose_dossier_it_is_is_refused(session: Session, blind: Blind) -> None:
    discussed(blind, session)
    meeting = services.convene_meeting(blind.panel, starts_at=now() + timedelta(days=2), place="Sala 2")
    application = blind.applications[0]
    dossier = queries.dossier_by_code(blind.code_of(application))
    for words in (application.applicant.name, "xochitl quetzalli", application.applicant.email):
        with pytest.raises(MotionNamesSomebody):
            services.add_point(meeting, f"Volver a leer lo de {words} con calma.", dossier)


def test_a_comment_that_tells_whose_dossier_it_is_waits_and_its_writer_cannot_tell(
    browser: Browser, session: Session, blind: Blind
) -> None:
    """Were it refused, a reviewer could try names until one is: that would answer the very question."""
    discussed(blind, session)
    browser.sign_in(blind.reviewer)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    guesses = (application.applicant.name, "Nadie de Aquí", "xochitl quetzalli", application.applicant.email)
    for guess in guesses:
        sent = browser.client.post(f"/es/evaluacion/{code}/comentarios", data={"text": f"Creo que es {guess}."})
        assert sent.status_code == 303
    other = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id != blind.reviewer.id)
    assert [note.text for note in queries.notes_for(other)] == ["Creo que es Nadie de Aquí."]
    assert queries.count_notes_waiting() == len(guesses) - 1
    page = browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    own = re.findall(r'<article aria-labelledby="comentario-.*?</article>', page, re.DOTALL)
    alike = [re.sub(r"\d+|Creo que es [^<]*", "·", one) for one in own]
    assert (len(own), len(set(alike))) == (len(guesses), 1)
    services.cover_note(queries.notes_of(dossier)[0], reason="Revela un nombre")
    session.commit()
    assert browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True).count("Creo que es") == len(guesses)
    services.clear_note(queries.notes_of(dossier)[2])
    session.commit()
    assert len(queries.notes_for(other)) == 3  # one covered, one plain, one let through


def test_what_another_reviewer_wrote_names_nobody(browser: Browser, session: Session, blind: Blind) -> None:
    discussed(blind, session)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    other = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id != blind.reviewer.id)
    assert other.review is not None
    guess = f"Se nota que es {application.applicant.name}, a quien escribo a {application.applicant.email}."
    for justification in (guess, "Vale lo mismo, ya sin decir de quién es."):
        services.change_submitted_score(
            other.review, "calidad", value="3", justification=justification, reason="Conozco a xochitl quetzalli."
        )
    session.commit()
    browser.sign_in(blind.reviewer)
    page = browser.client.get(f"/es/evaluacion/{code}").get_data(as_text=True)
    assert "Se nota que es █████, a quien escribo a █████." in page
    assert "Conozco a █████." in page
    assert list(leaks_in(browser.client.get(f"/es/evaluacion/{code}"), secrets_of(application))) == []
    assert application.applicant.name in queries.score_changes(dossier)[0].justification  # on record as it was written


def test_an_answer_of_the_programme_names_nobody(session: Session, blind: Blind) -> None:
    application = blind.applications[0]
    dossier = queries.dossier_by_code(blind.code_of(application))
    assert dossier is not None
    question = services.ask_programme(queries.assignments_of_dossier(dossier)[0], "¿Quién viaja?")
    with pytest.raises(AnswerTells):
        services.answer_reviewer(question, "Viaja Xochitl Quetzalli con dos personas.")
    assert services.answer_reviewer(question, "Viajan tres personas.").answer == "Viajan tres personas."


def test_reviewers_letters_about_a_discussion_name_nobody(session: Session, blind: Blind) -> None:
    said(blind, session)
    people = [session.get_one(type(blind.reviewer), seat.reviewer_id) for seat in queries.seats_of_panel(blind.panel)]
    others = set().union(*(secrets_of_person(one) for one in people if one is not blind.reviewer)) - {"persona"}
    assert [leak for leak in leaks_in_letters(blind.reviewer, others) if leak.where == "grants.discussion"] == []


# --- the other way -----------------------------------------------------------


def test_what_a_reviewer_wrote_reaches_the_applicant_after_a_person_and_without_the_reviewer(
    browser: Browser, session: Session, blind: Blind
) -> None:
    discussed(blind, session)
    application = blind.applications[0]
    code = blind.code_of(application)
    dossier = queries.dossier_by_code(code)
    assert dossier is not None
    own = next(one for one in queries.assignments_of_dossier(dossier) if one.seat.reviewer_id == blind.reviewer.id)
    assert own.review is not None
    text = f"Firma Ramiro Oyarzabal ({blind.reviewer.email}); la propuesta es clara."
    services.change_submitted_score(own.review, "calidad", value="3", justification=text, reason="Lo pensé mejor.")
    ranked(blind)
    officer = make_user(Role.PROGRAMME_OFFICER)
    with acting_as(officer_actor(officer)):
        grants.prepare_determinations(blind.call)
        for found in determinations.awaiting_award(blind.call):
            assert found.money is not None
            grants.record_award(found.application, found.money)
        grants.release_determinations(blind.call)
    told, page = "Firma █████ (█████); la propuesta es clara.", f"/es/solicitudes/{application.id}/resultado"
    session.commit()
    browser.sign_in(application.applicant)

    def read() -> str:
        answer = browser.client.get(page)
        assert answer.status_code == 200
        assert list(leaks_in(answer, secrets_of_person(blind.reviewer) - {"persona"})) == []
        return answer.get_data(as_text=True)

    assert "la propuesta es clara" not in read()  # nobody prepared it
    grants.prepare_feedback(blind.call)
    session.commit()
    assert "la propuesta es clara" not in read()  # nobody looked
    with acting_as(officer_actor(officer)):
        grants.release_clean_feedback(blind.call)
    session.commit()
    assert "la propuesta es clara" not in read()  # what tells somebody's name is not let go with the rest
    (marked,) = session.scalars(feedback_texts(blind.call, with_findings=True)).all()
    with acting_as(officer_actor(officer)):
        while marked.open_findings:
            grants.redact_in_feedback(marked, 0, marked.version)
        grants.release_feedback(marked, marked.version)
    session.commit()
    assert told in read()
    assert text in [one.justification for one in queries.feedback_for(code)]  # on record as it was written
