"""A clerk puts the form of a call in order: with the mouse, with a finger, and with the keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Visitor


def at_the_form(visitor: Visitor) -> Page:
    page = visitor.page
    page.goto(f"{visitor.site.url}/es/programa/convocatorias")
    page.get_by_role("row").filter(has_text="En consulta").get_by_role("link").first.click()
    page.goto(re.sub(r"/programa/convocatorias/([^/?]+).*", r"/programa/convocatorias/\1/formulario", page.url))
    expect(page.get_by_role("heading", level=1, name="Formulario")).to_be_visible()
    return page


def names(questions: Locator) -> list[str]:
    return [str(one.get_attribute("data-order-name")) for one in questions.all()]


def middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.browser
def test_questions_are_dragged_moved_by_arrows_and_put_back(
    arrive: Callable[..., Visitor], passes: Callable[[str], object]
) -> None:
    visitor = arrive(storage_state=passes("programme_officer"), viewport={"width": 1280, "height": 2000})
    page = at_the_form(visitor)
    questions = page.locator("ol.builder").first.locator(":scope > li[data-order-item]")
    before = names(questions)
    handles = questions.locator(":scope > [data-order-handle]")

    first, third = middle(handles.nth(0)), middle(questions.nth(2))
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(first[0], third[1] + 20, steps=12)
    expect(page.locator("[data-order-said]")).to_have_text(f"{before[0]}: lugar 3 de {len(before)}.")
    page.mouse.up()
    expect(page.get_by_text("Orden guardado.")).to_be_visible()
    assert names(questions) == [before[1], before[2], before[0], *before[3:]]
    expect(handles.nth(2)).to_be_focused()
    visitor.photograph("form-builder-moved")

    page.get_by_role("button", name="Deshacer").click()
    expect(questions.first).to_have_attribute("data-order-name", before[0])
    assert names(questions) == before

    handles.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(questions.first).to_have_attribute("data-order-name", before[1])
    expect(handles.first).to_be_focused()
    expect(page.locator("[data-order-said]")).to_have_text(f"{before[1]}: lugar 1 de {len(before)}.")
    page.keyboard.press("ArrowDown")
    expect(questions.first).to_have_attribute("data-order-name", before[0])
    assert names(questions) == before


@pytest.mark.browser
def test_a_drag_given_up_changes_nothing(arrive: Callable[..., Visitor], passes: Callable[[str], object]) -> None:
    visitor = arrive(storage_state=passes("programme_officer"), viewport={"width": 1280, "height": 2000})
    page = at_the_form(visitor)
    questions = page.locator("ol.builder").first.locator(":scope > li[data-order-item]")
    before = names(questions)
    x, y = middle(questions.locator(":scope > [data-order-handle]").nth(0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 400, steps=10)
    assert names(questions) != before
    page.keyboard.press("Escape")
    assert names(questions) == before
    page.mouse.up()
    page.reload()
    assert names(questions) == before


@pytest.mark.browser
def test_a_finger_drags_too(arrive: Callable[..., Visitor], passes: Callable[[str], object]) -> None:
    visitor = arrive(storage_state=passes("programme_officer"), viewport={"width": 360, "height": 2000}, has_touch=True)
    page = at_the_form(visitor)
    questions = page.locator("ol.builder").first.locator(":scope > li[data-order-item]")
    before = names(questions)
    handles = questions.locator(":scope > [data-order-handle]")
    first, second = middle(handles.nth(0)), middle(questions.nth(1))
    fingers = visitor.context.new_cdp_session(page)

    def touch(kind: str, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": first[0], "y": y}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", first[1])
    for part in range(1, 9):
        touch("touchMove", first[1] + (second[1] + 20 - first[1]) * part / 8)
    touch("touchEnd", 0)
    expect(page.get_by_text("Orden guardado.")).to_be_visible()
    assert names(questions)[0] == before[1]
    page.get_by_role("button", name="Deshacer").click()
    expect(questions.first).to_have_attribute("data-order-name", before[0])
