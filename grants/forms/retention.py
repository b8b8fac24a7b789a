"""Why a call's data stay for the time being."""

from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.forms import PuenteForm, choices
from core.language import _, lazy
from grants.forms.staff import LONGEST_REASON, TOO_LONG, WRITE_REASON


class LiftForm(PuenteForm):
    """Why a hold is lifted."""

    reason = TextAreaField(
        lazy("Razón"),
        [InputRequired(message=lazy(WRITE_REASON)), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))],
    )


class HoldForm(LiftForm):
    """Which call is held, and why."""

    call = SelectField(lazy("Convocatoria"), [InputRequired(message=lazy("Elige una convocatoria."))], choices=[])

    def offer(self, calls: list[tuple[str, str]]) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.call.choices = choices([("", _("Elige")), *calls])
