"""The life of a call by its services."""

import hashlib
import json
import subprocess
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.audit import events_of
from core.clock import end_of_day, local, now, today
from core.errors import IllegalTransition
from core.jobs import Job, run_due
from core.money import Money
from grants import services
from grants.errors.calls import (
    AlreadyAnswered,
    CallFrozen,
    CallIncomplete,
    CallNotOpen,
    CallValueRefused,
    ConsultationClosed,
    DeadlineOnlyExtends,
    ExtensionPastResults,
    ReasonMissing,
    SlugTaken,
    TextOutOfBounds,
)
from grants.queries import calls as queries
from grants.rules import content
from grants.rules.deadlines import consultation_is_open
from grants.rules.form import question
from grants.services.publication import checklist, frozen_content
from grants.states.call import CALL_STATES, COURSE, CallState
from mail.models import OutboxMessage
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_call, make_open_call, make_published_call
from tests.factories.rules import standard_rulebook

CITY = ZoneInfo("America/Mexico_City")


def closing(call):
    assert call.closes_at is not None
    return call.closes_at


def state_of(call):
    return call.state


def missing(call):
    return [item.id for item in checklist(call) if not item.done]


def test_the_life_is_the_published_one():
    assert " ".join(COURSE) == (
        "draft consultation published open closed screening review deliberation resolved appeals final"
    )
    for here, following in pairwise(COURSE):
        assert CALL_STATES.allows(here, following)
        assert CALL_STATES.allows(here, CallState.CANCELLED)
    assert CALL_STATES.targets(CallState.FINAL) == []
    assert not CALL_STATES.allows(CallState.DRAFT, CallState.PUBLISHED)


def test_the_checklist_says_what_is_missing_until_nothing_is(session, clock):
    call = make_draft_call(title={"es": "Solo", "en": ""}, results_on=None, axes=[])
    assert missing(call) == [
        "texts", "scope", "results", "rulebook", "consultation", "over", "answers", "budget", "cap",
    ]  # fmt: skip
    services.edit_call(call, title={"es": "Solo", "en": "Only"}, axes=[1], results_on=today() + timedelta(days=90))
    services.set_rulebook(call, standard_rulebook(call.title))
    services.open_consultation(call, now() + timedelta(days=5))
    services.set_allocated_budget(call, Money(50_000_000, "MXN"))
    assert missing(call) == ["over"]
    with pytest.raises(CallIncomplete) as refused:
        services.publish_call(call)
    assert [item.id for item in refused.value.items] == ["over"]
    clock.advance(days=6)
    assert missing(call) == []
    services.publish_call(call)
    assert call.state is CallState.PUBLISHED


def test_rules_that_part_the_money_keep_some_for_everything_the_call_offers(session):
    call = make_draft_call(axes=[1, 4])
    document = standard_rulebook(call.title)
    part = {"id": "1", "name": {"es": "Uno"}, "percent": "100"}
    parted = {"by": "axis", "parts": [part], "refill": ["1"], "places_charged_to": "left_over"}
    services.set_rulebook(call, document | {"selection": {**document["selection"], "envelopes": parted}})
    assert "envelopes" in missing(call)
    services.edit_call(call, title=call.title, axes=[1])
    assert "envelopes" not in missing(call)


def test_an_edited_call_leaves_what_it_was_and_what_it_became(session, clock):
    call = make_draft_call(axes=[1, 4], body={"es": "Breve.", "en": "Short."})
    said, long = dict(call.title), "Muy largo. " * 200
    closes_at = closing(call)
    services.edit_call(
        call,
        title=said,
        axes=[2],
        body={"es": long, "en": "Short."},
        closes_at=closes_at.astimezone(),
        cap_per_award=Money(8_000_000, "MXN"),
    )
    services.edit_call(call, title=said, axes=[2])  # the same again: nothing happened
    asked = question(call.form, "axis")
    assert asked is not None
    assert [option["value"] for option in asked["options"]] == ["2"]  # nobody may choose what the call does not offer
    (edited,) = [event for event in events_of("call", call.id) if event.action == "call.edited"]
    assert edited.before is not None
    assert edited.after is not None
    assert edited.before.pop("form")["sha256"] != edited.after.pop("form")["sha256"]
    assert edited.before == {
        "axes": [1, 4],
        "body": {"es": "Breve.", "en": "Short."},
        "cap_per_award": {"cents": 10_000_000, "currency": "MXN"},
    }
    whole = json.dumps(call.body, ensure_ascii=False, sort_keys=True)
    assert edited.after == {
        "axes": [2],
        "body": {"characters": len(whole), "sha256": hashlib.sha256(whole.encode()).hexdigest()},
        "cap_per_award": {"cents": 8_000_000, "currency": "MXN"},
    }


def test_another_rulebook_leaves_the_former_one_in_the_audit(session, clock):
    call = make_draft_call()
    for cap in (4, 5):
        services.set_rulebook(call, standard_rulebook(call.title, cap_per_award_cents=cap))
    first, second = [event for event in events_of("call", call.id) if event.action == "call.rulebook_set"]
    assert (first.before, second.before) == (None, first.after)
    assert second.after != first.after


def test_the_budget_must_hold_one_award(session, clock):
    call = make_draft_call(cap_per_award=Money(10_000_000, "MXN"))
    services.set_allocated_budget(call, Money(9_999_999, "MXN"))
    assert "cap" in missing(call)
    with pytest.raises(CallValueRefused):
        services.set_allocated_budget(call, Money(1, "EUR"))


def test_every_comment_is_answered_before_publication(session, clock):
    call = make_draft_call()
    services.set_rulebook(call, standard_rulebook(call.title))
    services.set_allocated_budget(call, Money(50_000_000, "MXN"))
    services.open_consultation(call, now() + timedelta(days=5))
    comment = services.comment_on_draft(call, make_user(name="Rosa"), "  Siete días son pocos.  ")
    assert (comment.signed_as, comment.text) == ("Rosa", "Siete días son pocos.")
    clock.advance(days=6)
    with pytest.raises(ConsultationClosed):
        services.comment_on_draft(call, make_user(), "Tarde")
    assert missing(call) == ["answers"]
    services.answer_comment(comment, "partly", "Se aceptan desde cinco.")
    (told,) = session.scalars(select(OutboxMessage).where(OutboxMessage.about == "grants.consultation"))
    assert "Siete días son pocos." in told.body_text
    assert "Se aceptó en parte." in told.body_text
    assert "Se aceptan desde cinco." in told.body_text
    assert f"/convocatorias/{call.slug}/consulta#comentario-{comment.id}" in told.body_text
    with pytest.raises(AlreadyAnswered):
        services.answer_comment(comment, "refused", "No.")
    assert missing(call) == []
    assert call.closes_at is not None
    services.edit_call(call, results_on=local(call.closes_at).date())
    assert missing(call) == ["results"]


@pytest.mark.parametrize("said", ["", "   ", "x" * 4_001])
def test_an_empty_or_endless_comment_is_refused(session, clock, said):
    call = make_draft_call()
    services.open_consultation(call, now() + timedelta(days=5))
    with pytest.raises(TextOutOfBounds):
        services.comment_on_draft(call, make_user(), said)


def test_publication_freezes_and_hashes(session, clock, tmp_path):
    call = make_published_call()
    sealed = content.canonical(frozen_content(call))
    file = tmp_path / "call.json"
    file.write_bytes(sealed)
    outside = subprocess.run(["sha256sum", str(file)], capture_output=True, text=True, check=True).stdout.split()[0]
    assert call.frozen_sha256 == outside
    assert json.loads(sealed)["tariff"]["per_diem"]["cents"] == 8_500
    with pytest.raises(CallFrozen):
        services.edit_call(call, appeal_days=9)
    with pytest.raises(CallFrozen):
        services.set_rulebook(call, standard_rulebook(call.title))


def test_the_fingerprint_survives_the_database_and_an_extension(session, clock):
    call = make_open_call()
    services.extend_deadline(call, closing(call) + timedelta(days=3), "Falló la red en tres alcaldías.")
    session.commit()
    session.expire_all()
    again = queries.call_by_slug(call.slug)
    assert again is not None
    assert content.digest(frozen_content(again)) == again.frozen_sha256


@pytest.mark.parametrize(
    "change",
    [
        "form = '{}'",
        "tariff = '{}'",
        "eligibility = '{}'",
        "frozen_sha256 = NULL, published_at = NULL",
        "cap_per_award_cents = 1",
        "opens_at = NULL",
    ],
)
def test_the_database_itself_keeps_published_rules(session, clock, change):
    call = make_published_call()
    session.commit()
    with pytest.raises(DBAPIError, match="do not change"):
        session.execute(text(f"UPDATE grant_call SET {change} WHERE id = {call.id}"))
    session.rollback()


def test_the_database_only_lets_a_deadline_grow(session, clock):
    call = make_published_call()
    session.commit()
    call.closes_at = closing(call) - timedelta(seconds=1)
    with pytest.raises(DBAPIError, match="only extended"):
        session.flush()
    session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE call_addendum SET reason = 'x'", "DELETE FROM call_addendum"])
def test_notices_are_never_changed(session, clock, statement):
    call = make_open_call()
    services.extend_deadline(call, closing(call) + timedelta(days=1), "Motivo.")
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_addenda_are_numbered_reasoned_and_only_extend(session, clock):
    call = make_open_call()
    first = services.extend_deadline(call, closing(call) + timedelta(days=1), " Sismo. ")
    second = services.extend_deadline(call, closing(call) + timedelta(days=1), "Otra vez.")
    assert [(notice.number, notice.reason) for notice in (first, second)] == [(1, "Sismo."), (2, "Otra vez.")]
    for too_early in (closing(call), closing(call) - timedelta(seconds=1)):
        with pytest.raises(DeadlineOnlyExtends):
            services.extend_deadline(call, too_early, "No.")
    with pytest.raises(ReasonMissing):
        services.extend_deadline(call, closing(call) + timedelta(days=1), "  ")


def test_an_extension_ends_before_the_day_of_the_results(session, clock):
    call = make_open_call()
    assert call.results_on is not None
    last = end_of_day(call.results_on - timedelta(days=1))
    for too_late in (last + timedelta(seconds=1), last + timedelta(days=40)):
        with pytest.raises(ExtensionPastResults):
            services.extend_deadline(call, too_late, "Sismo.")
    assert services.extend_deadline(call, last, "Sismo.").new_closes_at == last


def test_a_closed_call_is_not_extended(session, clock):
    call = make_open_call()
    clock.set(closing(call) + timedelta(seconds=1))
    with pytest.raises(CallNotOpen):
        services.extend_deadline(call, closing(call) + timedelta(days=1), "Tarde.")


def test_calls_open_and_close_by_the_clock(session, clock):
    call = make_published_call(
        opens_at=now() + timedelta(hours=2), closes_at=datetime(2026, 3, 31, 23, 59, 59, tzinfo=CITY)
    )
    session.commit()
    assert services.advance_calls() == 0
    clock.advance(hours=2)
    assert queries.state_now(call) is CallState.OPEN
    assert services.advance_calls() == 1
    assert state_of(call) is CallState.OPEN
    clock.set(datetime(2026, 3, 31, 23, 59, 59, tzinfo=CITY))
    assert services.advance_calls() == 0
    clock.set(datetime(2026, 4, 1, 0, 0, 0, tzinfo=CITY))
    assert services.advance_calls() == 1
    assert state_of(call) is CallState.CLOSED
    moves = [
        event.after and event.after["state"] for event in events_of("call", call.id) if event.action == "call.moved"
    ]
    assert moves == ["consultation", "open", "closed"]


def test_a_call_nobody_looked_at_passes_through_open(session, clock):
    call = make_published_call()
    clock.set(closing(call) + timedelta(days=1))
    services.bring_up_to_date(call)
    assert call.state is CallState.CLOSED


def test_cancelling_is_public_and_final(session, clock):
    call = make_open_call()
    notice = services.cancel_call(call, "Se retiró el fondo.")
    assert (notice.kind, call.state) == ("cancellation", CallState.CANCELLED)
    with pytest.raises(IllegalTransition):
        services.cancel_call(call, "Otra vez.")


def test_consultation_is_over_after_its_whole_last_second(session, clock):
    call = make_draft_call()
    services.open_consultation(call, now() + timedelta(days=10))
    ends = call.consultation_closes_at
    assert ends is not None
    for passed, open_still in (
        (timedelta(0), True),
        (timedelta(milliseconds=999), True),
        (timedelta(seconds=1), False),
    ):
        clock.set(ends + passed)
        assert ("over" in missing(call)) is open_still
        assert consultation_is_open(call.state, ends, now()) is open_still


def test_two_calls_do_not_share_an_address(session, clock):
    call = make_draft_call()
    with pytest.raises(SlugTaken):
        make_draft_call(slug=call.slug)


@pytest.mark.parametrize(
    "change",
    [
        {"axes": [99]},
        {"form": {}},
        {"tariff": {}},
        {"eligibility": {"rules": []}},
        {"regions": ["mars"]},
        {"slug": "Con Espacios"},
        {"appeal_days": 91},
        {"slug": "x"},
    ],
)
def test_values_outside_the_catalogues_are_refused(session, clock, change):
    with pytest.raises(CallValueRefused):
        make_draft_call(**change)


def test_a_call_never_closes_before_it_opens(session, clock):
    with pytest.raises(CallValueRefused):
        make_draft_call(opens_at=now(), closes_at=now())


def test_public_lists_filter_by_what_is_true_now(session, clock):
    soon = make_open_call(axes=[1], regions=["asia"], audience=["artists"])
    later = make_open_call(axes=[4], closes_at=end_of_day(today() + timedelta(days=90)))
    make_draft_call()
    session.flush()

    def found(**filters):
        return list(session.scalars(queries.public_calls(**filters)))

    assert found() == [soon, later]
    assert found(axis=1) == [soon]
    assert found(axis=5) == []
    assert found(region="asia") == [soon]
    assert found(audience="students") == [later]
    assert session.scalars(queries.public_calls(state=CallState.OPEN)).all() == [soon, later]
    clock.set(closing(soon) + timedelta(seconds=1))
    assert session.scalars(queries.public_calls(state=CallState.OPEN)).all() == [later]
    assert found(state=CallState.CLOSED) == [soon]
    assert found() == [later, soon]


def test_the_job_advances_calls(session, clock):
    call = make_published_call(opens_at=now() + timedelta(minutes=5))
    session.commit()
    clock.advance(minutes=6)
    waiting = session.query(Job).filter_by(kind="grants.advance_calls").count()
    assert waiting >= 2
    run_due()
    session.expire_all()
    assert state_of(call) is CallState.OPEN
    clock.set(closing(call))
    run_due()
    clock.advance(seconds=1)
    run_due()
    session.expire_all()
    assert state_of(call) is CallState.CLOSED
