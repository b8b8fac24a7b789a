"""What staff types on a comment of the committee: a passage, other words, a reason."""

from wtforms import StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length

from core.forms import PuenteForm
from core.language import N_, lazy
from grants.forms.staff import LONGEST_REASON, TOO_LONG, WRITE_REASON

COPY = N_("Escribe el texto tal como aparece.")


class RewordForm(PuenteForm):
    """Other words for some of the reviewer's."""

    was = StringField(lazy("Lo que dice"), [InputRequired(message=lazy(COPY)), Length(min=2, max=1_000)])
    words = StringField(
        lazy("Lo que dirá"), [InputRequired(message=lazy("Escribe las palabras nuevas.")), Length(max=1_000)]
    )
    reason = TextAreaField(
        lazy("Por qué"),
        [InputRequired(message=lazy(WRITE_REASON)), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))],
    )


class TakeBackForm(PuenteForm):
    """Why a comment that was released has to be looked at again."""

    reason = TextAreaField(
        lazy("Por qué se retira"),
        [InputRequired(message=lazy(WRITE_REASON)), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))],
    )
