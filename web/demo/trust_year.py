"""The trust's year: the endowment, gifts in cash and in kind, a foreign donor, the plan, the closed months."""

from datetime import date, timedelta
from decimal import Decimal

from werkzeug.test import Client

from accounts.models import Organisation
from core.clock import today
from core.database import session
from core.money import Money
from core.settings import setting
from treasury import services as treasury
from trust import queries as trust_queries
from trust import services as trust
from trust.rules import Rate
from trust.simulator import MOUNTED_AT, set_deliverer, wsgi_app
from web.demo.calendar import office_hours
from web.demo.story import Chapter, Story

DAYS_BETWEEN_GIFTS = 11
WORTH = 840_000  # of the gift from abroad, in the city's currency
INVENTED = "Tipo de cambio inventado para la demostración"
FUNDS: tuple[tuple[str, str, str, str, str], ...] = (
    ("capital-inicial", "endowment", "Capital inicial", "Endowment", "Patrimonio del fideicomiso; no se gasta."),
    ("fondo-general", "unrestricted", "Fondo general", "General fund", "Donde más se necesita: lo decide el comité."),
    ("movilidad", "designated", "Movilidad internacional", "International mobility", "Apartado para la movilidad."),
    (
        "puentes-europa",
        "restricted",
        "Puentes con Europa",
        "Bridges with Europe",
        "Donativo de fuera solo para un eje.",
    ),
)


def begin_books(story: Story) -> Chapter:
    """Open the books, the funds and the endowment."""
    yield office_hours(story.year.begins)
    with story.acting("tesoreria"):
        trust.establish_chart()
        for year in story.year.years:
            trust.open_periods(year)
        envoy = story.crowd.person("Marijke van der Linden")
        foundation = story.crowd.organisation("Stichting Stedenbrug", "foundation", envoy, country="NL")
        for code, kind, spanish, english, purpose in FUNDS:
            story.funds[code] = trust.open_fund(
                code=code,
                kind=kind,
                name={"es": spanish, "en": english},
                purpose={"es": purpose, "en": _PURPOSES[code]},
                spending_rules={"axes": [story.axis(1)], "categories": ["award"]} if kind == "restricted" else None,
                giver_organisation=foundation if kind == "restricted" else None,
                accepts_gifts=kind == "designated",
            )
        city = story.crowd.organisation("Secretaría de Finanzas de la Ciudad", "public_body", story.users["programa"])
        trust.receive_contribution(
            kind="endowment",
            fund=story.funds["capital-inicial"],
            money=story.money(30_000_000),
            giver_organisation=city,
            public_name=city.name,
            received_on=today(),
            idempotency_key="demo:endowment",
        )
    session().commit()


_PURPOSES = {
    "capital-inicial": "The trust's capital; it is not spent.",
    "fondo-general": "Where it is needed most: the committee decides.",
    "movilidad": "Set aside for mobility.",
    "puentes-europa": "A gift from abroad for one axis alone.",
}


def receive_gifts_before_plan(story: Story) -> Chapter:
    """The city's subsidy, a foreign donor in euros, a company by card, and a hotel in kind."""
    company = story.crowd.organisation("Telares del Valle, S.A. de C.V.", "company", story.users["patrocinio"])
    yield office_hours(story.year.day(-200))
    _subsidy(story)
    yield office_hours(story.year.day(-190))
    _gift_from_abroad(story)
    yield office_hours(story.year.day(-180))
    _pay_through_checkout(story, company)
    yield office_hours(story.year.day(-170))
    yield from _rooms_from_a_hotel(story)
    session().commit()


def receive_small_gifts(story: Story) -> Chapter:
    """People's gifts from the approved plan to yesterday, some of them without a name."""
    first, last = story.year.day(-160), story.year.today - timedelta(days=1)
    span = (last - first).days
    for number, days in enumerate(range(span % DAYS_BETWEEN_GIFTS, span + 1, DAYS_BETWEEN_GIFTS)):
        yield office_hours(first + timedelta(days=days), 12)
        name, _gender = story.crowd.name()
        with story.acting("tesoreria"):
            trust.receive_contribution(
                kind="donation",
                fund=story.funds["fondo-general" if number % 3 else "movilidad"],
                money=story.money(story.chance.choice((500, 800, 1_200, 2_500, 5_000, 12_000))),
                public_name=None if number % 4 == 0 else name,
                anonymous=number % 4 == 0,
                received_on=today(),
                idempotency_key=f"demo:gift:{number}",
            )
    session().commit()


def _subsidy(story: Story) -> None:
    with story.acting("tesoreria"):
        trust.receive_contribution(
            kind="subsidy",
            fund=story.funds["movilidad"],
            money=story.money(2_400_000 * story.scale),
            public_name="Secretaría de Finanzas de la Ciudad",
            received_on=today(),
            idempotency_key="demo:subsidy",
        )


def rate_of(foreign: str, on: date) -> Rate:
    """Return the last published rate of a currency in the city's on or before `on`, however old the table is.

    Where nobody publishes the city's currency, an invented one, which says so.
    """
    base = str(setting("BASE_CURRENCY"))
    last = trust_queries.latest_rate_date(base)
    if base in (foreign, "EUR") or last is not None:
        return trust_queries.exchange_rate(foreign, base, min(on, last or on))
    return Rate(foreign, base, "20", on, INVENTED)


def _gift_from_abroad(story: Story) -> None:
    foreign = "USD" if setting("BASE_CURRENCY") == "EUR" else "EUR"
    fund, rate = story.funds["puentes-europa"], rate_of(foreign, today())
    tens = max(
        1, round(WORTH / rate.fraction / 10_000)
    )  # of thousands: what is planned out of it does not hang on the rate
    given = Money.from_decimal(Decimal(tens * 10_000 * story.scale), foreign)
    with story.acting("tesoreria"):
        trust.receive_contribution(
            kind="donation",
            fund=fund,
            money=given,
            giver_organisation=session().get(Organisation, fund.giver_organisation_id),
            public_name="Stichting Stedenbrug",
            received_on=today(),
            idempotency_key="demo:euros",
            rate=rate,
        )
        trust.exchange_currency(
            fund=fund,
            sold=given,
            bought=given.converted(rate.fraction, str(setting("BASE_CURRENCY"))),
            rate=rate,
            on=today(),
            idempotency_key="demo:euros-sold",
        )


def _pay_through_checkout(story: Story, company: Organisation) -> None:
    with story.acting("patrocinio") as contact:
        order = trust.start_checkout(
            fund=story.funds["movilidad"],
            money=story.money(250_000),
            method="card",
            kind="sponsorship",
            giver_user=contact,
            giver_organisation=company,
            public_name="Telares del Valle",
            email=contact.email,
        )
    session().commit()
    path = str(order.payment_url).split(MOUNTED_AT, 1)[1]
    # Nobody is served yet, so the notice has no door to knock at; the return page's road fulfils the order.
    previous = set_deliverer(lambda _url, _payload, _headers: 202)
    answer = Client(wsgi_app()).post(path, data={"numero": "4242 4242 4242 4242", "accion": "pagar"})
    set_deliverer(previous)
    if answer.status_code >= 400:
        raise RuntimeError(f"the payment simulator answered {answer.status_code}")
    trust.fulfil_checkout(order.company_id)


def _rooms_from_a_hotel(story: Story) -> Chapter:
    name, _gender = story.crowd.name()
    owner = story.crowd.person(name)
    hotel = story.crowd.organisation("Hotel Los Volcanes", "company", owner)
    with story.acting("programa"):
        offer = trust.offer_in_kind(
            kind="sponsorship",
            fund=story.funds["movilidad"],
            value=story.money(96_000),
            description="Habitación doble con desayuno para artistas invitados",
            quantity=40,
            unit="noche",
            valuation="published_rate",
            valuation_note="Tarifa pública de la temporada, sin descuento",
            giver_organisation=hotel,
            public_name=hotel.name,
            idempotency_key="demo:hotel",
        )
    yield office_hours(story.year.day(-165))
    with story.acting("tesoreria"):
        trust.confirm_in_kind_delivery(offer, received_on=today(), delivered_to="Responsable del programa")


def approve_plan(story: Story) -> Chapter:
    """The annual operating plan: programmes by axis, out of the funds that may pay for them."""
    yield office_hours(story.year.day(-160))
    year = today().year
    programmes = (
        (1, "movilidad", 1_300_000, "Artistas en el mundo", "Artists in the world", 14),
        (2, "movilidad", 300_000, "Derechos que viajan", "Rights that travel", 4),
        (4, "movilidad", 500_000, "Estudiar e investigar fuera", "Study and research abroad", 8),
        (5, "movilidad", 200_000, "Talleres que exportan", "Workshops that export", 3),
        (1, "puentes-europa", 700_000, "Puentes con Europa", "Bridges with Europe", 8),
    )
    with story.acting("tesoreria"):
        plan = treasury.draft_plan(year)
        for axis, fund, pesos, spanish, english, target in programmes:
            treasury.add_programme(
                plan,
                axis=story.axis(axis),
                name={"es": spanish, "en": english},
                goal={
                    "es": f"Que al menos {target * story.scale} proyectos de la ciudad crucen fronteras en el año.",
                    "en": f"At least {target * story.scale} projects from the city cross borders within the year.",
                },
                indicator={"es": "proyectos apoyados", "en": "projects supported"},
                target=target * story.scale,
                fund=story.funds[fund],
                money=story.money(pesos * story.scale),
            )
        treasury.approve_plan(plan)
    session().commit()


def close_months(story: Story) -> Chapter:
    """Close every month up to the end of the demo's quarter, in order, each after its sums were proved."""
    last = story.year.quarter[1]
    yield office_hours(last + timedelta(days=8))
    with story.acting("tesoreria"):
        month = date(min(story.year.years), 1, 1)
        while month <= last:
            trust.close_period(month.year, month.month)
            month = (month + timedelta(days=32)).replace(day=1)
            session().commit()
