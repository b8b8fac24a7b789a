"""What the public types about a call: a comment on its draft, and its answer."""

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy
from grants.forms.applications import TOO_LONG
from grants.services.consultation import LONGEST_COMMENT
from grants.states.call import VERDICT_LABELS


def bounded(longest: int, required: str | None = None) -> list[Any]:
    """Return the validators of a text: `required` is the sentence for an empty one, None where it may be empty."""
    first = DataRequired(message=lazy(required)) if required else Optional()
    return [first, Length(max=longest, message=lazy(TOO_LONG))]


class CommentForm(PuenteForm):
    """A public comment on a draft."""

    text = TextAreaField(lazy("Tu comentario"), bounded(LONGEST_COMMENT, N_("Escribe tu comentario.")))


class AnswerForm(PuenteForm):
    """The public answer to a comment."""

    verdict = RadioField(lazy("Qué se hizo"), [InputRequired(message=lazy("Elige qué se hizo."))], validate_choice=True)
    answer = TextAreaField(lazy("Respuesta pública"), bounded(LONGEST_COMMENT, N_("Escribe la respuesta.")))

    @classmethod
    def blank(cls) -> "AnswerForm":
        """Return the form with its choices in the reader's language."""
        form = cls()
        form.verdict.choices = choices((verdict.value, _(label)) for verdict, label in VERDICT_LABELS.items())
        return form
