"""Who was found ineligible objects; another person agrees, is led to what comes next, and the public reads why."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.served import ROOT, Served

# The demo's windows have closed: one who was told «ineligible» objects while theirs was open, and is heard.
OBJECT = """
import json
from datetime import timedelta
from sqlalchemy import select
from web.factory import create_app
from core.clock import FrozenClock, set_clock
from core.context import Actor, acting_as
from core.database import session
from core.roles import Role
from grants import services
from grants.models import Determination
from grants.states.determination import Outcome
from web.demo.people import make_account
with create_app().app_context():
    found = session().scalars(select(Determination).where(
        Determination.outcome == Outcome.INELIGIBLE, Determination.released_at.is_not(None)
    ).order_by(Determination.id)).first()
    set_clock(FrozenClock(found.released_at + timedelta(days=1)))
    person = found.application.applicant
    with acting_as(Actor(person.id, person.roles, person.name)):
        appeal = services.file_appeal(found.application, text="El documento va en la página 2.")
    other = make_account("Otra persona del programa", "otra.programa@puente.example", Role.PROGRAMME_OFFICER)
    with acting_as(Actor(other.id, other.roles, other.name)):
        services.admit_appeal(appeal)
    session().commit()
    print(json.dumps({"folio": found.application.folio, "call": found.call.slug}))
"""


@pytest.mark.browser
def test_an_upheld_appeal_leads_on(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    told = object_to_a_result(visitor.site)
    page = visitor.start()
    visitor.sign_in(visitor.site.account("administrator"))
    page.goto(f"{visitor.site.url}/es/programa/inconformidades")
    page.get_by_role("link", name=told["folio"]).click()
    page.get_by_label("Procedente", exact=True).check()
    page.get_by_label("Razones, para quien se inconformó").fill("El documento sí estaba.")
    page.get_by_label("Resumen público, sin nombres").fill("Un requisito se revisó mal.")
    page.get_by_role("button", name="Guardar resolución").click()
    expect(page.get_by_text("Resolución guardada")).to_be_visible()
    page.get_by_role("link", name="Revisar su expediente").click()
    expect(page.get_by_text("Así lo leerá el comité")).to_be_visible()
    page.goto(f"{visitor.site.url}/es/convocatorias/{told['call']}/resultados")
    expect(page.get_by_text("Un requisito se revisó mal.")).to_be_visible()


def object_to_a_result(site: Served) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", OBJECT],
        env={**os.environ, **site.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
