"""When the site fails in a call's last day, the time is given back by the published rule, in public."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, local
from core.database import db
from core.errors import Refusal
from core.roles import Role
from grants import services
from grants.errors.calls import ReasonMissing
from grants.errors.outages import OutageBackwards, OutageKnown, OutageNotOver, OutageTooLong
from grants.models import Call, ServiceOutage
from grants.queries.calls import accepts_now
from grants.rules.outages import new_closing
from grants.states.call import CallState
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_application, make_open_call

CLOSES = datetime.fromisoformat("2026-03-10T23:59:59-06:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def call(session: Session, clock: FrozenClock) -> Call:
    call = make_open_call()
    assert call.closes_at is not None
    clock.set(call.closes_at - 2 * HOUR)
    return call


def closing(call: Call) -> datetime:
    assert call.closes_at is not None
    return call.closes_at


@pytest.mark.parametrize(
    ("began", "ended", "told", "later"),
    [
        (-120, -106, -100, None),  # 14 minutes
        (-120, -105, -100, 60),  # 15 minutes are an hour
        (-120, -60, -50, 60),
        (-121, -60, -50, 120),  # a minute more is another hour
        (-1500, -1430, -100, None),  # ten minutes of it in the last day
        (-1500, -1425, -100, 60),
        (-60, 120, 180, 180 + 1440),  # told when it had closed: a day from then
        (10, 60, 70, None),  # it had closed already
    ],
)
def test_the_rule_to_the_minute(began: int, ended: int, told: int, later: int | None) -> None:
    moments = (CLOSES + number * MINUTE for number in (began, ended, told))
    expected = None if later is None else CLOSES + later * MINUTE
    assert new_closing(CLOSES, *moments) == expected


def test_a_call_in_its_last_day_closes_later_by_an_addendum(session: Session, call: Call, clock: FrozenClock) -> None:
    far = make_open_call(
        closes_at=closing(call) + timedelta(days=9), results_on=local(closing(call)).date() + 200 * timedelta(days=1)
    )
    was, untouched = closing(call), closing(far)
    began = was - 4 * HOUR
    (given,) = services.record_outage(began, began + 30 * MINUTE, " Se cayó la red. ")
    assert (given.call, call.closes_at, far.closes_at) == (call, was + HOUR, untouched)
    (notice,) = call.addenda
    assert (notice.kind, notice.old_closes_at, notice.new_closes_at) == ("extension", was, was + HOUR)
    assert notice.reason.endswith("Se cayó la red.")
    clock.set(was + HOUR)
    assert accepts_now(call)
    clock.advance(seconds=1)
    assert not accepts_now(call)


def test_a_call_that_closed_meanwhile_takes_applications_again(
    session: Session, call: Call, clock: FrozenClock
) -> None:
    draft = make_draft_application(call, make_user())
    was = closing(call)
    clock.set(was + 3 * HOUR)
    services.bring_up_to_date(call)
    assert call.state is CallState.CLOSED
    services.record_outage(was - HOUR, was + HOUR, "Se cayó la red.")
    assert (call.state, call.closes_at) == (CallState.OPEN, was + 27 * HOUR)
    assert services.submit_application(draft).folio


def test_time_is_given_back_once_and_screening_is_not_undone(session: Session, call: Call, clock: FrozenClock) -> None:
    was = closing(call)
    services.record_outage(was - 4 * HOUR, was - 3 * HOUR, "Se cayó la red.")
    with pytest.raises(OutageKnown):
        services.record_outage(was - 200 * MINUTE, was - 130 * MINUTE, "Otra vez.")
    clock.set(closing(call) + HOUR)
    services.bring_up_to_date(call)
    services.move_call(call, CallState.SCREENING)
    after = closing(call)
    assert services.record_outage(after - HOUR, after - 20 * MINUTE, "Ya tarde.") == []
    assert closing(call) == after


@pytest.mark.parametrize(
    ("minutes", "reason", "refusal"),
    [
        ((-60, -60), "x", OutageBackwards),
        ((-60, 1), "x", OutageNotOver),
        ((-60 * 24 * 31, -60), "x", OutageTooLong),
        ((-60, -30), "  ", ReasonMissing),
    ],
)
def test_what_is_no_failure_is_refused(
    call: Call, clock: FrozenClock, minutes: tuple[int, int], reason: str, refusal: type[Refusal]
) -> None:
    began, ended = (clock.now() + number * MINUTE for number in minutes)
    with pytest.raises(refusal):
        services.record_outage(began, ended, reason)
    assert db.session.query(ServiceOutage).count() == 0


@pytest.mark.parametrize("statement", ["DELETE FROM service_outage", "UPDATE service_outage SET reason = 'otra'"])
def test_the_record_stays(session: Session, call: Call, statement: str) -> None:
    services.record_outage(closing(call) - 4 * HOUR, closing(call) - 3 * HOUR, "Se cayó la red.")
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


class TestPages:
    @pytest.fixture
    def written(self, call: Call, clock: FrozenClock) -> dict[str, str]:
        began = local(clock.now() - HOUR)
        return {
            "began_at": began.strftime("%Y-%m-%dT%H:%M"),
            "ended_at": (began + 30 * MINUTE).strftime("%Y-%m-%dT%H:%M"),
            "reason": "Se cayó la red.",
        }

    def test_an_officer_sees_what_changes_before_it_does(
        self, client: FlaskClient, login: Callable[..., User], session: Session, call: Call, written: dict[str, str]
    ) -> None:
        login(Role.PROGRAMME_OFFICER)
        was = closing(call)
        preview = client.post("/es/fallas/registrar", data=written)
        page = preview.get_data(as_text=True)
        session.expire_all()
        assert (preview.status_code, "Cerrará" in page, call.closes_at) == (200, True, was)
        seen = page.split('name="confirmed" value="')[1].split('"')[0]
        other = {**written, "confirmed": seen.replace("T", "U")}
        assert client.post("/es/fallas/registrar", data=other).status_code == 200
        done = client.post("/es/fallas/registrar", data={**written, "confirmed": seen})
        session.expire_all()
        assert (done.status_code, call.closes_at) == (303, was + HOUR)
        assert "Se cayó la red." in client.get("/es/fallas").get_data(as_text=True)
        again = client.post("/es/fallas/registrar", data={**written, "confirmed": seen})
        assert (again.status_code, "una sola vez" in again.get_data(as_text=True)) == (409, True)

    def test_anybody_reads_the_rule_and_nobody_else_writes(
        self, client: FlaskClient, login: Callable[..., User], session: Session, written: dict[str, str]
    ) -> None:
        assert "No hay fallas registradas" in client.get("/es/fallas").get_data(as_text=True)
        login()
        assert client.post("/es/fallas/registrar", data=written).status_code == 403
