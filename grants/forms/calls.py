"""What the public types about a call: a comment on its draft, its answer, and the quiz."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form as PlainForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from core.forms import PuenteForm, choices
from core.language import N_, _, current_language, lazy, localised
from grants.forms.applications import TOO_LONG, WholeNumberField
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


def quiz_form(eligibility: Mapping[str, Any], sent: Any) -> PlainForm:
    """Build the quiz from the rules: one question for each fact, asked of anybody, kept nowhere."""
    fields: dict[str, Any] = {}
    for rule in eligibility["rules"]:
        label = localised(rule["question"], current_language())
        missing = lazy("Responde esta pregunta.")
        if rule["operator"] in ("at_least", "at_most"):
            asked: Any = WholeNumberField(label, [InputRequired(message=missing)], least=0, most=1_000)
        else:
            asked = RadioField(
                label, [InputRequired(message=missing)], choices=choices([("yes", _("Sí")), ("no", _("No"))])
            )
        fields.setdefault(rule["fact"], asked)
    kind: type[PlainForm] = type("QuizForm", (PlainForm,), fields)
    return kind(sent)


def quiz_facts(form: PlainForm) -> dict[str, Any]:
    """Return the facts a person stated in the quiz."""
    facts: dict[str, Any] = {}
    for field in form:
        answer: Any = field
        facts[field.name] = answer.number if isinstance(field, WholeNumberField) else field.data == "yes"
    return facts
