"""An applicant drafts, loses the connection, resumes, submits and downloads the acuse."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

PURPOSE = "Grabaremos con músicos del puerto un repertorio compartido y lo tocaremos en la calle."


def letter() -> bytes:
    """A letter of invitation, as a PDF."""
    with pikepdf.new() as document:
        document.add_blank_page()
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def choose(page: Page, question: str, answer: str) -> None:
    """Answer a choice by its words."""
    page.locator("fieldset", has=page.get_by_text(question, exact=False)).last.get_by_label(answer, exact=True).check()


def pick(page: Page, label: str) -> None:
    """Take the first real option of a select, or the first of a few radios."""
    select = page.locator("select").and_(page.get_by_label(label))
    if select.count():
        select.select_option(index=1)
    else:
        page.locator("fieldset", has_text=label).last.get_by_role("radio").first.check()


def open_the_draft(visitor: Visitor, nth: int = 1) -> None:
    """From the front door to the first step of a draft for the open call."""
    page = visitor.start()
    page.get_by_role("link", name=re.compile("Pedir apoyo")).click()
    page.get_by_role("link", name=re.compile("segunda convocatoria")).first.click()
    visitor.photograph("call")
    page.get_by_role("link", name=re.compile("Empezar solicitud|Ir a mi solicitud")).click()
    visitor.fill_in_credentials(visitor.site.account("applicant", nth))
    if page.get_by_role("button", name="Empezar").count():
        page.get_by_label("Una persona", exact=True).check()
        page.get_by_role("button", name="Empezar").click()
    elif page.get_by_role("link", name="Seguir con el borrador").count():
        page.get_by_role("link", name="Seguir con el borrador").click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Guardar y seguir").click()


def say_who(page: Page) -> None:
    page.get_by_label("Nombre con el que se publicaría el apoyo").fill("Son del Canal")
    pick(page, "Alcaldía donde vives")
    choose(page, "Género", "Mujer")
    choose(page, "¿Tienes 18 años o más?", "Sí")
    choose(page, "¿Es tu primera solicitud a este fondo?", "Sí")
    choose(page, "¿Recibiste apoyo de este fondo en los últimos dos años?", "No")
    go_on(page)


def tell_the_project(page: Page) -> None:
    page.get_by_label("Título del proyecto").fill("Jarana en el puerto")
    page.get_by_label("Resumen").fill("Tres talleres y un concierto abierto en el puerto.")
    pick(page, "Eje al que pertenece")
    page.get_by_label("Qué gana la ciudad").fill("Un taller abierto en la alcaldía al volver, y un repertorio nuevo.")
    page.get_by_label("Quién te recibe").fill("Una asociación de músicos del puerto")


def plan_the_journey(page: Page) -> None:
    leaves = datetime.now(UTC).date() + timedelta(days=90)
    if page.get_by_text("¿Hacia dónde es el viaje?").count():
        page.locator("fieldset", has_text="¿Hacia dónde es el viaje?").last.get_by_role("radio").first.check()
    page.get_by_label("País de salida").first.select_option("MX")
    page.get_by_label("Ciudad de salida").first.fill("Ciudad de México")
    page.get_by_label("País de destino").first.select_option("FR")
    page.get_by_label("Ciudad de destino").first.fill("Marseille")
    page.get_by_label("Llegas el").first.fill(leaves.isoformat())
    page.get_by_label("Te vas el").first.fill((leaves + timedelta(days=12)).isoformat())
    go_on(page)


def finish_and_submit(visitor: Visitor) -> None:
    """From the itinerary to the acuse in hand."""
    page = visitor.page
    plan_the_journey(page)
    choose(page, "¿El viaje principal es por tierra o mar, sin avión?", "No")
    visitor.photograph("application-budget")
    go_on(page)
    page.get_by_label("Carta de invitación").set_input_files(
        {"name": "carta de invitación.pdf", "mimeType": "application/pdf", "buffer": letter()}
    )
    go_on(page)
    expect(page.get_by_role("heading", level=1, name="Revisar y enviar")).to_be_visible()
    visitor.photograph("application-review")
    page.get_by_role("button", name="Enviar solicitud").click()
    expect(page.get_by_text("Recibimos tu solicitud completa y a tiempo.")).to_be_visible()
    visitor.photograph("acuse")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Descargar el acuse (PDF)").click()
    assert caught.value.suggested_filename.endswith(".pdf")
    assert caught.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.browser
def test_an_applicant_drafts_loses_the_connection_resumes_and_submits(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    open_the_draft(visitor)
    say_who(visitor.page)
    tell_the_project(visitor.page)
    visitor.photograph("application-step")

    visitor.offline = True
    visitor.context.set_offline(True)
    visitor.page.get_by_label("Qué harás y por qué ahora").fill(PURPOSE)
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    visitor.page.get_by_label("Quién te recibe").focus()
    expect(visitor.page.get_by_text("Sin conexión; se guarda en este navegador.")).to_be_in_viewport()
    visitor.photograph("application-offline")
    address = visitor.page.url
    visitor.page.close(run_before_unload=False)
    visitor.context.set_offline(False)

    visitor.page = visitor.context.new_page()
    visitor.watch(visitor.page)
    visitor.page.goto(address)
    expect(visitor.page.get_by_label("Qué harás y por qué ahora")).to_have_value(PURPOSE)
    visitor.context.set_offline(True)
    go_on(visitor.page)
    expect(visitor.page.get_by_text("En cuanto vuelva se guarda y sigues")).to_be_visible()
    assert visitor.page.url == address
    visitor.context.set_offline(False)
    finish_and_submit(visitor)  # by itself the page went on to the next step
    visitor.offline = False


@pytest.mark.browser
def test_an_applicant_without_scripts_submits_too(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive(java_script_enabled=False)
    page = visitor.start()
    page.get_by_role("link", name=re.compile("Pedir apoyo")).click()
    page.get_by_role("link", name=re.compile("segunda convocatoria")).first.click()
    page.get_by_role("link", name=re.compile("Empezar solicitud|Ir a mi solicitud")).click()
    visitor.fill_in_credentials(visitor.site.account("sponsor_contact"))
    page.get_by_label("Una persona", exact=True).check()
    page.get_by_role("button", name="Empezar").click()
    say_who(page)
    tell_the_project(page)
    page.get_by_label("Qué harás y por qué ahora").fill(PURPOSE)
    go_on(page)
    finish_and_submit(visitor)
