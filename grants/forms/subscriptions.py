"""Which calls somebody wants to hear of."""

from typing import Any, ClassVar

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.settings import setting
from grants.states.call import AUDIENCE_LABELS


class ManyField(SelectMultipleField):
    """Checkboxes; what is not on the list is left out rather than refused."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Keep what is offered."""
        offered = {value for value, *_rest in self.iter_choices()}
        self.data = [value for value in self.data or [] if value in offered]


class AtLeastOne:
    """Refuse an empty choice, and mark the field as one that must be filled in."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: object, field: SelectMultipleField) -> None:
        """Refuse it in the reader's language."""
        if not field.data:
            raise ValidationError(_(self.message))


class WishForm(PuenteForm):
    """Which axes and which people."""

    axes = ManyField(lazy("Ejes"), validate_choice=False)
    audience = ManyField(lazy("Para quién"), validate_choice=False)

    def offer(self) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.axes.choices = choices((str(axis["id"]), localised(axis["name"])) for axis in setting("AXES"))
        self.audience.choices = choices((audience.value, _(label)) for audience, label in AUDIENCE_LABELS.items())


class SubscribeForm(WishForm):
    """The same, with an address."""

    email = StringField(
        lazy("Correo electrónico"),
        [
            InputRequired(message=lazy("Escribe tu correo.")),
            Length(max=254, message=lazy(N_("Es demasiado largo: caben %(max)d caracteres."))),
        ],
    )
