"""Dossiers: what would tell a name holds them back, a person clears them, and they go over without one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.clock import FrozenClock, now
from core.context import SYSTEM, acting_as
from core.database import session
from core.errors import Forbidden
from core.files import StoredFile, read
from core.roles import Role
from grants import services
from grants.errors.awards import (
    DossierLocked,
    FindingNotText,
    FindingsOpen,
    FindingUnknown,
    NoPanel,
    PassageNotFound,
)
from grants.models import BlindClearing, CoApplicant
from grants.queries import dossiers as dossier_queries
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.screening import ClearingState
from scoring import queries as scoring_queries
from scoring.models import Dossier
from tests.factories import awards as make
from tests.factories.accounts import make_organisation, make_user
from tests.factories.grants import make_draft_application, make_open_call

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def officer(clock: FrozenClock) -> Any:
    return make_user(Role.PROGRAMME_OFFICER)


def one_dossier(clock: FrozenClock, **more: Any) -> BlindClearing:
    call = make_open_call()
    make.apply(call, **more)
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    return session().scalars(select(BlindClearing)).one()


@pytest.mark.parametrize(
    ("answers", "portfolio", "where"),
    [
        ({"title": "La gira de Tzompantzi"}, None, "title"),
        ({"summary": "Con la maestra xochitl."}, None, "summary"),
        ({"purpose": "Escríbeme a x.tz@correo.mx"}, None, "sections.0.fields.0"),
        ({"benefit": "Vuelve el taller de tzompantzi."}, None, "sections.0.fields.1"),
        ({}, ("Obra de Xóchitl",), "files.0.pages.1"),
        ({}, ("Sígueme: @xochitl",), "files.0.pages.1"),
    ],
)
def test_trace_planted_in_any_channel_holds_the_dossier_back(
    clock: FrozenClock, officer: Any, answers: dict[str, str], portfolio: tuple[str, ...] | None, where: str
) -> None:
    clearing = one_dossier(
        clock,
        name="Xóchitl Tzompantzi Ruelas",
        answers=answers,
        portfolio=make.written_pdf(*portfolio, author="Xóchitl Tzompantzi") if portfolio else None,
    )
    assert [trace["where"] for trace in clearing.findings] == [where]
    with acting_as(make.officer_actor(officer)):
        assert services.clear_clean_dossiers(clearing.call) == 0
        with pytest.raises(FindingsOpen):
            services.clear_dossier(clearing)
        services.open_review(clearing.call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
        assert services.hand_over_dossiers(clearing.call) == 0
    assert session().scalars(select(Dossier)).all() == []


def test_trace_planted_in_the_journey_holds_the_dossier_back(clock: FrozenClock) -> None:
    call = make_open_call()
    application = make.apply(call, name="Xóchitl Tzompantzi Ruelas")
    application.itinerary = [{**application.itinerary[0], "city": "Casa Tzompantzi", "host": "Madame Lenoir"}]
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    (clearing,) = session().scalars(select(BlindClearing)).all()
    assert [trace["matched"] for trace in clearing.findings] == ["Tzompantzi"]
    assert "Lenoir" not in str(clearing.content)
    services.redact_finding(clearing, 0)
    assert "Tzompantzi" not in str(clearing.content)
    assert clearing.open_findings == 0


def test_companions_and_colleagues_are_searched_for_too(clock: FrozenClock) -> None:
    call = make_open_call()
    colleague = make_user(name="Bernabé Cuauhtli Oropeza")
    applicant = make_user(name="Rosaura Ixchel Domínguez")
    body = make_organisation(applicant, colleague, name="Danza Tepozán A.C.")
    application = make_draft_application(
        call,
        applicant,
        kind="organisation",
        organisation=body,
        answers={
            "public_name": "Tepozán Danza",
            "members": "Eulalia Citlalmina, luces\nRosaura, dirección",
            "purpose": "Bernabé, Eulalia, Hermenegildo y tepozán.",
        },
    )
    session().add(CoApplicant(application_id=application.id, name="Hermenegildo Pasos Uc", email="h@x.test"))
    services.submit_application(application)
    make.close(call, clock)
    services.screen_applications(call)
    services.prepare_dossiers(call)
    (clearing,) = session().scalars(select(BlindClearing)).all()
    assert [trace["matched"] for trace in clearing.findings] == ["Bernabé", "Eulalia", "Hermenegildo", "tepozán"]


def test_file_goes_over_regenerated_and_renamed(clock: FrozenClock, officer: Any) -> None:
    portfolio = make.written_pdf("Registro de obra", author="Xóchitl Tzompantzi")
    clearing = one_dossier(clock, name="Xóchitl Tzompantzi Ruelas", portfolio=portfolio)
    assert clearing.open_findings == 0
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
        services.open_review(clearing.call, review_opens_at=now(), review_closes_at=now() + timedelta(days=9))
        services.hand_over_dossiers(clearing.call)
    dossier = session().scalars(select(Dossier)).one()
    (attached,) = dossier.files
    stored = session().get_one(StoredFile, attached.stored_file_id)
    assert (attached.label, stored.original_name) == ("Anexo 1", "anexo-1.pdf")
    assert "tzompantzi" not in f"{stored.key}{dossier.content}{dossier.code}".casefold()
    assert b"Tzompantzi" not in read(stored)
    assert b"X\xf3chitl" not in read(stored)
    application = clearing.application
    assert application.folio is not None
    assert application.folio not in str(dossier.content) + dossier.code
    assert application.state is ApplicationState.IN_REVIEW


def test_only_blind_safe_files_are_looked_at(clock: FrozenClock) -> None:
    assert one_dossier(clock).files == []  # the letter of invitation is identifying


def test_picture_waits_for_eyes(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock, portfolio=make.written_pdf(" "))
    assert [trace["kind"] for trace in clearing.findings] == ["unreadable"]
    with acting_as(make.officer_actor(officer)), pytest.raises(FindingNotText):
        services.redact_finding(clearing, 0)
    services.dismiss_finding(clearing, 0, reason="Es una página en blanco.")
    with acting_as(make.officer_actor(officer)):
        assert services.clear_dossier(clearing).state is ClearingState.CLEARED


def test_redacting_blacks_out_and_searches_again(clock: FrozenClock) -> None:
    clearing = one_dossier(
        clock, name="Xóchitl Tzompantzi Ruelas", answers={"purpose": "Yo, Xóchitl, con Ruelas padre."}
    )
    services.dismiss_finding(clearing, 1, reason="Es el apellido de un autor citado.")
    services.redact_finding(clearing, 0)
    assert [(t["matched"], t["dismissed"]) for t in clearing.findings] == [
        ("Ruelas", "Es el apellido de un autor citado.")
    ]
    assert "Yo, █████, con Ruelas padre." in str(clearing.content)
    assert clearing.open_findings == 0
    with pytest.raises(FindingUnknown):
        services.redact_finding(clearing, 0)


def test_a_passage_that_stands_nowhere_is_not_said_to_be_blacked_out(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    before = clearing.content
    with pytest.raises(PassageNotFound):
        services.redact_passage(clearing, "Nadie escribió esto")
    assert clearing.content == before


def test_dossier_is_cleared_by_a_person_never_by_a_program(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    with acting_as(SYSTEM), pytest.raises(Forbidden):
        services.clear_dossier(clearing)
    session().rollback()


def test_database_refuses_a_cleared_dossier_with_findings(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock, answers={"summary": "Soy Juana."})
    clearing.state, clearing.cleared_at, clearing.cleared_by_id = ClearingState.CLEARED, now(), officer.id
    with pytest.raises(IntegrityError):
        session().flush()
    session().rollback()


def test_cleared_dossier_is_locked(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock)
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
    for act in (
        lambda: services.redact_passage(clearing, "puerto"),
        lambda: services.exclude_file(clearing, 0, reason="x"),
        lambda: services.clear_dossier(clearing),
    ):
        with pytest.raises(DossierLocked):
            act()


def test_preparing_twice_adds_nothing(clock: FrozenClock) -> None:
    clearing = one_dossier(clock)
    tally = services.prepare_dossiers(clearing.call)
    assert (tally.prepared, tally.with_findings) == (0, 0)


def test_preparing_sends_no_more_selects_for_more_applications(clock: FrozenClock, count_queries: Any) -> None:
    counts = []
    for number in (1, 4):
        call, _found = make.closed_call(clock, applications=number)
        services.screen_applications(call)
        session().commit()
        with count_queries() as sent:
            services.prepare_dossiers(call)
        counts.append(sum(statement.lstrip().startswith("SELECT") for statement in sent))
    assert counts[0] == counts[1]


def test_nothing_is_handed_over_without_a_committee(clock: FrozenClock, officer: Any) -> None:
    clearing = one_dossier(clock)
    with acting_as(make.officer_actor(officer)):
        services.clear_dossier(clearing)
        with pytest.raises(NoPanel):
            services.hand_over_dossiers(clearing.call)


def test_codes_do_not_follow_the_order_of_folios(clock: FrozenClock, officer: Any) -> None:
    call, found = make.under_review(clock, officer, applications=8, reviewers=3)
    by_code = {clearing.dossier_code: clearing.application_id for clearing in session().scalars(select(BlindClearing))}
    numbers = [by_code[dossier.code] for dossier in session().scalars(select(Dossier).order_by(Dossier.id))]
    assert sorted(numbers) == [application.id for application in found]
    assert numbers != sorted(numbers)  # one chance in 40,320 of failing
    assert call.state is CallState.REVIEW


def test_withdrawn_application_leaves_the_review(clock: FrozenClock, officer: Any) -> None:
    _call, found = make.under_review(clock, officer, applications=2)
    code = dossier_queries.clearing_of(found[0])
    assert code is not None
    services.withdraw_application(found[0], "Cambió mi viaje.")
    dossier = scoring_queries.dossier_by_code(str(code.dossier_code))
    assert dossier is not None
    assert dossier.withdrawn_at == now()
    assert "Cambió" not in str(dossier.withdrawn_reason)
    assert code.state is ClearingState.WITHDRAWN
