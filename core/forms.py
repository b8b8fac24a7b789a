"""Form fields that read what people in the city type. Rendering is the templates' business."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed
from wtforms import Field, FileField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.widgets import TextInput

from core.clock import city_zone, local
from core.errors import InvalidInput, Refusal
from core.language import N_, _, lazy
from core.money import Money
from core.settings import setting

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200  # beyond them moments overflow when they change zone


def clean_text(value: str | None) -> str | None:
    """Drop NUL and other control characters that no database or reader wants, keep line breaks, trim the ends."""
    if value is None:
        return None
    normal = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in normal if c in "\n\t" or c.isprintable() or c == "\u00ad").strip()


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Return (value, label) pairs as WTForms wants the options of a select or of radio buttons."""
    return [SelectChoice(value, label) for value, label in pairs]


class PuenteForm(FlaskForm):
    """A form whose every text field is cleaned before it is validated."""

    class Meta(FlaskForm.Meta):
        """Clean text wherever it is typed; WTForms calls this for each field it builds."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Put the cleaning filter before the field's own filters."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField):
                given = list(unbound_field.kwargs.get("filters", []))
                if clean_text not in given:
                    unbound_field.kwargs["filters"] = [clean_text, *given]
            return super().bind_field(form, unbound_field, options)

    # Flask-WTF carries no types; these three give every room's routes theirs.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def blame(self, refusal: Refusal, places: Mapping[type[Refusal], str], otherwise: str = "") -> list[str]:
        """Put a refusal's sentence at the field it is about; return it instead when it is about none of them.

        `places` names the field for each refusal, `otherwise` the field for every other one.
        """
        name = next((place for kind, place in places.items() if isinstance(refusal, kind)), otherwise)
        if not name:
            return [refusal.message()]
        self[name].errors = [*self[name].errors, refusal.message()]
        return []

    def is_submitted(self) -> bool:
        """Return whether this request sends a form."""
        return bool(super().is_submitted())  # type: ignore[no-untyped-call]

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Return whether a form was sent and every field accepts what was typed."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]


class ProofField(FileField):
    """A document or picture that shows something; what it really is the file store looks at."""

    def __init__(self, label: Any, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        allowed: Any = FileAllowed  # its stubs leave the constructor without types
        kinds = allowed(["pdf", "jpg", "jpeg", "png"], message=lazy("Sube un PDF, JPEG o PNG."))
        super().__init__(label, [kinds, *validators], **kwargs)
        self.type = FileField.__name__  # templates draw a field by it


class MoneyField(Field):
    """An amount typed by a person. `data` is a Money or None; what was typed is shown again after an error."""

    widget = TextInput()

    def __init__(
        self, label: str | None = None, validators: Any = None, *, currency: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.currency = currency or str(setting("BASE_CURRENCY"))
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return f"{self.data.decimal:,}" if isinstance(self.data, Money) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the text; keep it as typed when it is not an amount."""
        if not valuelist:
            return
        self.typed = (clean_text(valuelist[0]) or "")[:60]
        self.data = None
        if not self.typed:
            return
        try:
            self.data = Money.parse(self.typed, self.currency)
        except InvalidInput as refusal:
            raise ValueError(refusal.message()) from None


class CityDateTimeField(Field):
    """A moment typed on the city's wall clock (`datetime-local`). `data` is aware."""

    widget = TextInput()
    widget.input_type = "datetime-local"

    def __init__(self, label: str | None = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return local(self.data).strftime("%Y-%m-%dT%H:%M:%S") if isinstance(self.data, datetime) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse an ISO date and time without zone as the city's own."""
        if not valuelist:
            return
        self.typed = (clean_text(valuelist[0]) or "")[:40]
        self.data = None
        if not self.typed:
            return
        try:
            naive = datetime.fromisoformat(self.typed)
        except ValueError:
            raise ValueError(_(N_("Escribe la fecha y la hora, por ejemplo 2026-11-22 23:59."))) from None
        if not EARLIEST_YEAR <= naive.year <= LATEST_YEAR:
            raise ValueError(
                _(N_("Revisa el año: debe estar entre %(first)s y %(last)s."), first=EARLIEST_YEAR, last=LATEST_YEAR)
            )
        self.data = naive.replace(tzinfo=city_zone()) if naive.tzinfo is None else naive
