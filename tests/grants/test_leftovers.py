"""What nobody finished is forgotten by itself, in time and no sooner, and nothing that is still needed goes with it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from core.clock import FrozenClock, local, now
from core.database import session
from core.files import read, store_upload
from core.jobs import Job, JobState, run_due
from grants import services
from grants.models import CallSubscription, HeldUpload, Sketch, SubscriptionLetter
from grants.services.forgetting import FORGET
from tests.factories import awards as make
from tests.factories.accounts import make_user
from tests.factories.grants import a_pdf, make_open_call

pytestmark = pytest.mark.usefixtures("session")


def count(kind: type) -> int:
    return session().scalar(select(func.count()).select_from(kind)) or 0


def told(number: int) -> int:
    query = select(func.count(SubscriptionLetter.id)).where(SubscriptionLetter.subscription_id == number)
    return session().scalar(query) or 0


def nights() -> Iterator[Job]:
    return session().scalars(select(Job).where(Job.kind == FORGET).order_by(Job.id))


def test_clearing_is_asked_for_once_a_day_and_only_while_something_waits(clock: FrozenClock) -> None:
    call = make_open_call()
    assert list(nights()) == []
    for key in ("a", "b"):
        services.save_sketch(call, key * 40, {"title": "Uno"})
    person = make_user()
    held = services.hold_upload("cure:1", "files", person, store_upload(a_pdf(), "a.pdf", purpose="cure"))
    session().commit()
    (night,) = nights()
    assert (local(night.run_after).day, local(night.run_after).hour) == (local(now()).day + 1, 2)
    services.drop_uploads("cure:1", person, {held.id})
    for _day in range(32):
        clock.advance(days=1)
        run_due()
    assert (count(Sketch), count(HeldUpload)) == (0, 0)
    done = list(nights())
    assert {night.state for night in done} == {JobState.DONE}
    assert 30 <= len(done) <= 32


def test_address_of_whoever_left_is_forgotten_with_what_it_was_told(clock: FrozenClock) -> None:
    call = make_open_call()
    for email in ("leaves@example.org", "stays@example.org"):
        asked = services.subscribe(email=email, axes=[], audience=[], language="es")
        assert asked is not None
        services.confirm_subscription(asked)
    services.tell_subscribers(call, "open")
    leaving = session().scalars(select(CallSubscription).where(CallSubscription.email == "leaves@example.org")).one()
    services.end_subscription(leaving)
    number = leaving.id
    session().commit()
    clock.advance(days=30)
    run_due()
    assert (count(CallSubscription), told(number)) == (2, 1)
    clock.advance(days=1)
    run_due()
    assert [one.email for one in session().scalars(select(CallSubscription))] == ["stays@example.org"]
    assert told(number) == 0


def test_held_file_goes_with_its_bytes_unless_a_report_shows_it(clock: FrozenClock) -> None:
    award = make.paid_award(clock, make_user())
    person = award.application.applicant
    shown, left = make.a_receipt("boleto.pdf"), make.a_receipt("olvidado.pdf")
    entry = services.ExpenseEntry("Vuelo", local(now()).date(), award.money, shown)
    report = services.file_expense_report(award, lines=[entry])
    services.return_expense_report(report, reason="Falta la firma.")
    services.hold_upload("cure:1", "files", person, left)
    session().commit()
    clock.advance(days=90)
    run_due()
    assert count(HeldUpload) == 2
    clock.advance(days=1)
    run_due()
    assert count(HeldUpload) == 0
    assert read(shown).startswith(b"%PDF")
    with pytest.raises(FileNotFoundError):
        read(left)
