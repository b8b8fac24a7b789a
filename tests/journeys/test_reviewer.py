"""A reviewer signs in with a code, declares no conflict, scores blind and submits."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

WHY = (
    "La propuesta dice con claridad qué hará, con quién y cuándo, y lo sostiene con una invitación concreta. "
    "El calendario alcanza para lo que promete y el regreso a la ciudad está pensado para públicos que hoy no llegan. "
    "Faltaría precisar cómo se medirá lo aprendido, pero no cambia lo esencial del proyecto que se propone aquí."
)


@pytest.mark.browser
def test_a_reviewer_declares_scores_blind_and_submits(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    page = visitor.start()
    page.get_by_role("link", name=re.compile("^Evaluar")).first.click()
    visitor.fill_in_credentials(visitor.site.account("reviewer"))
    expect(page.get_by_role("heading", level=1, name="Tus evaluaciones")).to_be_visible()
    visitor.photograph("reviewer-desk")
    page.get_by_role("link", name=re.compile("^Seguir con")).click()
    if page.get_by_role("button", name="Declarar").count():
        visitor.photograph("reviewer-declaration")
        page.get_by_label("No, puedo evaluarlo con imparcialidad").check()
        page.get_by_role("button", name="Declarar").click()
    expect(page.get_by_role("heading", name="Tu evaluación")).to_be_visible()
    said = page.inner_text("main")
    assert "@" not in said
    assert not any(account["name"] in said for account in visitor.site.accounts)
    criteria = page.locator("fieldset").filter(has=page.get_by_label("Justificación"))
    assert criteria.count() > 1
    score_by_digits(page)
    for criterion in criteria.all():
        criterion.get_by_role("radio").nth(4).check()
        criterion.get_by_label("Justificación").fill(WHY)
    visitor.photograph("reviewer-dossier")
    page.get_by_role("button", name="Revisar y enviar").click()
    visitor.photograph("reviewer-confirm")
    page.get_by_role("button", name="Enviar evaluación").click()
    expect(page.get_by_text(re.compile("^Enviamos tu evaluación de")).first).to_be_visible()
    visitor.photograph("reviewer-sent")
    nothing_typed_is_lost(visitor)


def nothing_typed_is_lost(visitor: Visitor) -> None:
    """Write the next one in two windows and too long, and close the tab on a page that was refused."""
    page = visitor.page
    page.goto(f"{visitor.site.url}/es/evaluacion")
    page.get_by_role("link", name=re.compile("^Seguir con")).click()
    if page.get_by_role("button", name="Declarar").count():
        page.get_by_label("No, puedo evaluarlo con imparcialidad").check()
        page.get_by_role("button", name="Declarar").click()
    why = re.compile("Justificación")
    expect(page.get_by_label(why)).not_to_have_count(0)
    other = visitor.context.new_page()
    visitor.watch(other)
    other.goto(page.url)
    page.get_by_label(why).nth(0).fill("Lo que escribí en la primera ventana.")
    page.get_by_label(why).nth(1).fill("Solo está en la primera.")
    expect(page.get_by_text("Guardado a las")).to_be_visible()
    other.get_by_label(why).nth(0).fill("Lo que escribí en la segunda.")
    other.get_by_label(why).nth(2).fill("x" * 3005)
    expect(other.get_by_text("Sobran 5 caracteres.")).to_be_visible()
    expect(other.get_by_text("Hay respuestas con dos textos")).to_be_visible()
    expect(other.get_by_label(why).nth(1)).to_have_value("Solo está en la primera.")
    other.get_by_role("button", name="Usar lo mío").click()
    expect(other.get_by_text("Guardado a las")).to_be_visible()
    page.close()
    other.get_by_label("Notas para ti").fill("n" * 10_001)
    other.get_by_label(why).nth(3).fill("Escrito después de la nota.")
    expect(other.get_by_text("Es demasiado largo: caben 10000 caracteres.")).to_be_visible()
    other.get_by_role("button", name="Guardar borrador").click()
    expect(other.get_by_text("Hay una cosa que corregir")).to_be_visible()
    address = other.url
    other.close(run_before_unload=False)
    visitor.page = again = visitor.context.new_page()
    visitor.watch(again)
    again.goto(address)
    expect(again.get_by_label(why).nth(0)).to_have_value("Lo que escribí en la segunda.")
    expect(again.get_by_label(why).nth(2)).to_have_value("x" * 3005)
    expect(again.get_by_label(why).nth(3)).to_have_value("Escrito después de la nota.")
    expect(again.get_by_label("Notas para ti")).to_have_value("n" * 10_001)
    again.get_by_label("Notas para ti").fill("Corta.")
    expect(again.get_by_text("Guardado a las")).to_be_visible()


def score_by_digits(page: Page) -> None:
    """Press digits where they score, and where they are only text."""
    expect(page.get_by_text(re.compile("^Con el teclado:"))).to_be_visible()
    criteria = page.locator("fieldset").filter(has=page.get_by_label("Justificación"))
    first, second = criteria.nth(0), criteria.nth(1)
    first.get_by_role("radio").first.focus()
    page.keyboard.press("4")
    expect(first.locator("input[type=radio][value='4']")).to_be_checked()
    expect(first.locator("input[type=radio][value='4']")).to_be_focused()
    expect(second.locator("input[type=radio]:checked")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(first.locator("input[type=radio][value='5']")).to_be_checked()
    page.keyboard.press("9")
    page.keyboard.press("Control+2")
    expect(first.locator("input[type=radio][value='5']")).to_be_checked()
    page.keyboard.press("Tab")
    written = first.get_by_label("Justificación")
    expect(written).to_be_focused()
    before = written.input_value()
    page.keyboard.press("End")
    page.keyboard.press("3")
    expect(written).not_to_have_value(before)
    expect(first.locator("input[type=radio][value='5']")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    expect(second.locator("input[type=radio][value='2']")).to_be_checked()
