"""What is typed to ask for the correction of a datum, and to answer."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy
from grants.forms.staff import TOO_LONG, WRITE_REASON
from grants.models.correction import LONGEST_DATUM


class CorrectionForm(PuenteForm):
    """Which datum, and how it should read."""

    datum = SelectField(lazy("Qué dato está mal"), choices=[], validate_choice=False)
    asked = TextAreaField(
        lazy("Cómo debe decir"),
        [
            InputRequired(message=lazy(N_("Escribe el dato como debe decir."))),
            Length(max=LONGEST_DATUM, message=lazy(TOO_LONG)),
        ],
    )

    @classmethod
    def of(cls, offered: Iterable[tuple[str, str]]) -> "CorrectionForm":
        """Return the form with the data that were sent to choose from."""
        form = cls()
        form.datum.choices = choices([("", _("Elige un dato")), *offered])
        form.datum.flags.required = True
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a datum of the list."""
        valid = super().validate(extra_validators)
        if not self.datum.data or self.datum.data not in {value for value, *_more in self.datum.iter_choices()}:
            self.datum.errors = [_("Elige uno de los datos que enviaste.")]
            valid = False
        return bool(valid)


class CorrectionAnswerForm(PuenteForm):
    """Whether it is corrected, and why not."""

    outcome = RadioField(
        lazy("Respuesta"), [InputRequired(message=lazy("Elige una de las opciones."))], validate_choice=False
    )
    reason = TextAreaField(lazy("Razón"), [Optional(), Length(max=LONGEST_DATUM, message=lazy(TOO_LONG))])

    @classmethod
    def blank(cls) -> "CorrectionAnswerForm":
        """Return the form with its choices in the reader's language."""
        form = cls()
        form.outcome.choices = choices([("corrected", _("Se corrige")), ("refused", _("No se corrige"))])
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the reason of a refusal."""
        valid = super().validate(extra_validators)
        if self.outcome.data and self.outcome.data not in ("corrected", "refused"):
            self.outcome.errors = [_("Elige una de las opciones.")]
            valid = False
        if self.outcome.data == "refused" and not self.reason.data:
            self.reason.errors = [_(WRITE_REASON)]
            valid = False
        return bool(valid)
