"""Applications by their services: drafted, sent, sent again, withdrawn, refused."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from accounts.services import add_member, create_organisation
from core.audit import events_of
from core.clock import now
from core.errors import IllegalTransition
from core.files import store_upload
from core.money import Money
from grants import services
from grants.documents.acuse import acuse_pdf
from grants.errors.calls import (
    AlreadyApplied,
    AnswerRefused,
    ApplicationIncomplete,
    CallNotOpen,
    DeadlinePassed,
    EditConflict,
    NotEditable,
    OrganisationNeeded,
    UnknownQuestion,
)
from grants.models import Application
from grants.queries.applications import application_of, drafts_open, standing_application, versions_of
from grants.rules.folio import folio
from grants.services.applications import derived_of, eligibility_of, problems_of, working_content
from grants.services.submission import has_unsent_changes
from grants.states.application import ApplicationState
from grants.states.call import Direction
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.grants import (
    a_journey,
    a_pdf,
    make_draft_application,
    make_open_call,
    make_published_call,
    make_submitted_application,
)

CITY = ZoneInfo("America/Mexico_City")


@pytest.fixture
def call(session, clock):
    return make_open_call()


@pytest.fixture
def user(call):
    return make_user()


@pytest.fixture
def draft(call, user):
    return make_draft_application(call, user)


def test_a_submission_has_folio_time_and_fingerprint(session, clock, draft, user):
    clock.set(datetime(2026, 3, 5, 18, 30, 15, 400_000, tzinfo=CITY))
    acuse = services.submit_application(draft)
    assert acuse.folio == folio(2026, int(acuse.folio.split("-")[2]))
    assert acuse.submitted_at == datetime(2026, 3, 6, 0, 30, 15, tzinfo=UTC)
    (version,) = versions_of(draft)
    assert hashlib.sha256(version.content.encode()).hexdigest() == acuse.sha256 == draft.content_sha256
    sealed = json.loads(version.content)
    assert sealed["answers"]["title"] == "Son jarocho en el puerto"
    assert sealed["files"][0]["name"] == "carta.pdf"
    assert sealed["requested_cents"] == draft.requested_cents == 4_278_500
    assert (draft.axis, draft.region, draft.gender, draft.first_time) == (1, "europe", "woman", True)
    letter = session.scalar(select(OutboxMessage).where(OutboxMessage.about == "grants.acuse"))
    assert (letter.to, letter.subject) == (user.email, f"Recibimos tu solicitud {acuse.folio}")
    assert acuse.sha256 in letter.body_text
    assert [event.action for event in events_of("application", draft.id)] == [
        "application.started",
        "application.file_attached",
        "application.submitted",
    ]


def test_the_year_of_a_folio_is_the_citys(session, clock):
    call = make_open_call(closes_at=datetime(2027, 1, 15, 23, 59, 59, tzinfo=CITY))
    draft = make_draft_application(call, make_user())
    clock.set(datetime(2026, 12, 31, 23, 0, tzinfo=CITY))  # 2027 in UTC
    assert services.submit_application(draft).folio.startswith("MOV-2026-")


def test_the_last_second_is_in_time_and_the_next_is_late(session, clock, call):
    on_time, late = (make_draft_application(call, make_user()) for _turn in range(2))
    closes = call.closes_at.astimezone(CITY)
    assert (closes.hour, closes.minute, closes.second) == (23, 59, 59)
    assert call.closes_at.date() == closes.date() + timedelta(days=1)  # the city's evening is UTC's next day
    clock.set(closes.replace(microsecond=999_999))
    assert services.submit_application(on_time).submitted_at == call.closes_at
    session.commit()
    clock.set(closes + timedelta(seconds=1))
    with pytest.raises(DeadlinePassed) as refused:
        services.submit_application(late)
    assert "23:59:59" in refused.value.message()
    session.rollback()
    assert late.state is ApplicationState.DRAFT
    assert late.answers["title"] == "Son jarocho en el puerto"
    services.save_draft(late, answers={"title": "Para otra vez"})  # a person's text stays theirs
    assert late.title == "Para otra vez"


def test_draft_may_be_sent_for_the_whole_last_second(session, clock, call, user, draft):
    for passed, waiting in ((timedelta(0), 1), (timedelta(milliseconds=999), 1), (timedelta(seconds=1), 0)):
        clock.set(call.closes_at + passed)
        assert drafts_open(user.id, now()) == waiting


def test_nothing_starts_outside_the_window(session, clock, call):
    early = make_published_call()
    with pytest.raises(CallNotOpen):
        services.start_application(early, make_user(), kind="person")
    clock.set(call.closes_at + timedelta(seconds=1))
    with pytest.raises(CallNotOpen):
        services.start_application(call, make_user(), kind="person")


def test_sending_twice_with_nothing_changed_is_one_submission(session, clock, draft):
    first = services.submit_application(draft)
    clock.advance(minutes=5)
    assert services.submit_application(draft) == first
    assert len(versions_of(draft)) == 1
    assert len(session.scalars(select(OutboxMessage).where(OutboxMessage.about == "grants.acuse")).all()) == 1


def test_sending_again_replaces_and_keeps_the_history(session, clock, draft):
    first = services.submit_application(draft)
    clock.advance(days=1)
    services.save_draft(draft, answers={"title": "Versión corregida"})
    assert draft.answers["title"] == "Son jarocho en el puerto"  # what was sent stands until it is sent again
    assert draft.title == "Versión corregida"
    assert has_unsent_changes(draft)
    second = services.submit_application(draft)
    assert (second.folio, second.number) == (first.folio, 2)
    assert second.sha256 != first.sha256
    assert draft.answers["title"] == "Versión corregida"
    assert not has_unsent_changes(draft)
    assert [version.sha256 for version in versions_of(draft)] == [first.sha256, second.sha256]


def test_direction_of_what_was_sent_changes_only_when_it_is_sent_again(session, clock, user):
    draft = make_draft_application(make_open_call(direction="both"), user)
    first = services.submit_application(draft)
    home = a_journey(origin_country="FR", origin_city="Marsella", country="MX", city="Ciudad de México")
    services.save_draft(draft, itinerary=home, direction="inbound")
    assert (draft.direction, working_content(draft).direction) == (Direction.OUTBOUND, Direction.INBOUND)
    assert problems_of(draft) == []
    second = services.submit_application(draft)
    assert draft.direction is Direction.INBOUND
    assert [json.loads(version.content)["direction"] for version in versions_of(draft)] == ["outbound", "inbound"]
    assert second.sha256 != first.sha256


def test_unsent_changes_do_not_count_after_the_deadline(session, clock, draft):
    first = services.submit_application(draft)
    services.save_draft(draft, answers={"title": "Nunca enviada"})
    clock.set(draft.call.closes_at + timedelta(seconds=1))
    with pytest.raises(DeadlinePassed):
        services.submit_application(draft)
    with pytest.raises(NotEditable):
        services.save_draft(draft, answers={"title": "Tarde"})
    assert draft.answers["title"] == "Son jarocho en el puerto"
    assert draft.content_sha256 == first.sha256


def test_files_join_a_submission_only_when_it_is_sent(session, clock, draft):
    services.submit_application(draft)
    replacement = services.attach_file(draft, "invitation", store_upload(a_pdf(2), "nueva.pdf", purpose="application"))
    assert [a.stored_file.original_name for a in draft.submitted_attachments] == ["carta.pdf"]
    assert [a.stored_file.original_name for a in draft.current_attachments] == ["nueva.pdf"]
    services.submit_application(draft)
    assert [a.stored_file.original_name for a in draft.submitted_attachments] == ["nueva.pdf"]
    services.detach_file(replacement)
    with pytest.raises(ApplicationIncomplete):
        services.submit_application(draft)
    assert [a.stored_file.original_name for a in draft.submitted_attachments] == ["nueva.pdf"]


def test_every_problem_is_named_in_order(session, clock, call, user):
    empty = services.start_application(call, user, kind="person")
    with pytest.raises(ApplicationIncomplete) as refused:
        services.submit_application(empty)
    problems = refused.value.problems
    assert [problem.step for problem in problems] == (
        ["quien"] * 6 + ["proyecto"] * 6 + ["itinerario"] + ["presupuesto"] + ["documentos"]
    )
    assert problems[0].field == "q_public_name"
    assert problems[-1].text() == "Falta el archivo «Carta de invitación»."


def test_one_application_each(session, clock, call, user, draft):
    with pytest.raises(AlreadyApplied) as refused:
        services.start_application(call, user, kind="collective")
    assert refused.value.application_id == draft.id
    services.withdraw_application(draft, "Cambio de planes")
    again = services.start_application(call, user, kind="collective")
    assert standing_application(call, user.id) is again


def test_the_database_holds_one_place_each(session, clock, call, user, draft):
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO application (call_id, applicant_user_id, kind, state, answers, itinerary, budget, edits,"
                " requested_cents, currency, direction, version, submissions, created_at, updated_at)"
                " SELECT call_id, applicant_user_id, kind, state, answers, itinerary, budget, edits,"
                " requested_cents, currency, direction, version, submissions, created_at, updated_at FROM application"
            )
        )
    session.rollback()


def test_an_organisation_has_one_place_and_its_editors_write(session, clock, call):
    owner, editor, viewer, stranger = (make_user() for _turn in range(4))
    body = create_organisation(name="Festival del Canal", kind="civil_society")
    for person, role in ((owner, "owner"), (editor, "editor"), (viewer, "viewer")):
        add_member(body, person, role)
    for person in (viewer, stranger):
        with pytest.raises(OrganisationNeeded):
            services.start_application(call, person, kind="organisation", organisation=body)
    with pytest.raises(OrganisationNeeded):
        services.start_application(call, owner, kind="organisation")
    application = make_draft_application(call, owner, kind="organisation", organisation=body)
    with pytest.raises(AlreadyApplied):
        services.start_application(call, editor, kind="organisation", organisation=body)
    assert application_of(editor.id, application.id, editing=True) is application
    assert application_of(viewer.id, application.id) is application
    assert application_of(viewer.id, application.id, editing=True) is None
    assert application_of(stranger.id, application.id) is None


def test_a_save_does_not_overwrite_another_page(session, clock, draft):
    def save(title, version, edition):
        services.save_draft(draft, answers={"title": title}, expected_version=version, edition=edition, step="proyecto")

    save("Base", draft.version, "first")
    read_at = draft.version
    save("De Ana", read_at, "ana")
    with pytest.raises(EditConflict) as refused:
        save("De Beto", read_at, "beto")
    assert refused.value.theirs["answers"]["title"] == "De Ana"
    assert draft.title == "De Ana"
    save("De Ana, otra", read_at, "ana")  # the same page goes on saving
    services.save_draft(draft, answers={"host": "x"}, expected_version=read_at, edition="beto", step="quien")
    save("De Beto", draft.version, "beto")  # having seen both, Beto decides
    assert draft.title == "De Beto"


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"nope": "x"}, UnknownQuestion),
        ({"invitation": "x"}, UnknownQuestion),
        ({"summary": "x" * 20_001}, AnswerRefused),
        ({"axis": "77"}, AnswerRefused),
        ({"title": ["a"]}, AnswerRefused),
        ({"visas": "3"}, AnswerRefused),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(session, clock, draft, answers, refusal):
    before = dict(draft.answers)
    with pytest.raises(refusal):
        services.save_draft(draft, answers={"host": "Nuevo", **answers})
    assert draft.answers == before


def test_the_budget_follows_what_is_typed_and_stops_at_the_cap(session, clock):
    call = make_open_call(cap_per_award=Money(3_000_000, "MXN"))
    draft = make_draft_application(call, make_user())
    assert [line["rule"] for line in draft.budget] == ["per_diem", "travel"]
    derived = derived_of(draft)
    assert (derived.total, derived.requested, derived.is_over_cap) == (
        Money(4_278_500, "MXN"),
        Money(3_000_000, "MXN"),
        True,
    )
    services.save_draft(draft, budget={"green": "yes", "visas": 1})
    assert [line["rule"] for line in draft.budget] == ["per_diem", "travel", "green", "visa"]
    assert draft.requested_cents == 3_000_000


def test_a_collective_is_two_or_more(session, clock, call):
    alone = make_draft_application(call, make_user(), kind="collective", answers={"people": 1})
    assert [problem.field for problem in problems_of(alone)] == ["q_people"]


def test_requirements_are_judged_again_and_shown(session, clock, call):
    away = make_draft_application(call, make_user(), answers={"alcaldia": "elsewhere"})
    assert [reason.rule for reason in eligibility_of(away).failed] == ["residence"]
    assert services.submit_application(away).number == 1  # people screen, not the form


def test_withdrawing_frees_the_place_and_keeps_the_record(session, clock, draft):
    services.submit_application(draft)
    services.withdraw_application(draft, "No conseguí visa")
    assert (draft.state, draft.withdrawal_reason) == (ApplicationState.WITHDRAWN, "No conseguí visa")
    assert len(versions_of(draft)) == 1
    for forbidden in (services.submit_application, services.withdraw_application):
        with pytest.raises(IllegalTransition):
            forbidden(draft, *([] if forbidden is services.submit_application else [""]))
    with pytest.raises(NotEditable):
        services.save_draft(draft, answers={"title": "x"})


def test_a_cancelled_call_takes_nothing(session, clock, draft):
    services.cancel_call(draft.call, "Sin fondos.")
    with pytest.raises(CallNotOpen):
        services.submit_application(draft)
    with pytest.raises(NotEditable):
        services.save_draft(draft, answers={"title": "x"})


@pytest.mark.parametrize(
    "statement", ["UPDATE application_version SET content = '{}'", "DELETE FROM application_version"]
)
def test_what_was_sent_is_never_changed(session, clock, draft, statement):
    services.submit_application(draft)
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_the_acuse_is_the_same_bytes_every_time(session, clock, draft):
    services.submit_application(draft)
    (version,) = versions_of(draft)
    once = acuse_pdf(draft, version, "es")
    clock.advance(days=3)
    assert acuse_pdf(draft, version, "es") == once
    assert acuse_pdf(draft, version, "en") != once


def test_submitting_costs_the_same_with_many_applications(session, clock, call, count_queries):
    def cost():
        draft = make_draft_application(call, make_user())
        session.flush()
        session.expire(call, ["wordings"])  # each in a request of its own
        with count_queries() as sent:
            services.submit_application(draft)
            session.flush()
        return len(sent)

    make_submitted_application(call, make_user())
    make_submitted_application(call, make_user())  # alike: they travel to the same place on the same days
    first = cost()
    for _turn in range(5):
        make_submitted_application(call, make_user())
    assert cost() == first <= 15


def test_working_content_is_the_draft_until_it_was_sent(session, clock, draft):
    assert working_content(draft).answers == draft.answers
    services.submit_application(draft)
    services.save_draft(draft, itinerary=a_journey(city="Lyon"))
    assert working_content(draft).itinerary[0]["city"] == "Lyon"
    assert draft.itinerary[0]["city"] == "Marsella"
    assert session.get(Application, draft.id) is draft
