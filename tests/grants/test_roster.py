"""People offer to review; committees are drawn from them by lots that anybody can repeat, and nobody is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.errors import RolesIncompatible
from accounts.models import User
from core.clock import FrozenClock, now
from core.context import acting_as
from core.errors import IllegalTransition
from core.roles import Role
from grants import services
from grants.errors.awards import NoPanel
from grants.errors.calls import ReasonMissing
from grants.errors.roster import (
    AlreadyOnRoster,
    DrawDone,
    DrawWaiting,
    NobodyLeft,
    RandomnessMissing,
    SeatsFull,
    TooFewOnRoster,
)
from grants.models import Call, CommitteeDraw, ReviewerProfile
from grants.queries import roster as queries
from grants.states.roster import RosterState
from mail.models import OutboxMessage
from scoring import queries as scoring_queries
from scoring import services as scoring
from tests.factories.accounts import make_organisation, make_user
from tests.factories.awards import closed_call, officer_actor

PROGRAM = Path(__file__).parents[2] / "templates" / "scoring" / "repeat_lot.txt"
SOURCE = "Primer sorteo nacional después del lunes"
AZAR = "04.11.23.31.40.52.07"


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


def offer(name: str = "Ada Luz", *, axes: tuple[int, ...] = (1,)) -> ReviewerProfile:
    return services.offer_to_review(make_user(name=name), axes=axes, keywords=["danza"], experience="Veinte años.")


def on_roster(officer: User, name: str = "Ada Luz", *, axes: tuple[int, ...] = (1,)) -> ReviewerProfile:
    profile = offer(name, axes=axes)
    with acting_as(officer_actor(officer)):
        return services.admit(profile)


def reviewable(clock: FrozenClock, officer: User) -> Call:
    """A closed call whose committee is open and empty."""
    call, _found = closed_call(clock, applications=2)
    with acting_as(officer_actor(officer)):
        services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=20))
    return call


def drawn(call: Call, officer: User, *, seats: int) -> tuple[CommitteeDraw, list[ReviewerProfile]]:
    with acting_as(officer_actor(officer)):
        found = services.commit_committee_draw(call, seats=seats, source=SOURCE)
        return found, services.draw_committee(found, AZAR)


class TestRoster:
    def test_an_offer_is_admitted_with_the_duty_and_a_letter(self, session: Session, officer: User) -> None:
        profile = on_roster(officer)
        assert (profile.state, profile.decided_by_id) == (RosterState.ADMITTED, officer.id)
        assert Role.REVIEWER in profile.person.roles
        letter = session.query(OutboxMessage).filter_by(about="grants.roster_admitted").one()
        assert letter.to == profile.person.email
        assert profile.code in letter.body_text

    def test_a_refusal_carries_its_reason_and_one_may_offer_again(self, session: Session, officer: User) -> None:
        profile = offer()
        with acting_as(officer_actor(officer)):
            with pytest.raises(ReasonMissing):
                services.decline(profile, " ")
            services.decline(profile, "Aún sin experiencia comprobable.")
        letter = session.query(OutboxMessage).filter_by(about="grants.roster_declined").one()
        assert "Aún sin experiencia comprobable." in letter.body_text
        again = services.offer_to_review(profile.person, axes=[2], keywords=[], experience="Ahora sí.")
        assert (again.id, again.state, again.axes) == (profile.id, RosterState.OFFERED, [2])

    def test_one_place_each_and_one_answer(self, session: Session, officer: User) -> None:
        profile = on_roster(officer)
        with pytest.raises(AlreadyOnRoster):
            services.offer_to_review(profile.person, axes=[1], keywords=[], experience="Otra vez.")
        with acting_as(officer_actor(officer)), pytest.raises(IllegalTransition):
            services.decline(profile, "Tarde.")

    def test_a_duty_that_does_not_go_with_reviewing_is_refused(self, session: Session, officer: User) -> None:
        profile = services.offer_to_review(make_user(Role.TREASURER), axes=[1], keywords=[], experience="Cuentas.")
        with acting_as(officer_actor(officer)), pytest.raises(RolesIncompatible):
            services.admit(profile)

    def test_a_place_read_by_its_number_is_decided_too(self, session: Session, officer: User) -> None:
        number = offer().id
        session.expunge_all()  # as a request reads it: with its person, in one question
        profile = queries.profile_by_id(number)
        assert profile is not None
        with acting_as(officer_actor(officer)):
            assert services.admit(profile).state == RosterState.ADMITTED


class TestDraw:
    def test_a_lot_read_by_its_number_is_drawn_too(self, session: Session, clock: FrozenClock, officer: User) -> None:
        for name in ("Ada", "Bea", "Eva"):
            on_roster(officer, name)
        call = reviewable(clock, officer)
        with acting_as(officer_actor(officer)):
            number = services.commit_committee_draw(call, seats=2, source=SOURCE).id
            session.expunge_all()
            found = queries.draw_by_id(number)
            assert found is not None
            assert len(services.draw_committee(found, AZAR)) == 2

    def test_the_pool_holds_who_may_judge_the_call(self, session: Session, clock: FrozenClock, officer: User) -> None:
        call = reviewable(clock, officer)
        call.axes = [1, 2]
        able, other_axis, any_of = on_roster(officer), on_roster(officer, axes=(5,)), on_roster(officer, axes=(2, 5))
        payer, left = on_roster(officer), on_roster(officer)
        services.name_paying_organisations(call, [make_organisation(payer.person).id])
        services.leave_roster(left)
        offer("Sin respuesta")
        assert {one.id for one in queries.pool_of(call)} == {able.id, any_of.id}
        assert other_axis.code not in {one.code for one in queries.pool_of(call)}

    def test_who_applies_is_not_in_the_pool(self, session: Session, clock: FrozenClock, officer: User) -> None:
        call, (application, _other) = closed_call(clock, applications=2)
        profile = services.offer_to_review(application.applicant, axes=[1], keywords=[], experience="Bailo.")
        with acting_as(officer_actor(officer)):
            services.admit(profile)
        assert queries.pool_of(call) == []

    def test_the_first_of_the_lot_are_seated_and_told(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        call = reviewable(clock, officer)
        everybody = [on_roster(officer, f"Persona {number}") for number in range(5)]
        found, seated = drawn(call, officer, seats=3)
        order = sorted(found.places, key=lambda code: found.places[code])
        assert sorted(order) == sorted(one.code for one in everybody)
        assert [one.code for one in seated] == order[:3] == found.called
        panel = scoring_queries.panel_of_call(call.slug)
        assert panel is not None
        assert [seat.reviewer_id for seat in scoring_queries.seats_of_panel(panel)] == [one.user_id for one in seated]
        told = session.query(OutboxMessage).filter_by(about="grants.roster_drawn").order_by(OutboxMessage.id).all()
        assert [letter.to for letter in told] == [one.person.email for one in seated]

    def test_who_left_between_promise_and_lot_is_passed_over(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        call = reviewable(clock, officer)
        for number in range(4):
            on_roster(officer, f"Persona {number}")
        with acting_as(officer_actor(officer)):
            found = services.commit_committee_draw(call, seats=2, source=SOURCE)
        gone = queries.people_by_code(found.labels)[found.labels[0]]
        services.leave_roster(gone)
        with acting_as(officer_actor(officer)):
            seated = services.draw_committee(found, AZAR)
        assert gone not in seated
        assert len(seated) == 2
        place = found.places[gone.code]
        last = max(found.places[one.code] for one in seated)
        assert found.passed_over == ({gone.code: services.OFF_ROSTER} if place < last else {})

    def test_the_next_takes_the_place_of_who_leaves(self, session: Session, clock: FrozenClock, officer: User) -> None:
        call = reviewable(clock, officer)
        for number in range(3):
            on_roster(officer, f"Persona {number}")
        found, seated = drawn(call, officer, seats=2)
        with acting_as(officer_actor(officer)):
            with pytest.raises(SeatsFull):
                services.call_next(found)
            panel = scoring_queries.panel_of_call(call.slug)
            assert panel is not None
            seat = scoring_queries.seat_of(panel, seated[0].user_id)
            assert seat is not None
            scoring.unseat_reviewer(seat, reason="No puede.")
            assert services.call_next(found).code == min(
                set(found.labels) - {one.code for one in seated}, key=lambda code: found.places[code]
            )
            scoring.unseat_reviewer(scoring_queries.seats_of_panel(panel)[0], reason="Tampoco.")
            with pytest.raises(NobodyLeft):
                services.call_next(found)

    def test_what_cannot_be_promised_or_drawn_is_refused(
        self, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        call, _found = closed_call(clock, applications=1)
        with acting_as(officer_actor(officer)):
            with pytest.raises(NoPanel):
                services.commit_committee_draw(call, seats=1, source=SOURCE)
            services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
            with pytest.raises(TooFewOnRoster):
                services.commit_committee_draw(call, seats=1, source=SOURCE)
        on_roster(officer)
        with acting_as(officer_actor(officer)):
            found = services.commit_committee_draw(call, seats=1, source=SOURCE)
            with pytest.raises(DrawWaiting):
                services.commit_committee_draw(call, seats=1, source=SOURCE)
            with pytest.raises(RandomnessMissing):
                services.draw_committee(found, "  ")
            services.draw_committee(found, AZAR)
            with pytest.raises(DrawDone):
                services.draw_committee(found, "otro")

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE committee_draw SET randomness = 'otro'",
            "UPDATE committee_draw SET places = '{}'",
            "UPDATE committee_draw SET labels = '[]'",
            "UPDATE committee_draw SET seats = 9",
            "UPDATE committee_draw SET secret = 'x'",
            "UPDATE committee_draw SET drawn_at = NULL, randomness = NULL",
            "DELETE FROM committee_draw",
        ],
    )
    def test_the_database_keeps_a_lot_as_it_fell(
        self, session: Session, clock: FrozenClock, officer: User, tampering: str
    ) -> None:
        call = reviewable(clock, officer)
        on_roster(officer)
        drawn(call, officer, seats=1)
        session.commit()
        with pytest.raises(DBAPIError, match="fixed once committed"):
            session.execute(text(tampering))


class TestPages:
    def test_the_published_program_repeats_the_published_lot(
        self, client: FlaskClient, session: Session, clock: FrozenClock, officer: User, tmp_path: Path
    ) -> None:
        call = reviewable(clock, officer)
        names = [f"Nombre Reservado{number}" for number in range(4)]
        for name in names:
            on_roster(officer, name)
        found, _seated = drawn(call, officer, seats=2)
        session.commit()
        page = client.get(f"/es/convocatorias/{call.slug}/comite").get_data(as_text=True)
        assert all(code in page for code in found.labels)
        assert not any(name in page for name in names)
        answer = client.get(f"/es/convocatorias/{call.slug}/comite/sorteo-1.json")
        file = tmp_path / "lot.json"
        file.write_bytes(answer.get_data())
        assert not any(name in answer.get_data(as_text=True) for name in names)
        said = subprocess.run(
            [sys.executable, "-", str(file)], input=PROGRAM.read_text(), capture_output=True, text=True, check=True
        ).stdout
        assert [line.split()[1] for line in said.splitlines()] == sorted(found.places, key=lambda c: found.places[c])
        lot = json.loads(file.read_text())
        one, other = sorted(lot["places"])[:2]  # two places change hands: other randomness may give the same order
        lot["places"] |= {one: lot["places"][other], other: lot["places"][one]}
        file.write_text(json.dumps(lot))
        broken = subprocess.run([sys.executable, "-", str(file)], input=PROGRAM.read_text(), text=True, check=False,
                                capture_output=True)  # fmt: skip
        assert broken.returncode == 1
        assert len(PROGRAM.read_text().splitlines()) <= 20

    def test_a_promise_keeps_its_secret(
        self, client: FlaskClient, session: Session, clock: FrozenClock, officer: User
    ) -> None:
        call = reviewable(clock, officer)
        on_roster(officer)
        with acting_as(officer_actor(officer)):
            found = services.commit_committee_draw(call, seats=1, source=SOURCE)
        session.commit()
        told = client.get(f"/es/convocatorias/{call.slug}/comite/sorteo-1.json").get_json()
        assert told["commitment"] == found.commitment
        assert "secret" not in told
        promised_page = client.get(f"/es/convocatorias/{call.slug}/comite").get_data(as_text=True)
        assert found.secret not in promised_page
        assert "None" not in promised_page

    def test_a_person_offers_and_staff_answers(
        self, client: FlaskClient, login: Callable[..., User], session: Session
    ) -> None:
        person = login(Role.APPLICANT)
        answer = client.post("/es/evaluar/mi-lugar", data={"experience": "Diez años.", "keywords": "Danza, danza,Arte"})
        assert answer.status_code == 422
        assert "Elige al menos un eje." in answer.get_data(as_text=True)
        assert "Diez años." in answer.get_data(as_text=True)
        data = {"experience": "Diez años.", "keywords": "Danza, danza,Arte", "axes": ["1", "2"], "independent": "y"}
        assert client.post("/es/evaluar/mi-lugar", data=data).status_code == 303
        profile = queries.profile_of(person.id)
        assert profile is not None
        assert (profile.axes, profile.keywords) == ([1, 2], ["danza", "arte"])
        number = profile.id
        login(Role.PROGRAMME_OFFICER)
        listed = client.get("/es/programa/padron?estado=offered").get_data(as_text=True)
        assert profile.code in listed
        assert client.post(f"/es/programa/padron/{number}", data={}).status_code == 422
        assert client.post(f"/es/programa/padron/{number}", data={"accion": "admitir"}).status_code == 303
        session.expire_all()
        assert session.get_one(ReviewerProfile, number).state is RosterState.ADMITTED
        again = client.post(f"/es/programa/padron/{number}", data={"accion": "admitir"})
        assert again.status_code == 409

    def test_staff_draw_a_committee(
        self, client: FlaskClient, login: Callable[..., User], session: Session, clock: FrozenClock, officer: User
    ) -> None:
        call = reviewable(clock, officer)
        for number in range(3):
            on_roster(officer, f"Persona {number}")
        session.commit()
        login(Role.PROGRAMME_OFFICER)
        place = f"/es/programa/{call.slug}/comite/sorteos"
        assert "3 personas del padrón" in client.get(place).get_data(as_text=True)
        assert client.post(place, data={"seats": "9", "source": SOURCE}).status_code == 409
        assert client.post(place, data={"seats": "dos", "source": SOURCE}).status_code == 422
        assert client.post(place, data={"seats": "2", "source": SOURCE}).status_code == 303
        found = session.query(CommitteeDraw).one()
        assert client.post(f"{place}/{found.id}", data={"randomness": ""}).status_code == 422
        assert client.post(f"{place}/{found.id}", data={"randomness": AZAR}).status_code == 303
        assert client.post(f"{place}/{found.id}", data={"randomness": AZAR}).status_code == 409
        assert client.post(f"{place}/{found.id}/siguiente").status_code == 409
        assert "Persona" in client.get(place).get_data(as_text=True)

    def test_leaving_asks_first(self, client: FlaskClient, login: Callable[..., User], session: Session) -> None:
        person = login(Role.APPLICANT)
        assert client.get("/es/evaluar/mi-lugar/salir").status_code == 404
        services.offer_to_review(person, axes=[1], keywords=[], experience="Algo.")
        session.commit()
        assert client.get("/es/evaluar/mi-lugar/salir").status_code == 200
        assert client.post("/es/evaluar/mi-lugar/salir").status_code == 303
        profile = queries.profile_of(person.id)
        assert profile is not None
        assert profile.state is RosterState.LEFT
