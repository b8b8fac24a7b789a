"""A sponsor gives 25,000 MXN through the simulated checkout and downloads the receipt."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


@pytest.mark.browser
def test_a_sponsor_gives_through_the_checkout_and_gets_a_receipt(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    page = visitor.start()
    page.get_by_role("link", name=re.compile("^Aportar")).first.click()
    page.get_by_label("¿Cuánto quieres aportar?").fill("25,000")
    page.get_by_text("Recibo a tu nombre o por correo").click()
    page.get_by_label("Nombre en el recibo").fill("Panadería La Espiga, S.A. de C.V.")
    page.get_by_label("Correo para enviarte el recibo").fill("cuentas@laespiga.example")
    visitor.photograph("give")
    page.get_by_role("button", name="Ir a pagar").click()
    expect(page.get_by_text("Modo de prueba").first).to_be_visible()
    page.get_by_label("Número de tarjeta").fill("4242 4242 4242 4242")
    visitor.photograph("checkout")
    page.get_by_role("button", name=re.compile("^Pagar")).click()
    receipt = page.get_by_role("link", name="Descargar el recibo")
    for _attempt in range(20):  # the bank's notice may arrive after the person does
        if receipt.count():
            break
        page.reload()
    visitor.photograph("thanks")
    expect(page.get_by_text("25,000.00").first).to_be_visible()
    with page.expect_download() as caught:
        receipt.first.click()
    assert caught.value.suggested_filename.endswith(".pdf")
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
