"""The form of a letter's text in both languages."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import PuenteForm
from core.language import LANGUAGES, lazy
from grants.rules.letter_kinds import LetterKind
from grants.rules.wordings import LONGEST_BODY, LONGEST_SUBJECT, Wording, problems


def _needed(message: Any, most: int) -> list[Any]:
    return [InputRequired(message=message), Length(max=most, message=lazy("Hasta %(most)s caracteres.", most=most))]


class WordingForm(PuenteForm):
    """Subject and body of a letter, in Spanish and in English, and whom a preview is about."""

    subject_es = StringField(
        lazy("Asunto en español"),
        _needed(lazy("Escribe el asunto en español."), LONGEST_SUBJECT),
        render_kw={"lang": "es"},
    )
    body_es = TextAreaField(
        lazy("Texto en español"), _needed(lazy("Escribe el texto en español."), LONGEST_BODY), render_kw={"lang": "es"}
    )
    subject_en = StringField(
        lazy("Asunto en inglés"),
        _needed(lazy("Escribe el asunto en inglés."), LONGEST_SUBJECT),
        render_kw={"lang": "en"},
    )
    body_en = TextAreaField(
        lazy("Texto en inglés"), _needed(lazy("Escribe el texto en inglés."), LONGEST_BODY), render_kw={"lang": "en"}
    )
    folio = StringField(lazy("Folio de una solicitud"), [Optional(), Length(max=40)])
    kind: LetterKind

    @classmethod
    def of(cls, kind: LetterKind, texts: dict[str, Wording]) -> "WordingForm":
        """Return the form filled with what a letter says now."""
        data = {f"subject_{code}": text.subject for code, text in texts.items()}
        form = cls(data=data | {f"body_{code}": text.body for code, text in texts.items()})
        form.kind = kind
        return form

    def texts(self) -> dict[str, Wording]:
        """Return what was typed, by language."""
        return {
            code: Wording(" ".join((self[f"subject_{code}"].data or "").split()), self[f"body_{code}"].data or "")
            for code in LANGUAGES
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Every datum that a text names is one the letter knows."""
        valid = super().validate(extra_validators)
        for code, text in self.texts().items():
            for part, problem in problems(self.kind, text):
                field = self[f"{part}_{code}"]
                if field.data:  # an empty one has its sentence already
                    field.errors = [*field.errors, problem.message()]
                    valid = False
        return bool(valid)
