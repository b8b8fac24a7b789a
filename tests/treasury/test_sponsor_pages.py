"""A sponsor follows the money: the part of the fund, the awards it paid, their results. Nobody else's, and no peso."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, today
from core.context import acting_as
from core.money import Money
from core.roles import Role
from grants import services as grants
from grants.models import Award, Call
from tests.factories.accounts import make_organisation, make_user
from tests.factories.awards import a_receipt, officer_actor
from tests.factories.treasury import funded_call
from tests.factories.trust import PROGRAMME, euros, give, give_in_kind, make_fund, make_package, pesos
from tests.stories import told_once
from treasury import queries, services
from trust import queries as trust_queries
from trust.models import Contribution, Fund, FundKind, JournalEntry
from trust.services import deliver_benefit, reverse_entry, transfer_between_funds, use_in_kind

Login = Callable[..., User]


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


@pytest.fixture
def funded(session: Session, clock: FrozenClock, officer: User) -> tuple[Fund, Fund, Call]:
    return _funded(clock, officer)


@told_once
def _funded(clock: FrozenClock, officer: User) -> tuple[Fund, Fund, Call]:
    restricted, designated, call, _found = funded_call(
        clock, officer, restricted=60_000, applications=4, budget=pesos(130_000)
    )
    services.award_pending(call)
    return restricted, designated, call


@pytest.fixture
def funds(funded: tuple[Fund, Fund, Call]) -> tuple[Fund, Fund]:
    return funded[:2]


@pytest.fixture
def call(funded: tuple[Fund, Fund, Call]) -> Call:
    return funded[2]


def release(call: Call, officer: User, session: Session) -> None:
    with acting_as(officer_actor(officer)):
        grants.release_determinations(call)
    session.commit()


def page_of(client: FlaskClient, gift: Contribution, query: str = "") -> str:
    answer = client.get(f"/es/mis-aportaciones/{gift.id}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


class TestShare:
    def test_it_is_what_was_kept_of_it_in_what_the_fund_kept(self, session: Session, clock: FrozenClock) -> None:
        fund = make_fund()
        mine, other = give(fund, pesos(250)), give(fund, pesos(700))
        give(fund, pesos(100)).refunded_cents = 50_00
        give_in_kind(fund, pesos(9_999))
        give(make_fund(), pesos(5))
        session.flush()
        share = trust_queries.fund_share(mine)
        assert (share.mine, share.whole, share.ratio) == (pesos(250), pesos(1_000), Fraction(1, 4))
        assert trust_queries.fund_share(other).ratio == Fraction(7, 10)

    def test_another_currency_counts_at_the_rate_of_its_day(self, session: Session, clock: FrozenClock) -> None:
        fund = make_fund()
        rate = trust_queries.exchange_rate("EUR", "MXN", today())
        mine = give(fund, euros(1_000), rate=rate)
        worth = euros(1_000).converted(rate.fraction, "MXN")
        give(fund, worth)
        assert trust_queries.fund_share(mine).whole == worth + worth

    def test_nothing_is_a_share_of_nothing(self, session: Session, clock: FrozenClock) -> None:
        thing = give_in_kind(make_fund(), pesos(1))
        assert trust_queries.fund_share(thing).ratio == 0

    def test_what_went_on_to_other_funds_is_told_until_it_is_reversed(
        self, session: Session, clock: FrozenClock
    ) -> None:
        general, purpose = make_fund(), make_fund(FundKind.DESIGNATED)
        give(general, pesos(100))
        entries = [
            transfer_between_funds(
                source=general, target=purpose, money=pesos(30), on=today(), memo="Apartado", idempotency_key=key
            )
            for key in ("a", "b")
        ]
        assert trust_queries.passed_on(general.id) == [(purpose, pesos(60))]
        assert trust_queries.passed_on(purpose.id) == []
        reverse_entry(session.get_one(JournalEntry, entries[0].id), reason="Se repitió")
        assert trust_queries.passed_on(general.id) == [(purpose, pesos(30))]


class TestWhereItWent:
    def test_it_tells_the_share_and_the_released_awards_of_the_fund_and_no_other(  # noqa: PLR0917 (fixtures)
        self, client: FlaskClient, login: Login, session: Session, call: Call, officer: User, funds: tuple[Fund, Fund]
    ) -> None:
        user = make_user(Role.SPONSOR_CONTACT)
        gift = give(funds[0], pesos(250_000), giver_organisation=make_organisation(user))
        session.commit()
        login(user)
        page = page_of(client, gift)
        assert "20.0\u00a0%" in page
        assert "nadie puede decir qué parte pagó qué apoyo" in page
        assert "Todavía no paga ningún apoyo con resultado publicado" in page
        release(call, officer, session)
        page = page_of(client, gift)
        paid = [
            one for one in session.query(Award) if any(c.fund_id == funds[0].id for c in queries.commitments_of(one))
        ]
        others = [one for one in session.query(Award) if one not in paid]
        assert paid
        assert others
        for award in paid:
            assert award.application.answers["public_name"] in page
        for award in others:
            assert award.application.answers["public_name"] not in page
        assert f"/es/convocatorias/{call.slug}/resultados" in page
        assert client.get(f"/es/convocatorias/{call.slug}/resultados").status_code == 200
        (total,) = queries.funded_totals(funds[0].id)
        bound = [c.amount_cents for one in paid for c in queries.commitments_of(one) if c.fund_id == funds[0].id]
        assert (total.awards, total.bound, total.paid) == (len(paid), Money(sum(bound), "MXN"), pesos(0))

    def test_an_award_that_was_declined_is_not_told(
        self, session: Session, call: Call, officer: User, funds: tuple[Fund, Fund]
    ) -> None:
        release(call, officer, session)
        before = queries.funded_totals(funds[1].id)[0].awards
        award = session.query(Award).order_by(Award.id.desc()).first()
        assert award is not None
        grants.decline_award(award, reason="Ya no puedo viajar")
        after = [total.awards for total in queries.funded_totals(funds[1].id)]
        assert after in ([before - 1], [])

    def test_two_organisations_see_only_their_own(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        fund = make_fund()
        people = [make_user(Role.SPONSOR_CONTACT), make_user(Role.SPONSOR_CONTACT)]
        gifts = []
        for number, person in enumerate(people):
            package = make_package(pesos(1_000), name={"es": f"Paquete {number}x", "en": f"Package {number}x"})
            gift = give(
                fund, pesos(1_000 + number), kind="sponsorship", package=package,
                giver_organisation=make_organisation(person),
            )  # fmt: skip
            deliver_benefit(
                trust_queries.benefits_of(gift.id)[0], on=today(), note=f"Entrega {number}x", evidence=a_receipt()
            )
            gifts.append(gift)
        session.commit()
        for mine, other, person in ((0, 1, people[0]), (1, 0, people[1])):
            login(person)
            for address in ("/es/mis-aportaciones", f"/es/mis-aportaciones/{gifts[mine].id}"):
                page = client.get(address).get_data(as_text=True)
                assert f"Entrega {mine}x" in page
                assert f"Entrega {other}x" not in page
                assert f"Paquete {other}x" not in page
            assert client.get(f"/es/mis-aportaciones/{gifts[other].id}").status_code == 404
            for whose, status in ((mine, 200), (other, 404)):
                owed = trust_queries.benefits_of(gifts[whose].id)[0]
                answer = client.get(f"/es/mis-aportaciones/beneficios/{owed.id}/evidencia")
                assert answer.status_code == status
            due = trust_queries.benefits_of(gifts[mine].id)[1]
            assert client.get(f"/es/mis-aportaciones/beneficios/{due.id}/evidencia").status_code == 404
        assert client.get("/es/mis-aportaciones/beneficios/999999/evidencia").status_code == 404

    def test_a_thing_given_has_no_share_and_its_use_is_told(
        self, client: FlaskClient, login: Login, session: Session, clock: FrozenClock
    ) -> None:
        user = make_user(Role.SPONSOR_CONTACT)
        thing = give_in_kind(make_fund(), pesos(5), organisation=make_organisation(user))
        use_in_kind(thing, on=today(), memo="Residencia de marzo", programme=PROGRAMME)
        session.commit()
        login(user)
        page = page_of(client, thing)
        assert "Tu parte de la bolsa" not in page
        assert "Residencia de marzo" in page

    def test_the_page_asks_as_much_for_many_awards_as_for_none(  # noqa: PLR0917 (fixtures)
        self, client: FlaskClient, login: Login, session: Session, call: Call, officer: User,
        funds: tuple[Fund, Fund], count_queries: Any,
    ) -> None:  # fmt: skip
        user = make_user(Role.SPONSOR_CONTACT)
        gift = give(funds[0], pesos(250), giver_user=user)
        session.commit()
        login(user)
        asked = []
        for _ in range(2):
            page_of(client, gift)
            with count_queries(forgetting=True) as sent:
                page_of(client, gift)
            asked.append(sent)
            if len(asked) == 1:
                release(call, officer, session)
        assert queries.funded_totals(funds[0].id)[0].awards > 1
        assert Counter(asked[0]) == Counter(asked[1])
