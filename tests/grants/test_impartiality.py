"""Nobody decides their own case: applicant, companion or member, at every decision, and the page offers none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import User
from accounts.services import add_member
from core.clock import FrozenClock, now
from core.context import acting_as
from core.database import session
from core.jobs import run_due
from core.roles import Role
from grants import services
from grants.errors.awards import OwnCase, OwnCaseInCall
from grants.models import Application, CoApplicant
from grants.queries import appeals as appeal_queries
from grants.queries import determinations as queries
from grants.queries import dossiers as dossier_queries
from grants.queries import screening as screening_queries
from grants.states.application import ApplicationState
from grants.states.screening import ClearingState, ScreeningVerdict
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.models import ConflictDeclaration, PanelSeat
from scoring.states import AssignmentState
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user, sign_in_as
from tests.factories.grants import make_draft_application, make_open_call

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER, Role.APPLICANT, name="Rebeca Officer Zárate")


@pytest.fixture
def other(clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


def make_applicant(application: Application, officer: User) -> None:
    application.applicant = officer


def make_companion(application: Application, officer: User) -> None:
    session().add(CoApplicant(application_id=application.id, name=officer.name, email=officer.email))


def make_member(application: Application, officer: User) -> None:
    body = make_organisation(application.applicant, officer)
    application.kind, application.organisation = application.kind.__class__("organisation"), body


STAKES = [make_applicant, make_companion, make_member]


@pytest.mark.parametrize("stake", STAKES)
def test_officer_with_a_stake_does_not_screen(
    clock: FrozenClock, officer: User, other: User, stake: Callable[[Application, User], None]
) -> None:
    call, (mine, theirs) = make.closed_call(clock, applications=2)
    stake(mine, officer)
    session().flush()
    with acting_as(make.officer_actor(officer)):
        for decide in (
            lambda: services.screen_application(mine, verdict=ScreeningVerdict.ELIGIBLE),
            lambda: services.request_cure(mine, what="Falta la carta."),
        ):
            with pytest.raises(OwnCase) as refusal:
                decide()
            assert str(mine.folio) in refusal.value.message()
        tally = services.screen_applications(call)
    assert (tally.eligible, tally.waiting) == (1, 1)
    assert (mine.state, theirs.state) == (ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE)
    with acting_as(make.officer_actor(other)):
        services.screen_application(mine, verdict=ScreeningVerdict.ELIGIBLE)


def test_officer_with_a_stake_does_not_clear(clock: FrozenClock, officer: User, other: User) -> None:
    call, (mine, theirs) = make.closed_call(clock, applications=2)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    make_companion(mine, officer)
    session().flush()
    clearing = dossier_queries.clearing_of(mine)
    assert clearing is not None
    with acting_as(make.officer_actor(officer)):
        for decide in (
            lambda: services.clear_dossier(clearing),
            lambda: services.redact_passage(clearing, "jarocho"),
            lambda: services.exclude_file(clearing, 0, reason="Porque sí."),
        ):
            with pytest.raises(OwnCase):
                decide()
        assert services.clear_clean_dossiers(call) == 1
    assert clearing.state is ClearingState.AWAITING
    with acting_as(make.officer_actor(other)):
        assert services.clear_clean_dossiers(call) == 1
    assert theirs.state is ApplicationState.ELIGIBLE


def test_officer_with_a_stake_decides_no_result(clock: FrozenClock, officer: User, other: User) -> None:
    call, (mine, *_rest) = make.ranked(clock, other, applications=3)
    make_companion(mine, officer)
    session().flush()
    with acting_as(make.officer_actor(officer)), pytest.raises(OwnCaseInCall):
        services.prepare_determinations(call)
    services.prepare_determinations(call)
    found = queries.determination_of(mine)
    assert found is not None
    assert found.money is not None
    with acting_as(make.officer_actor(officer)), pytest.raises(OwnCase):
        services.record_award(mine, found.money)
    for waiting in queries.awaiting_award(call):
        assert waiting.money is not None
        services.record_award(waiting.application, waiting.money)
    with acting_as(make.officer_actor(officer)), pytest.raises(OwnCaseInCall):
        services.release_determinations(call)
    assert queries.count_released(call) == 0


@pytest.fixture
def released(clock: FrozenClock, officer: User, other: User) -> tuple[Application, Application]:
    """One with support and one that was not selected and objects; the officer has a stake in both."""
    _call, (awarded, refused) = make.released(clock, other, applications=2, marks=[(5, 5, 5, 5), (1, 1, 1, 1)])
    for one in (awarded, refused):
        make_companion(one, officer)
    services.file_appeal(refused, text="Falta un punto.")
    session().commit()
    return awarded, refused


def test_officer_with_a_stake_answers_no_appeal(
    client: FlaskClient, released: tuple[Application, Application], officer: User
) -> None:
    appeal = appeal_queries.appeal_of(released[1])
    assert appeal is not None
    with acting_as(make.officer_actor(officer)), pytest.raises(OwnCase):
        services.admit_appeal(appeal)
    url = f"/es/programa/inconformidades/{appeal.id}"
    sign_in_as(client, officer)
    page = client.get(url).text
    assert "Eres parte de esta solicitud" in page
    assert 'name="outcome"' not in page
    data = {"outcome": "admitted"}
    assert client.post(url, data=data).status_code == 403


def test_officer_with_a_stake_neither_offers_nor_closes_the_award(
    client: FlaskClient, released: tuple[Application, Application], officer: User
) -> None:
    award = queries.award_of(released[0])
    assert award is not None
    with acting_as(make.officer_actor(officer)), pytest.raises(OwnCase):
        services.offer_agreement(award)
    sign_in_as(client, officer)
    page = client.get(f"/es/programa/apoyos/{award.id}").text
    assert "Enviar convenio" not in page
    assert client.post(f"/es/programa/apoyos/{award.id}/convenio").status_code == 403


def test_pages_of_ones_own_case_offer_no_decision(client: FlaskClient, clock: FrozenClock, officer: User) -> None:
    call, (mine, *_rest) = make.closed_call(clock, applications=1)
    make_companion(mine, officer)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    clearing = dossier_queries.clearing_of(mine)
    assert clearing is not None
    session().commit()
    sign_in_as(client, officer)
    pages: list[tuple[str, dict[str, Any]]] = [
        (f"/es/programa/solicitudes/{mine.id}", {"verdict": "eligible", "days": "5"}),
        (f"/es/programa/expedientes/{clearing.id}", {}),
    ]
    for url, data in pages:
        page = client.get(url).text
        assert "Eres parte de esta solicitud" in page
        assert "Guardar veredicto" not in page
        assert "/liberar" not in page
        if data:
            assert client.post(url, data=data).status_code in (403, 409)
    assert client.post(f"{pages[1][0]}/liberar").status_code == 403


def conflicts_of(person: User) -> list[str]:
    query = (
        select(ConflictDeclaration.kind)
        .join(PanelSeat, PanelSeat.id == ConflictDeclaration.seat_id)
        .where(PanelSeat.reviewer_id == person.id)
        .order_by(ConflictDeclaration.id)
    )
    return [str(kind) for kind in session().scalars(query)]


def test_reviewer_who_joins_the_applicants_organisation_is_recused(clock: FrozenClock, other: User) -> None:
    call, (first, *_rest) = make.under_review(clock, other, applications=3, reviewers=4)
    panel = scoring_queries.panel_of_call(call.slug)
    assert panel is not None
    scoring.assign_reviewers(panel)
    clearing = dossier_queries.clearing_of(first)
    assert clearing is not None
    reading = [one for one in scoring_queries.assignments_of_panel(panel) if one.dossier.code == clearing.dossier_code]
    reader = session().get(User, reading[0].seat.reviewer_id)
    assert reader is not None
    make_organisation(first.applicant, reader)
    session().commit()
    assert conflicts_of(reader) == []
    assert run_due() >= 1
    session().expire_all()
    assert conflicts_of(reader) == ["same_organisation"]
    assert reading[0].state is AssignmentState.RECUSED


def test_companion_who_accepted_is_known_by_the_account_whatever_it_is_called_now(
    clock: FrozenClock, other: User
) -> None:
    call = make_open_call()
    friend = make_user(Role.REVIEWER, name="Guadalupe Ocelotl Xicoténcatl", email="lupe@example.org")
    house = make_organisation(friend, name="Casa Ehécatl A.C.")
    colleague = make_user(Role.REVIEWER, name="Ramiro Sandoval Cetina")
    add_member(house, colleague, "viewer")
    answers = {"public_name": "Trío", "purpose": "Con Guadalupe, de Casa Ehécatl."}
    draft = make_draft_application(call, make_user(name="Ana Poot Chablé"), kind="collective", answers=answers)
    companion = services.invite_companion(draft, name="Lupe", email=friend.email)
    services.answer_invitation(companion, friend, accept=True)
    services.submit_application(draft)
    friend.email = "guadalupe@example.org"
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    clearing = dossier_queries.clearing_of(draft)
    assert clearing is not None
    assert [trace["matched"] for trace in clearing.findings] == ["Guadalupe", "Casa Ehécatl"]
    with acting_as(make.officer_actor(other)):
        for index in range(2):
            services.dismiss_finding(clearing, index, reason="Prueba.")
        services.clear_dossier(clearing)
        services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
        for reviewer in (friend, colleague):
            services.seat_reviewer_on(call, reviewer)
        services.hand_over_dossiers(call)
        services.hand_over_conflicts(call)
    assert conflicts_of(friend) == ["other"]
    assert screening_queries.earlier_collaborators([friend]) == {friend.id: frozenset({draft.applicant_user_id})}
    assert conflicts_of(colleague) == ["same_organisation"]


def test_conflicts_are_worked_out_again_before_reviewers_are_assigned(clock: FrozenClock, other: User) -> None:
    call, found = make.under_review(clock, other, applications=1, reviewers=4)
    panel = scoring_queries.panel_of_call(call.slug)
    assert panel is not None
    reviewer = session().get(User, scoring_queries.seats_of_panel(panel)[0].reviewer_id)
    assert reviewer is not None
    make_companion(found[0], reviewer)
    session().flush()
    scoring.assign_reviewers(panel)
    assert conflicts_of(reviewer) == ["earlier_collaboration"]
    assert reviewer.id not in [one.seat.reviewer_id for one in scoring_queries.assignments_of_panel(panel)]
