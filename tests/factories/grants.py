"""Calls and applications made by the services, the way people make them."""

import io
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

import pikepdf

from accounts.models import Organisation, User
from core.clock import end_of_day, frozen, local, now, today
from core.files import store_upload
from core.money import Money
from core.settings import setting
from grants import services
from grants.models import Application, Call
from grants.rules.standard import standard_eligibility, standard_tariff
from grants.states.call import CallState
from tests.factories.rules import standard_form, standard_rulebook

RATE = {
    "base": "EUR",
    "quote": "MXN",
    "value": "21.5000",
    "date": "2026-02-27",
    "source": "Banco Central Europeo, tipo de cambio de referencia",
}
TITLE = {"es": "Movilidad de prueba", "en": "Test mobility"}
_numbers = count(1)


def a_pdf(pages: int = 1) -> bytes:
    """A small valid PDF."""
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page()
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True)  # the same pages, the same bytes, whatever the second
    return buffer.getvalue()


def make_draft_call(**changes: Any) -> Call:
    """A complete draft: it opens in 20 days and closes in 50, at 23:59:59 in the city."""
    values: dict[str, Any] = {
        "slug": f"movilidad-{next(_numbers)}",
        "title": TITLE,
        "summary": {"es": "Viajes de trabajo de artistas.", "en": "Work journeys of artists."},
        "body": {"es": "Bases de la convocatoria.", "en": "Rules of the call."},
        "axes": [1, 4],
        "regions": ["latin_america", "europe"],
        "audience": ["artists", "students"],
        "direction": "outbound",
        "cap_per_award": Money(10_000_000, "MXN"),
        "form": standard_form(setting("AXES"), setting("TERRITORIES")),
        "tariff": standard_tariff(RATE),
        "eligibility": standard_eligibility(),
        "opens_at": end_of_day(today() + timedelta(days=20)) - timedelta(hours=14),
        "closes_at": end_of_day(today() + timedelta(days=50)),
    }
    values |= changes
    closes_at = values["closes_at"]
    return services.draft_call(
        **{"results_on": local(closes_at).date() + timedelta(days=60) if closes_at else None, **values}
    )


def make_published_call(
    *,
    budget: Money | None = None,
    allocate: Callable[[Call], object] | None = None,
    rulebook: dict[str, Any] | None = None,
    **changes: Any,
) -> Call:
    """A call whose consultation is over, allocated, published and not open yet. The clock stands where it stood."""
    began = now()
    with frozen(began - timedelta(days=40)) as clock:
        call = make_draft_call(
            **{
                "opens_at": began + timedelta(days=10),
                "closes_at": end_of_day(date.fromordinal(today().toordinal() + 70)),
                **changes,
            }
        )
        services.set_rulebook(call, rulebook or standard_rulebook(call.title))
        services.open_consultation(call, now() + timedelta(days=30))
        clock.advance(days=31)
        if allocate is None:
            services.set_allocated_budget(call, budget or Money(100_000_000, "MXN"))
        else:
            allocate(call)
        services.publish_call(call)
    return call


def make_open_call(**changes: Any) -> Call:
    """A call that takes applications now."""
    call = make_published_call(**{"opens_at": now() - timedelta(days=1), **changes})
    services.bring_up_to_date(call)
    assert call.state is CallState.OPEN
    return call


def answers_for(kind: str = "person", **changes: Any) -> dict[str, Any]:
    """Complete answers to the standard form."""
    answers: dict[str, Any] = {
        "public_name": "Lucía Prueba",
        "alcaldia": setting("TERRITORIES")[0],
        "adult": "yes",
        "first_time": "yes",
        "previous_award": "no",
        "title": "Son jarocho en el puerto",
        "summary": "Tres talleres con jóvenes y un concierto abierto.",
        "axis": "1",
        "purpose": "Enseñar a construir jaranas y tocar juntos.",
        "benefit": "Un intercambio que vuelve a los talleres del barrio.",
        "host": "Centro cultural del puerto",
        "green": "no",
    }
    if kind == "person":
        answers["gender"] = "woman"
    else:
        answers |= {"members": "Cinco músicas y músicos", "people": 3}
    return answers | changes


def a_journey(**changes: Any) -> list[dict[str, Any]]:
    """Fourteen days in Marseille."""
    start = today() + timedelta(days=150)
    leg = {
        "origin_country": "MX",
        "origin_city": "Ciudad de México",
        "country": "FR",
        "city": "Marsella",
        "starts_on": start.isoformat(),
        "ends_on": (start + timedelta(days=13)).isoformat(),
    }
    return [leg | changes]


def make_draft_application(
    call: Call,
    user: User,
    *,
    kind: str = "person",
    organisation: Organisation | None = None,
    answers: Mapping[str, Any] | None = None,
    journey: list[dict[str, Any]] | None = None,
) -> Application:
    """A draft with everything in it, ready to be sent."""
    application = services.start_application(call, user, kind=kind, organisation=organisation)
    services.save_draft(
        application,
        answers=answers_for(kind, **(answers or {})),
        itinerary=journey if journey is not None else a_journey(),
    )
    services.attach_file(application, "invitation", store_upload(a_pdf(), "carta.pdf", purpose="application"))
    return application


def make_submitted_application(call: Call, user: User, **more: Any) -> Application:
    """An application that was received."""
    application = make_draft_application(call, user, **more)
    services.submit_application(application)
    return application
