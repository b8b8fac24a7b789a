"""What sponsors do towards the end of the year: a package with its promises, a pledge in two parts, an offer in kind."""

from datetime import timedelta

from accounts import queries as account_queries
from accounts.models import Organisation
from core.clock import today
from core.database import session
from core.files import store_upload
from rendering.pdf import Document, Facts, Paragraph, render_pdf
from trust import queries as trust_queries
from trust import services as trust
from trust.models import Contribution
from web.demo.calendar import office_hours
from web.demo.story import Chapter, Story

PACKAGE = {"es": "Puente de cantera", "en": "Stone bridge"}
LEAST = 150_000


def bring_in_sponsors(story: Story) -> Chapter:
    """One thing promised is delivered, one is late, one is due later; one part of the pledge came; the offer waits."""
    yield office_hours(story.year.today - timedelta(days=25))
    _write_package(story)
    company = account_queries.organisations_of(story.users["patrocinio"])[0]
    yield office_hours(story.year.today - timedelta(days=22))
    _promise(story, company)
    yield office_hours(story.year.today - timedelta(days=20))
    gift = _take_package(story, company)
    yield office_hours(story.year.today - timedelta(days=15))
    _keep_first_part(story, company)
    yield office_hours(story.year.today - timedelta(days=10))
    _deliver_the_logo(story, gift)
    yield office_hours(story.year.today - timedelta(days=2), 16)
    _offer_printing(story)
    session().commit()


def _write_package(story: Story) -> None:
    with story.acting("programa"):
        trust.write_package(
            name=PACKAGE,
            money=story.money(LEAST),
            lines=[
                trust.BenefitLine(
                    {"es": "Logotipo en la página del fondo", "en": "Logo on the fund's page"}, 1, due_days=14
                ),
                trust.BenefitLine(
                    {"es": "Mención en el informe trimestral", "en": "Mention in the quarterly report"}, 1, due_days=16
                ),
                trust.BenefitLine(
                    {"es": "Boletos para la muestra de fin de año", "en": "Tickets to the year's closing show"},
                    20,
                    due_days=60,
                    fair_value=story.money(9_000),
                ),
            ],
            is_public=True,
            opens_on=today(),
            places=4,
        )


def _take_package(story: Story, company: Organisation) -> Contribution:
    with story.acting("tesoreria"):
        return trust.receive_contribution(
            kind="sponsorship",
            fund=story.funds["movilidad"],
            money=story.money(LEAST),
            giver_organisation=company,
            public_name=company.name,
            received_on=today(),
            idempotency_key="demo:package",
            email=story.users["patrocinio"].email,
            package=trust_queries.packages_in_season()[0],
        )


def _deliver_the_logo(story: Story, gift: Contribution) -> None:
    logo = trust_queries.benefits_of(gift.id)[0]
    picture = render_pdf(
        Document(
            title="Captura de la página del fondo",
            blocks=[
                Paragraph("El logotipo está en el pie de la página de la bolsa, con enlace a la empresa."),
                Facts((("Fecha de la captura", today().isoformat()), ("Páginas", "1"))),
            ],
            author="",
            footer_note="Documento de demostración",
        )
    )
    with story.acting("programa"):
        trust.deliver_benefit(
            logo,
            on=today(),
            note="Está en el pie de la página de la bolsa, con enlace.",
            evidence=store_upload(picture, "captura-del-logotipo.pdf", purpose="benefit"),
        )


def _promise(story: Story, company: Organisation) -> None:
    half = story.money(60_000)
    with story.acting("tesoreria"):
        trust.pledge(
            fund=story.funds["movilidad"],
            money=half + half,
            instalments=[(today() + timedelta(days=7), half), (today() + timedelta(days=97), half)],
            giver_organisation=company,
            email=story.users["patrocinio"].email,
        )


def _keep_first_part(story: Story, company: Organisation) -> None:
    promised = trust_queries.pledges_of([company.id], None)[0]
    with story.acting("tesoreria"):
        came = trust.receive_contribution(
            kind="donation",
            fund=story.funds["movilidad"],
            money=story.money(60_000),
            giver_organisation=company,
            public_name=company.name,
            received_on=today(),
            idempotency_key="demo:pledge:1",
            email=story.users["patrocinio"].email,
        )
        trust.apply_contribution(promised, came)


def _offer_printing(story: Story) -> None:
    trust.offer_from_public(
        contact=trust.Contact(
            name="Yolanda Cuevas",
            email="imprenta@puente.example",
            available_on=today() + timedelta(days=10),
            terms="Se recoge en el taller, de lunes a viernes.",
        ),
        fund=None,
        idempotency_key="demo:printing",
        kind="donation",
        value=story.money(18_000),
        description="Impresión de catálogos de las exposiciones que vuelven de viaje",
        quantity=600,
        unit="ejemplares",
        valuation="market_price",
        valuation_note="Tres cotizaciones de imprentas de la ciudad",
        public_name="Imprenta La Prensa Chica",
    )
