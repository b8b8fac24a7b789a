"""Somebody reads the notice while registering, confirms with their password, and takes one answer back."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor

EMAIL, WORDS = "rosario.alarcon@example.org", "una frase que nadie adivina"
STORIES = "Contar tu experiencia, con tu nombre, en los materiales del fondo"


@pytest.mark.browser
def test_what_is_answered_while_registering_can_be_taken_back(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    page = visitor.start()
    page.get_by_role("link", name="Entrar", exact=True).first.click()
    page.get_by_role("link", name="Crea una").click()
    expect(page.get_by_role("link", name="Leer el aviso completo")).to_be_visible()
    page.get_by_label("Nombre completo").fill("Rosario Alarcón")
    page.get_by_label("Correo electrónico").fill(EMAIL)
    page.get_by_label("Contraseña", exact=True).fill(WORDS)
    expect(page.get_by_label(STORIES)).not_to_be_checked()
    page.get_by_label(STORIES).check()
    page.get_by_role("button", name="Crear mi cuenta").click()
    page.goto(visitor.site.url + link_in_letter(visitor, page))
    page.get_by_label("Contraseña", exact=True).fill(WORDS)
    visitor.photograph("confirm")
    page.get_by_role("button", name="Confirmar y entrar").click()
    page.goto(f"{visitor.site.url}/es/cuenta/aviso")
    expect(page.get_by_label(STORIES)).to_be_checked()
    page.get_by_label(STORIES).uncheck()
    page.get_by_role("button", name="Guardar lo que decidí").click()
    expect(page.get_by_text("Guardamos lo que decidiste.")).to_be_visible()
    expect(page.get_by_label(STORIES)).not_to_be_checked()
    expect(page.get_by_role("row", name=re.compile(f"Sí: {STORIES}"))).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile(f"No: {STORIES}"))).to_have_count(1)


def link_in_letter(visitor: Visitor, page: Page) -> str:
    """The path of the link in the letter, once the letter has left."""
    for _attempt in range(200):
        for file in sorted((visitor.site.folder / "outbox").glob("*.eml")):
            letter = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = letter.get_body(("plain",))
            if letter["To"] == EMAIL and body is not None:
                (path,) = set(re.findall(r"https?://[^/\s]+(/\S+verificar/\S+)", body.get_content()))
                return str(path)
        page.reload()  # the letter leaves beside the page, a moment later
    raise AssertionError("no letter came")
