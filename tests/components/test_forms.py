"""A field's label, hint, error and input know each other; the summary leads to every field."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, get_template_attribute
from werkzeug.datastructures import MultiDict
from wtforms import Form

from tests.components.dom import elements, one
from web.form_presentation import field_errors, field_kind, file_accept, file_limit, has_file_field, may_be_empty
from web.gallery_data import GalleryForm, examples

Macro = Callable[..., str]


@pytest.fixture
def request_in_spanish(app: Flask) -> Iterator[None]:
    with app.test_request_context("/es/"):
        yield


@pytest.fixture
def field(request_in_spanish: None) -> Macro:
    macro: Macro = get_template_attribute("components/forms.html", "field")
    return macro


def blank(**typed: str) -> GalleryForm:
    return GalleryForm(formdata=MultiDict(typed), meta={"csrf": False}).prepare()


def test_each_kind_of_field_is_known(request_in_spanish: None) -> None:
    assert {field.name: field_kind(field) for field in blank()} == {
        "title": "text",
        "summary": "textarea",
        "email": "text",
        "password": "password",
        "region": "select",
        "kind": "radios",
        "axes": "checkboxes",
        "agree": "checkbox",
        "starts_on": "text",
        "closes_at": "text",
        "people": "integer",
        "score": "decimal",
        "amount": "money",
        "letter": "file",
        "photos": "file",
        "address": "form",
        "cities": "list",
        "step": "hidden",
    }


def test_a_field_ties_why_hint_and_error_to_its_input(field: Macro) -> None:
    form = blank()
    form.validate()
    html = field(form.title, hint="Como saldrá", why="Se publica", autocomplete="off")
    box = one(html, "input", id="title")
    assert (box["aria-describedby"], box["aria-invalid"], box["autocomplete"]) == (
        "title-why title-hint title-error",
        "true",
        "off",
    )
    assert one(html, "label")["for"] == "title"
    ids = {found["id"] for _tag, found in elements(html) if "id" in found}
    assert ids == {"title", "title-why", "title-hint", "title-error"}


def test_a_field_without_errors_describes_nothing(field: Macro) -> None:
    assert one(field(blank(title="Son").title), "input") == {
        "type": "text",
        "class": "form-control",
        "id": "title",
        "name": "title",
        "required": "",
        "value": "Son",
    }


def test_radios_stand_in_a_fieldset_whose_first_choice_carries_the_fields_id(field: Macro) -> None:
    html = field(blank(kind="collective").kind, hint="Elige una")
    assert one(html, "fieldset")["aria-describedby"] == "kind-hint"
    assert len(elements(html, "legend")) == 1
    assert [(have["id"], "checked" in have) for _tag, have in elements(html, "input")] == [
        ("kind", False),
        ("kind-collective", True),
    ]


def test_what_was_typed_as_money_is_shown_again(field: Macro) -> None:
    form = blank(amount="25 mil")
    form.validate()
    box = one(field(form.amount), "input")
    assert (box["value"], box["inputmode"], box["aria-invalid"]) == ("25 mil", "decimal", "true")


def test_a_choice_that_always_has_an_answer_is_not_called_optional(request_in_spanish: None) -> None:
    form = blank()
    assert [
        field.name for field in form if field.name in ("title", "region", "axes", "score") and may_be_empty(field)
    ] == [
        "axes",
        "score",
    ]


def test_a_password_is_never_written_back(field: Macro) -> None:
    assert "value" not in one(field(blank(password="secreto").password), "input")


def test_markup_in_what_was_typed_stays_text(field: Macro) -> None:
    html = field(blank(summary="</textarea><script>").summary)
    assert [tag for tag, _attributes in elements(html, "textarea", "script")] == ["textarea"]
    assert "&lt;/textarea&gt;&lt;script&gt;" in html


def test_a_file_field_says_what_it_takes(field: Macro) -> None:
    form = blank()
    assert (file_accept(form.letter), file_limit(form.letter)) == (".pdf", 5_000_000)
    assert (file_accept(form.photos), file_limit(form.photos)) == (".pdf,.jpg,.jpeg,.png", None)
    box = one(field(form.letter, link=("carta.pdf", "/es/carta")), "input")
    assert (box["accept"], box["data-max-bytes"], box["aria-describedby"]) == (".pdf", "5000000", "letter-kept")


def test_a_form_with_files_is_sent_in_parts(request_in_spanish: None) -> None:
    assert has_file_field(blank())
    assert not has_file_field(Form())


def test_errors_come_in_page_order_with_the_name_and_id_of_their_field(request_in_spanish: None) -> None:
    form = blank(
        title="Son", summary="x", email="a@b.mx", password="p", region="asia", kind="person", agree="y", people="tres"
    )
    form.validate()
    assert field_errors(form) == [
        ("Primer día del viaje: Este campo es obligatorio.", "starts_on"),
        ("Personas que viajan: No es un valor entero válido.", "people"),
        ("Monto que pides: Este campo es obligatorio.", "amount"),
        ("Calle y número: Este campo es obligatorio.", "address-street"),
    ]


def test_the_summary_links_only_to_ids_that_are_on_the_page(field: Macro) -> None:
    form = blank()
    form.validate()
    summary = get_template_attribute("components/forms.html", "error_summary")(form)
    page = "".join(field(each) for each in form)
    ids = {have["id"] for _tag, have in elements(page) if "id" in have}
    wanted = {have["href"].removeprefix("#") for _tag, have in elements(summary, "a")}
    assert len(wanted) == 11
    assert wanted - ids == set()


def test_no_summary_without_errors(request_in_spanish: None) -> None:
    assert get_template_attribute("components/forms.html", "error_summary")(blank()).strip() == ""


def test_every_control_of_the_gallery_has_its_label_and_every_reference_its_target(app: Flask) -> None:
    html = app.test_client().get("/es/componentes").get_data(as_text=True)
    found = elements(html)
    fresh_ids = [have["id"] for _tag, have in found if "id" in have]
    assert len(fresh_ids) == len(set(fresh_ids))
    labelled = {have["for"] for tag, have in found if tag == "label"}
    controls = {
        have["id"]
        for tag, have in found
        if tag in ("input", "select", "textarea") and have.get("type") != "hidden" and "id" in have
    }
    assert controls - labelled == set()
    referred = {one_id for _tag, have in found for one_id in have.get("aria-describedby", "").split()}
    assert referred - set(fresh_ids) == set()


def test_the_gallery_shows_every_kind(request_in_spanish: None) -> None:
    assert set(examples()) >= {"fresh", "wrong", "listing", "events"}
