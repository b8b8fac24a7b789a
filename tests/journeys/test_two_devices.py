"""One draft open in two places: what only one changed is taken, and where both did, a person chooses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_applicant import open_the_draft

SUMMARY, BENEFIT, HOST = "Resumen", "Qué gana la ciudad", "Quién te recibe"


def at_the_project(visitor: Visitor) -> Page:
    open_the_draft(visitor)
    page = visitor.page
    page.goto(
        page.url.split("/solicitudes/")[0] + f"/solicitudes/{page.url.split('/solicitudes/')[1].split('/')[0]}/proyecto"
    )
    return page


def write(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).fill(text)


def saved(page: Page) -> None:
    expect(page.get_by_text("Guardado a las")).to_be_visible()


@pytest.mark.browser
def test_what_each_device_wrote_is_merged_and_a_quarrel_is_shown(arrive: Callable[..., Visitor]) -> None:
    phone, laptop = arrive(), arrive()
    one, two = at_the_project(phone), at_the_project(laptop)

    write(one, SUMMARY, "Del teléfono.")
    saved(one)
    write(two, BENEFIT, "De la computadora.")
    expect(two.get_by_label(SUMMARY)).to_have_value("Del teléfono.")
    expect(two.get_by_label(BENEFIT)).to_have_value("De la computadora.")
    saved(two)

    laptop.offline = True
    laptop.context.set_offline(True)
    write(two, SUMMARY, "Escrito sin conexión.")
    write(two, HOST, "La casa del puerto.")
    expect(two.get_by_text("Sin conexión; se guarda en este navegador.")).to_be_visible()
    one.reload()
    expect(one.get_by_label(BENEFIT)).to_have_value("De la computadora.")
    write(one, SUMMARY, "Del teléfono, otra vez.")
    saved(one)
    laptop.context.set_offline(False)
    expect(two.get_by_text("Hay respuestas con dos textos")).to_be_visible()
    laptop.offline = False
    expect(two.get_by_label(SUMMARY)).to_have_value("Del teléfono, otra vez.")
    choice = two.get_by_role("group", name="Esta respuesta cambió también en otro lado.")
    expect(choice).to_contain_text("Escrito sin conexión.")
    laptop.photograph("application-merge")
    choice.get_by_role("button", name="Usar lo mío").click()
    expect(choice).to_be_hidden()
    saved(two)
    one.reload()
    expect(one.get_by_label(SUMMARY)).to_have_value("Escrito sin conexión.")
    expect(one.get_by_label(HOST)).to_have_value("La casa del puerto.")


@pytest.mark.browser
def test_what_was_written_offline_waits_for_a_choice_when_the_page_opens_again(arrive: Callable[..., Visitor]) -> None:
    phone, laptop = arrive(), arrive()
    one, two = at_the_project(phone), at_the_project(laptop)
    laptop.offline = True
    laptop.context.set_offline(True)
    write(two, SUMMARY, "En el camión, sin señal.")
    expect(two.get_by_text("Sin conexión; se guarda en este navegador.")).to_be_visible()
    address = two.url
    two.close(run_before_unload=False)
    write(one, SUMMARY, "En casa.")
    saved(one)
    laptop.context.set_offline(False)
    laptop.page = two = laptop.context.new_page()
    laptop.watch(two)
    two.goto(address)
    laptop.offline = False
    expect(two.get_by_label(SUMMARY)).to_have_value("En casa.")
    choice = two.get_by_role("group", name="Esta respuesta cambió también en otro lado.")
    expect(choice).to_contain_text("En el camión, sin señal.")
    choice.get_by_role("button", name="Quedarme con lo guardado").click()
    two.reload()
    expect(two.get_by_label(SUMMARY)).to_have_value("En casa.")
    expect(two.get_by_role("group", name="Esta respuesta cambió")).to_have_count(0)
