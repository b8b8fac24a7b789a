"""What people are told about their data is frozen once published; what they answered is kept, and theirs to change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts import queries, services
from accounts.errors import NoticeEditedMeanwhile, NoticeIncomplete, NoticeUnchanged
from accounts.models import NoticePlace, PrivacyAnswer, PrivacyNotice, User
from accounts.rules import privacy as rules
from accounts.rules.model_notice import model_notice
from accounts.states import AccountState
from core.clock import FrozenClock
from core.database import db
from core.roles import Role
from grants.services.retention import destroy_due
from tests.factories.accounts import PASSWORD, make_user, sign_in_as
from tests.web.dom import parse, text_of

MODEL = model_notice("Ciudad de México", "Fideicomiso", "ventanilla@puente.example")
NEWS = {"id": "", "text": {"es": "Contar tu historia", "en": "Tell your story"}, "voluntary": True}


def publish(content: dict[str, Any] | None = None) -> PrivacyNotice:
    draft = services.save_notice(content or MODEL, edition=0)
    notice = services.publish_notice(edition=draft.edition)
    db.session.commit()
    return notice


def with_more() -> dict[str, Any]:
    return {**MODEL, "purposes": [*MODEL["purposes"], NEWS]}


def field(client: FlaskClient, address: str) -> dict[str, str]:
    page = parse(client.get(address).get_data())
    return {one.get("name"): one.get("value", "") for one in page.xpath("//main//form//input[@type='hidden']")}


def answers() -> list[PrivacyAnswer]:
    return list(db.session.scalars(select(PrivacyAnswer).order_by(PrivacyAnswer.id)))


def test_a_published_notice_is_numbered_and_the_database_keeps_it(session: Session, clock: FrozenClock) -> None:
    notice = publish()
    assert (notice.number, notice.sha256) == (1, rules.fingerprint(MODEL))
    for statement in (
        "UPDATE privacy_notice SET content = '{}'",
        "DELETE FROM privacy_notice",
        "UPDATE privacy_notice SET number = NULL, published_at = NULL, sha256 = NULL",
    ):
        with pytest.raises(DBAPIError, match="cannot change"):
            session.execute(text(statement))
        session.rollback()
    assert publish(with_more()).number == 2


def test_a_draft_is_published_once_and_only_when_complete_and_different(session: Session) -> None:
    lacking = {**MODEL, "rights": {"es": "Escribe.", "en": " "}}
    draft = services.save_notice(lacking, edition=0)
    with pytest.raises(NoticeIncomplete):
        services.publish_notice(edition=draft.edition)
    with pytest.raises(NoticeEditedMeanwhile):
        services.save_notice(MODEL, edition=0)
    services.save_notice(MODEL, edition=1)
    services.publish_notice(edition=2)
    with pytest.raises(NoticeEditedMeanwhile):
        services.publish_notice(edition=2)
    again = services.save_notice(MODEL, edition=0)
    with pytest.raises(NoticeUnchanged):
        services.publish_notice(edition=again.edition)


def test_a_new_purpose_gets_an_id_of_its_own_and_the_others_keep_theirs() -> None:
    told = rules.with_ids([*MODEL["purposes"][1:], NEWS])
    assert [one["id"] for one in told] == ["f2", "f3", "f1"]


def test_an_answer_is_only_ever_added(session: Session) -> None:
    notice, person = publish(), make_user()
    services.answer_notice(person, notice, {"f3", "f1", "no existe"}, NoticePlace.ACCOUNT)
    services.answer_notice(person, notice, {"f3"}, NoticePlace.ACCOUNT)  # the same again
    assert queries.standing_answers(person) == {"f3": True}
    services.answer_notice(person, notice, (), NoticePlace.ACCOUNT)
    assert queries.standing_answers(person) == {"f3": False}
    assert [one.purposes for one in queries.answers_of(person)] == [{"f3": True}, {"f3": False}]
    session.commit()
    for statement in ("UPDATE privacy_answer SET purposes = '{}'", "DELETE FROM privacy_answer"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_registration_shows_it_ticks_nothing_and_counts_once_the_address_is_confirmed(
    session: Session, client: FlaskClient, token: Callable[[str], str]
) -> None:
    publish()
    page = parse(client.get("/es/cuenta/registro").get_data())
    assert "Usamos tus datos" in text_of(page)
    assert [one.get("checked") for one in page.xpath("//input[@name='purposes']")] == [None]
    data = {"name": "Rosa Alarcón", "email": "rosa@example.org", "password": "una frase bastante larga 9"}
    sent = client.post("/es/cuenta/registro", data={**field(client, "/es/cuenta/registro"), **data, "purposes": "f3"})
    assert (sent.status_code, answers()) == (303, [])
    address = f"/es/cuenta/verificar/{token('rosa@example.org')}"
    client.post(address, data={**field(client, address), "password": data["password"]})
    db.session.expire_all()
    (kept,) = answers()
    assert (kept.place, kept.purposes, kept.notice.number) == (NoticePlace.REGISTRATION, {"f3": True}, 1)


def test_the_version_that_was_on_the_page_is_the_one_that_is_kept(
    session: Session, client: FlaskClient, token: Callable[[str], str]
) -> None:
    publish()
    hidden = field(client, "/es/cuenta/registro")
    publish(with_more())
    data = {"name": "Rosa Alarcón", "email": "rosa@example.org", "password": "una frase bastante larga 9"}
    client.post("/es/cuenta/registro", data={**hidden, **data})
    address = f"/es/cuenta/verificar/{token('rosa@example.org')}"
    client.post(address, data={**field(client, address), "password": data["password"]})
    person = queries.user_by_email("rosa@example.org")
    assert person is not None
    assert answers()[0].notice.number == 1
    assert queries.notice_to_answer(person) is not None  # the purposes are others now


def enter(client: FlaskClient, person: User, goes_to: str) -> str:
    address = f"/es/cuenta/entrar?next={goes_to}"
    data = {**field(client, address), "email": person.email, "password": PASSWORD}
    return client.post(address, data=data).headers["Location"]


def test_who_signs_in_is_asked_once_and_again_only_when_the_purposes_change(
    session: Session, client: FlaskClient
) -> None:
    person, goes_to = make_user(), "/es/solicitudes"
    session.commit()
    assert enter(client, person, goes_to) == goes_to  # nothing is in force
    publish()
    asked = enter(client, person, goes_to)
    assert asked.startswith("/es/cuenta/aviso?")
    answered = client.post(asked, data=field(client, asked))
    assert (answered.status_code, answered.headers["Location"]) == (303, goes_to)
    assert enter(client, person, goes_to) == goes_to
    publish({**MODEL, "changes": {"es": "Otra cosa.", "en": "Something else."}})
    assert enter(client, person, goes_to) == goes_to  # other words, the same purposes
    publish(with_more())
    assert enter(client, person, goes_to).startswith("/es/cuenta/aviso?")
    assert [one.place for one in answers()] == [NoticePlace.SIGN_IN]


def test_what_was_given_is_taken_back_in_the_account(session: Session, client: FlaskClient) -> None:
    notice, person = publish(), make_user()
    services.answer_notice(person, notice, {"f3"}, NoticePlace.SIGN_IN)
    sign_in_as(client, person)
    page = parse(client.get("/es/cuenta/aviso").get_data())
    assert [one.get("checked") is not None for one in page.xpath("//input[@name='purposes']")] == [True]
    client.post("/es/cuenta/aviso", data=field(client, "/es/cuenta/aviso"))
    assert "No: Invitarte" in text_of(parse(client.get("/es/cuenta/aviso").get_data()))
    db.session.expire_all()
    assert [one.purposes for one in answers()] == [{"f3": True}, {"f3": False}]


def test_a_gift_without_an_account_keeps_the_version_and_nobody(session: Session, client: FlaskClient) -> None:
    publish()
    page = parse(client.get("/es/aportar").get_data())
    assert "Usamos tus datos" in text_of(page)
    services.note_shown(NoticePlace.GIVING, "checkout_order", 7)
    services.note_shown(NoticePlace.GIVING, "checkout_order", 8)
    assert [(one.user_id, one.subject, one.subject_id, one.purposes) for one in answers()] == [
        (None, "checkout_order", 7, {}),
        (None, "checkout_order", 8, {}),
    ]


def test_where_one_was_shown_before_is_noted_once_a_version(session: Session) -> None:
    person = make_user()
    services.note_shown(NoticePlace.ROSTER, "reviewer_profile", 1, user_id=person.id)
    assert answers() == []  # nothing in force: nothing was shown
    publish()
    services.note_shown(NoticePlace.ROSTER, "reviewer_profile", 1, user_id=person.id)
    services.note_shown(NoticePlace.ROSTER, "reviewer_profile", 1, user_id=person.id)
    assert [one.place for one in answers()] == [NoticePlace.ROSTER]
    assert queries.notice_to_answer(person) is not None  # shown is not asked


def test_answers_go_by_the_schedule_once_the_account_is_closed(session: Session, clock: FrozenClock) -> None:
    notice, person, other = publish(), make_user(), make_user()
    for one in (person, other):
        services.answer_notice(one, notice, (), NoticePlace.ACCOUNT)
    services.close_account(person)
    session.commit()
    clock.advance(days=5 * 365)
    destroy_due()
    assert session.scalar(select(func.count(PrivacyAnswer.id))) == 2
    clock.advance(days=3)
    destroy_due()
    session.commit()
    assert [one.user_id for one in answers()] == [other.id]
    assert person.state is AccountState.CLOSED


def test_the_public_reads_every_version_and_what_changed(session: Session, client: FlaskClient) -> None:
    assert "Todavía no hay" in text_of(parse(client.get("/es/privacidad/aviso").get_data()))
    publish()
    publish(with_more())
    assert "Contar tu historia" in text_of(parse(client.get("/es/privacidad/aviso").get_data()))
    assert "ya no está vigente" in text_of(parse(client.get("/es/privacidad/avisos/1").get_data()))
    changed = parse(client.get("/es/privacidad/avisos/2/cambios").get_data())
    assert "Contar tu historia" in "".join(changed.xpath("//ins//text()"))
    for nothing in ("3", "1/cambios", "0"):
        assert client.get(f"/es/privacidad/avisos/{nothing}").status_code == 404


def test_the_administration_writes_publishes_and_nobody_is_overwritten(session: Session, client: FlaskClient) -> None:
    admin = make_user(Role.ADMINISTRATOR)
    sign_in_as(client, admin)
    address = "/es/avisos-de-privacidad/borrador"
    page = parse(client.get(address).get_data())
    typed = {one.get("name"): one.get("value", "") for one in page.xpath("//main//input[@type='hidden']")}
    typed |= {one.get("name"): (one.text or "").strip() for one in page.xpath("//main//textarea")}
    typed |= {one.get("name"): "y" for one in page.xpath("//main//input[@type='checkbox'][@checked]")}
    assert "MODELO" in typed["controller_es"]
    assert client.post(address, data=typed).status_code == 303
    late = client.post(address, data={**typed, "rights_es": "Lo mío"})
    assert late.status_code == 409
    assert "Lo mío" in late.get_data(as_text=True)
    asked = field(client, "/es/avisos-de-privacidad/publicar")
    assert client.post("/es/avisos-de-privacidad/publicar", data=asked).status_code == 303
    assert client.post("/es/avisos-de-privacidad/publicar", data=asked).status_code == 303
    db.session.expire_all()
    assert [one.number for one in queries.published_notices()] == [1]
    assert [one["voluntary"] for one in queries.published_notices()[0].content["purposes"]] == [False, False, True]


def test_a_late_clock_changes_no_version(session: Session, clock: FrozenClock) -> None:
    first = publish()
    clock.advance(days=1)
    second = publish(with_more())
    assert second.published_at is not None
    assert first.published_at is not None
    assert second.published_at - first.published_at == timedelta(days=1)
