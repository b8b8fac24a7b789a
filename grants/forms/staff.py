"""What staff types: a verdict, a reason, a passage, a committee, an outcome of an appeal."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from core.forms import CityDateTimeField, PuenteForm
from core.language import N_, _, lazy
from grants.states.determination import AppealStanding
from grants.states.screening import VERDICT_LABELS, ScreeningVerdict

LONGEST_REASON = 4_000
TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")
WRITE_REASON = N_("Escribe la razón.")


def _reason(label: str, *, required: bool = True) -> TextAreaField:
    first: Any = InputRequired(message=lazy(WRITE_REASON)) if required else Optional()
    return TextAreaField(lazy(label), [first, Length(max=LONGEST_REASON, message=lazy(TOO_LONG))])


class ScreeningForm(PuenteForm):
    """A verdict on one application, with what goes into the letter."""

    verdict = RadioField(
        lazy("¿Cumple los requisitos?"), [InputRequired(message=lazy("Elige un veredicto."))], validate_choice=False
    )
    note = TextAreaField(lazy("Razón, o qué falta"), [Optional(), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))])
    days = IntegerField(
        lazy("Días para aclarar"),
        [Optional(), NumberRange(1, 60, message=lazy("Entre 1 y 60 días."))],
        default=5,
    )

    @classmethod
    def blank(cls) -> "ScreeningForm":
        """Return the form with its choices in the reader's language."""
        form = cls()
        form.verdict.choices = [(verdict.value, _(VERDICT_LABELS[verdict])) for verdict in ScreeningVerdict]
        return form

    @property
    def chosen(self) -> ScreeningVerdict | None:
        """The verdict, or None when something else was sent."""
        try:
            return ScreeningVerdict(self.verdict.data or "")
        except ValueError:
            return None


class BulkScreeningForm(PuenteForm):
    """Decide by the rules, in bulk."""

    refuse_failing = BooleanField(lazy("También rechazar las que no cumplen alguna regla, con la razón de la regla"))


class FindingForm(PuenteForm):
    """Why a finding identifies nobody, or why a file stays out."""

    index = HiddenField(validators=[InputRequired(), Length(max=6)])
    reason = _reason(N_("Por qué no identifica a nadie"))


class FileForm(PuenteForm):
    """Why a file stays out of the dossier."""

    index = HiddenField(validators=[InputRequired(), Length(max=6)])
    reason = _reason(N_("Por qué se deja fuera"))


class PassageForm(PuenteForm):
    """A passage that the search did not find."""

    passage = StringField(
        lazy("Texto que hay que tachar"),
        [InputRequired(message=lazy("Escribe el texto tal como aparece.")), Length(min=2, max=300)],
    )


class CommitteeForm(PuenteForm):
    """Who sits on the committee, and when it reviews."""

    reviewers = SelectMultipleField(lazy("Personas evaluadoras"), [Optional()], coerce=int, validate_choice=False)
    review_opens_at = CityDateTimeField(
        lazy("Empieza la evaluación"), [InputRequired(message=lazy("Escribe la fecha y la hora."))]
    )
    review_closes_at = CityDateTimeField(
        lazy("Termina la evaluación"), [InputRequired(message=lazy("Escribe la fecha y la hora."))]
    )


class AppealDecisionForm(PuenteForm):
    """How an appeal was decided."""

    steps: Sequence[tuple[str, str]] = ()
    outcome = RadioField(
        lazy("Resolución"), [InputRequired(message=lazy("Elige una resolución."))], validate_choice=False
    )
    reason = _reason(N_("Razones, para quien se inconformó"))
    public_summary = _reason(N_("Resumen público, sin nombres"))

    @classmethod
    def of(cls, standing: AppealStanding) -> "AppealDecisionForm":
        """Return the form of an appeal's next step with its choices in the reader's language."""
        if standing is AppealStanding.FILED:
            form: AppealDecisionForm = AppealAdmissionForm()
            form.steps = [("admitted", _("Se admite")), ("inadmissible", _("No se admite"))]
        else:
            form = cls()
            form.steps = [("upheld", _("Procedente")), ("dismissed", _("No procedente"))]
        form.outcome.choices = form.steps
        return form

    def validate_outcome(self, field: RadioField) -> None:
        """Refuse a step that is not the next one."""
        if field.data not in {value for value, _label in self.steps}:
            raise ValidationError(_("Elige una resolución."))


class AppealAdmissionForm(AppealDecisionForm):
    """Whether an appeal is heard: words only where it is not."""

    reason = _reason(N_("Razones, para quien se inconformó"), required=False)
    public_summary = _reason(N_("Resumen público, sin nombres"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the words of a refusal."""
        valid: bool = super().validate(extra_validators)
        for field in (self.reason, self.public_summary) if self.outcome.data == "inadmissible" else ():
            if not (field.data or "").strip():
                field.errors = [*field.errors, _(WRITE_REASON)]
                valid = False
        return valid


class SharesForm(PuenteForm):
    """How an award is divided into payments."""

    shares = StringField(
        lazy("Porcentaje de cada pago"),
        [
            InputRequired(message=lazy("Escribe el porcentaje de cada pago.")),
            Regexp(
                r"^\s*\d{1,3}(\s*[,;+ ]\s*\d{1,3}){0,9}\s*$", message=lazy("Escribe números enteros con comas: 80, 20.")
            ),
        ],
        default="80, 20",
    )

    @property
    def percentages(self) -> list[int]:
        """The shares in order."""
        return [int(part) for part in re.findall(r"\d+", self.shares.data or "")]


class ReturnForm(PuenteForm):
    """Why something goes back."""

    reason = _reason(N_("Qué hay que corregir"))
