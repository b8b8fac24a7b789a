"""Letters about calls: to whoever confirmed, about what they wanted, once each, and ended with one click."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.errors import EmailRefused
from core.clock import FrozenClock, now
from core.database import session
from core.jobs import run_due
from grants import services
from grants.errors.calls import SubscriptionUnknown
from grants.models import CallSubscription
from grants.rules.subscriptions import concerns
from grants.services.subscriptions import tell_subscribers, token_of
from mail.emails import compose
from mail.models import OutboxMessage
from tests.accounts.test_privacy import publish
from tests.factories.grants import make_open_call, make_published_call

pytestmark = pytest.mark.usefixtures("session")
READER = "lectora@example.org"


def subscribed(email: str = READER, axes: tuple[int, ...] = (), audience: tuple[str, ...] = ()) -> CallSubscription:
    asked = services.subscribe(email=email, axes=axes, audience=audience, language="es")
    assert asked is not None
    return services.confirm_subscription(asked)


def subjects(email: str = READER) -> list[str]:
    query = select(OutboxMessage.subject).where(OutboxMessage.to == email).order_by(OutboxMessage.id)
    return [subject for subject in session().scalars(query) if not subject.startswith("Confirma")]


@pytest.mark.parametrize(
    ("axes", "audience", "wanted_axes", "wanted_audience", "told"),
    [
        ([1], ["artists"], [], [], True),
        ([1], ["artists"], [1, 2], ["artists"], True),
        ([1], ["artists"], [2], [], False),
        ([1], ["artists"], [], ["students"], False),
        ([1], [], [], ["students"], True),
        ([], ["artists"], [1], [], False),
    ],
)
def test_call_concerns_whoever_wanted_its_axis_and_people(
    axes: list[int], audience: list[str], wanted_axes: list[int], wanted_audience: list[str], told: bool
) -> None:
    assert concerns(axes, audience, wanted_axes=wanted_axes, wanted_audience=wanted_audience) is told


def test_nothing_is_sent_before_it_is_confirmed(clock: FrozenClock) -> None:
    services.subscribe(email="Lectora@Example.org", axes=[], audience=[], language="fr")
    call = make_open_call()
    assert services.tell_subscribers(call, "open") == 0
    letter = session().scalars(select(OutboxMessage)).one()
    assert (letter.to, letter.subject) == (READER, "Confirma que quieres avisos de convocatorias")
    with pytest.raises(EmailRefused):
        services.subscribe(email="nadie", axes=[], audience=[], language="es")


def test_opening_closing_and_notices_are_told_once_each_by_the_clock(clock: FrozenClock) -> None:
    subscribed()
    subscribed("otra@example.org", axes=(3,))
    call = make_published_call(axes=[1])
    session().commit()
    title = "Movilidad de prueba"
    run_due()
    assert subjects() == []
    assert call.opens_at is not None
    clock.set(call.opens_at)
    run_due()
    assert subjects() == [f"Abrió una convocatoria: {title}"]
    assert services.tell_subscribers(call, "open") == 0
    assert call.closes_at is not None
    before = call.closes_at
    services.extend_deadline(call, before + timedelta(days=10), "Hubo un corte.")
    session().commit()
    clock.set(before - timedelta(days=3))
    run_due()
    assert subjects()[1:] == [f"Aviso 1: {title}"]
    clock.set(call.closes_at - timedelta(days=3))
    run_due()
    run_due()
    assert subjects()[2:] == [f"Cierra pronto: {title}"]
    assert subjects("otra@example.org") == []


def test_cancelled_call_tells_its_notice_and_never_opens(clock: FrozenClock) -> None:
    subscribed()
    call = make_published_call()
    services.cancel_call(call, "Sin presupuesto.")
    session().commit()
    clock.advance(days=100)
    run_due()
    assert subjects() == ["Aviso 1: Movilidad de prueba"]
    for kind in ("open", "closing 2026-01-01", "notice 7", "notice x", "nothing"):
        assert services.tell_subscribers(call, kind) == 0


def test_long_list_is_told_batch_by_batch_and_nobody_twice_after_a_halt(clock: FrozenClock) -> None:
    readers = [f"lectora{number}@example.org" for number in range(3)]
    for reader in readers:
        subscribed(reader)
    call = make_open_call()
    session().commit()
    turns: list[int] = []

    def settle() -> None:
        session().commit()
        turns.append(sum(len(subjects(reader)) for reader in readers))
        if len(turns) == 2:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        services.tell_subscribers(call, "open", limit=1, settle=settle)
    session().rollback()
    assert turns == [1, 2]
    run_due()
    assert [len(subjects(reader)) for reader in readers] == [1, 1, 1]


def test_latest_wish_of_an_address_counts(clock: FrozenClock) -> None:
    first = subscribed(axes=(1,))
    second = subscribed(axes=(2,))
    assert (first.ended_at, second.ended_at) == (now(), None)
    services.end_subscription(second)
    services.end_subscription(second)
    assert services.tell_subscribers(make_open_call(), "open") == 0
    services.confirm_subscription(second)
    assert services.tell_subscribers(make_open_call(axes=[2]), "open") == 1
    third = services.subscribe(email=READER, axes=[], audience=[], language="es")
    assert third is not None
    third.confirmed_at = now()
    with pytest.raises(IntegrityError):
        session().flush()


def test_address_is_not_flooded_and_what_nobody_confirms_is_forgotten(clock: FrozenClock) -> None:
    for _number in range(5):
        services.subscribe(email=READER, axes=[], audience=[], language="es")
    assert len(session().scalars(select(OutboxMessage)).all()) == 3
    clock.advance(days=8)
    services.subscribe(email="otra@example.org", axes=[], audience=[], language="es")
    session().commit()
    run_due()
    assert [one.email for one in session().scalars(select(CallSubscription))] == ["otra@example.org"]


@pytest.mark.parametrize("token", ["", "x", "1", "MQ.x", "é"])
def test_key_that_nobody_signed_opens_nothing(clock: FrozenClock, token: str) -> None:
    subscribed()
    with pytest.raises(SubscriptionUnknown):
        services.subscription_by_token(token)


def test_reader_subscribes_confirms_changes_and_leaves(client: FlaskClient, clock: FrozenClock) -> None:
    assert "/es/avisos" in client.get("/es/convocatorias").text
    page = client.get("/es/avisos")
    assert "Ciudad de derechos" in page.text
    assert client.post("/es/avisos", data={"email": "nadie"}).status_code == 422
    assert client.post("/es/avisos", data={"email": READER, "axes": ["1", "99"]}).status_code == 303
    letter = session().scalars(select(OutboxMessage)).one()
    found = re.search(r"http://localhost(/es/avisos/\S+)", letter.body_text)
    assert found is not None
    link = found.group(1)
    assert "Confirmar" in client.get(link).text
    subscription = session().scalars(select(CallSubscription)).one()
    assert (subscription.axes, subscription.confirmed_at) == ([1], None)
    assert link.endswith(token_of(subscription))
    assert client.post(link, data={"accion": "confirmar"}).status_code == 303
    assert "Dejar de recibir avisos" in client.get(link).text
    assert client.post(link, data={"accion": "guardar", "axes": ["2"], "audience": ["students"]}).status_code == 303
    session().refresh(subscription)
    assert (subscription.axes, subscription.audience) == ([2], ["students"])
    assert client.post(link, data={"accion": "terminar"}).status_code == 303
    session().refresh(subscription)
    assert subscription.ended_at is not None
    assert "¿Quieres recibir avisos?" in client.get(link).text
    assert client.get("/es/avisos/otro").status_code == 404


def test_a_mail_program_ends_them_by_one_post_without_a_form(client: FlaskClient, clock: FrozenClock) -> None:
    reader = subscribed()
    call = make_open_call()
    tell_subscribers(call, "open", settle=lambda: None)
    letter = session().scalars(select(OutboxMessage).where(OutboxMessage.about == f"call:{call.id}")).one()
    composed = compose(letter, [])
    assert composed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(composed["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost")
    session().commit()
    assert client.get(address).headers["Location"].startswith("/es/avisos/")
    session().refresh(reader)
    ended = [reader.ended_at is not None]
    for _click in range(2):
        assert client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 204
    session().refresh(reader)
    assert [*ended, reader.ended_at is not None] == [False, True]
    assert client.post("/baja/otro").status_code == 404


def test_what_was_shown_is_kept_with_the_wish(clock: FrozenClock) -> None:
    assert subscribed("antes@example.org").notice_number is None
    publish()
    assert subscribed("despues@example.org").notice_number == 1
