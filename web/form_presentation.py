"""What a template must know of a form to draw it: which kind each field is, what is wrong and where."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf.file import FileAllowed, FileSize
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)
from wtforms.form import BaseForm

from core.forms import MoneyField

# The first match wins: WTForms derives RadioField from SelectField and SelectMultipleField from it too.
KINDS: tuple[tuple[type, str], ...] = (
    (FormField, "form"),
    (FieldList, "list"),
    (BooleanField, "checkbox"),
    (RadioField, "radios"),
    (SelectMultipleField, "checkboxes"),
    (SelectField, "select"),
    (TextAreaField, "textarea"),
    (MoneyField, "money"),
    (FileField, "file"),
    (PasswordField, "password"),
    (IntegerField, "integer"),
    (DecimalField, "decimal"),
    (SubmitField, "submit"),
)
DRAWN_ELSEWHERE = frozenset({"class", "id", "name", "type", "value", "rows", "required", "autocomplete", "inputmode"})
ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png"


def field_kind(field: Any) -> str:
    """Return how a field is drawn: "text", "select", "radios", … or "hidden"."""
    for kind, name in KINDS:
        if isinstance(field, kind):
            return name
    return "hidden" if getattr(field.widget, "input_type", "") == "hidden" else "text"


def input_type(field: Any) -> str:
    """Return the type of a one-line input."""
    return str(getattr(field.widget, "input_type", "text"))


def option_groups(field: Any) -> list[tuple[str | None, list[Any]]]:
    """Return a select's options as (group label or None, options)."""
    if field.has_groups():
        return [(label, list(options)) for label, options in field.iter_groups()]
    return [(None, list(field.iter_choices()))]


def may_be_empty(field: Any) -> bool:
    """Return whether "(opcional)" is true: not required, and not a choice that always has an answer."""
    kind = field_kind(field)
    if field.flags.required or kind not in ("radios", "select"):
        return not field.flags.required
    options = [option for _group, group in option_groups(field) for option in group]
    if kind == "radios":
        return not any(option.selected for option in options)
    return any(str(option.value) == "" for option in options)


def file_limit(field: Any) -> int | None:
    """Return the most bytes a file field takes, when a validator says so."""
    return next((int(check.max_size) for check in field.validators if isinstance(check, FileSize)), None)


def file_accept(field: Any) -> str:
    """Return the endings offered in the file dialog; what counts is decided by content when the file arrives."""
    for check in field.validators:
        if isinstance(check, FileAllowed) and not hasattr(check.upload_set, "file_allowed"):
            return ",".join(f".{ending}" for ending in check.upload_set)
    return ACCEPTED_FILES


def extra_attributes(field: Any) -> dict[str, Any]:
    """Return the attributes a form's author asked for, except those the macro writes itself."""
    return {name: value for name, value in (field.render_kw or {}).items() if name not in DRAWN_ELSEWHERE}


def has_file_field(form: Any) -> bool:
    """Return whether a form must be sent in parts because it carries files."""
    return any(isinstance(field, FileField) or any(map(has_file_field, _parts(field))) for field in form)


def _parts(field: Any) -> list[Any]:
    if isinstance(field, FormField):
        return [field.form]
    return [[entry] for entry in field.entries] if isinstance(field, FieldList) else []


def field_errors(forms: Any) -> list[tuple[str, str]]:
    """Return every error of one form or several as (text, id of its field or ""), in the order of the page."""
    found: list[tuple[str, str]] = []
    for form in forms if isinstance(forms, list | tuple) else [forms]:
        if isinstance(form, BaseForm):
            found.extend((str(error), "") for error in form.form_errors)
        for field in form:
            found.extend(pair for pair in _errors_of(field) if pair not in found)
    return found


def _errors_of(field: Any) -> list[tuple[str, str]]:
    children = [child for part in _parts(field) for child in part]
    found = [pair for child in children for pair in _errors_of(child)]
    return found + [(f"{_lead_in(field)} {text}", field.id) for text in own_errors(field)]


def _lead_in(field: Any) -> str:
    # «Este campo es obligatorio» three times over helps nobody; a question already ends in its own mark.
    label = str(field.label.text)
    return label if label.endswith(("?", ".", ":")) else f"{label}:"


def own_errors(field: Any) -> list[str]:
    """Return a field's own sentences, without those of the fields inside it."""
    errors = field.errors
    if isinstance(errors, Mapping):
        errors = errors.get(None, [])
    return [str(error) for error in errors if not isinstance(error, Mapping | list | tuple)]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "field_kind": field_kind,
    "input_type": input_type,
    "option_groups": option_groups,
    "may_be_empty": may_be_empty,
    "file_limit": file_limit,
    "file_accept": file_accept,
    "extra_attributes": extra_attributes,
    "has_file_field": has_file_field,
    "field_errors": field_errors,
    "own_errors": own_errors,
}
