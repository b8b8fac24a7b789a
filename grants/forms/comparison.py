"""What a form was filled from, where it is not what the person typed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wtforms import Field, FieldList, FormField

from core.clock import local
from core.language import _
from core.money import Money, format_money


def stored_instead(form: Any) -> Iterator[tuple[str, str]]:
    """Yield label and stored value, in words, of each field that was typed differently."""
    for field in form:
        if isinstance(field, FieldList):
            for number, entry in enumerate(field, 1):
                yield from ((f"{number}. {label}", text) for label, text in stored_instead(entry.form))
        elif isinstance(field, FormField):
            yield from stored_instead(field.form)
        elif field.name != "csrf_token" and field.object_data != field.data:
            stored, typed = _spoken(field, field.object_data), _spoken(field, field.data)
            if stored != typed:
                yield str(field.label.text), stored


def _spoken(field: Field, value: Any) -> str:
    labels = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or ()}
    match value:
        case bool():
            spoken = _("Sí") if value else _("No")
        case Money():
            spoken = format_money(value)
        case datetime():
            spoken = local(value).strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            spoken = "; ".join(labels.get(str(one), str(one)) for one in value)
        case _:
            spoken = "" if value is None else labels.get(str(value), str(value))
    return spoken
