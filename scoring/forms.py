"""What a reviewer and the programme type. The services judge it."""

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.forms import CityDateTimeField, MoneyField, PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.money import Money
from scoring.errors import Lack
from scoring.models import Review, Score
from scoring.rules.rulebook import Criterion, Rulebook, plain
from scoring.services import ScoreEntry
from scoring.states import CHOICE_LABELS, CONFLICT_LABELS, ConflictKind

NO_CONFLICT = "none"
LONGEST_NOTE = 10_000
LONGEST_EXPLANATION = 2000


class Asked:
    """Mark a field that a submitted review must have; a draft may lack it, so nothing is refused here."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, _form: object, _field: object) -> None:
        """Accept anything: the service says what is missing when the review is submitted."""


class ReviewForm(PuenteForm):
    """Scores and justifications, two fields a criterion. Built for each rulebook by `review_form`.

    `version` is the draft's when the page was read, `edition` the page's own name.
    """

    criteria: tuple[str, ...] = ()
    version = HiddenField()
    edition = HiddenField()
    note = TextAreaField(
        lazy(N_("Notas para ti")),
        [Length(max=LONGEST_NOTE, message=lazy(N_("Es demasiado largo: caben %(max)d caracteres.")))],
    )

    @property
    def expected_version(self) -> int | None:
        """The version the page was read at; None when it was not sent whole."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None

    def entries(self) -> dict[str, ScoreEntry]:
        """Return what was typed, by criterion."""
        return {
            name: ScoreEntry(self[f"score_{name}"].data or None, self[f"why_{name}"].data or "")
            for name in self.criteria
        }

    def show_errors(self, errors: dict[str, Lack]) -> None:
        """Put what each criterion lacks beside the field that lacks it."""
        for name, lack in errors.items():
            for place, text in ((self[f"score_{name}"], lack.score), (self[f"why_{name}"], lack.why)):
                if text:
                    place.errors = [*place.errors, text]


class SampleForm(ReviewForm):
    """An invented dossier, and what the committee agreed on for each criterion."""

    heading = StringField(lazy(N_("Título")), [Asked()])
    summary = TextAreaField(lazy(N_("Resumen")), [Asked()])
    body = TextAreaField(lazy(N_("Texto")), [Asked()])


def sample_form(rules: Rulebook) -> SampleForm:
    """Return the empty form of a sample under a rulebook."""
    built: type[SampleForm] = type("SampleCriteriaForm", (SampleForm,), _members(rules))
    return built()


def _members(rules: Rulebook) -> dict[str, Any]:
    members: dict[str, Any] = {"criteria": tuple(criterion.id for criterion in rules.criteria)}
    for criterion in rules.criteria:
        name = localised(criterion.name)
        members[f"score_{criterion.id}"] = RadioField(
            _("Calificación de «%(criterion)s»", criterion=name),
            [Asked()],
            choices=_anchors(criterion),
            validate_choice=False,
        )
        members[f"why_{criterion.id}"] = TextAreaField(_("Justificación de «%(criterion)s»", criterion=name), [Asked()])
    return members


def review_form(rules: Rulebook, review: Review | None) -> ReviewForm:
    """Return the form of a rulebook's criteria, filled with the draft; each score stands beside its anchor."""
    data = {"version": str(review.version if review is not None else 0), "edition": secrets.token_hex(8)}
    data["note"] = review.note if review is not None else ""
    for score in review.scores if review is not None else ():
        data[f"why_{score.criterion}"] = score.justification
        if score.value is not None:
            data[f"score_{score.criterion}"] = plain(score.value)
    built: type[ReviewForm] = type("CriteriaForm", (ReviewForm,), _members(rules))
    return built(data=data)


def _anchors(criterion: Criterion) -> list[Any]:
    return choices((plain(value), f"{plain(value)} · {localised(text)}") for value, text in criterion.anchors)


class ScoreChangeForm(PuenteForm):
    """A submitted score's new value, with its justification and the reason of the change."""

    value = RadioField(lazy(N_("Calificación")), [Asked()], validate_choice=False)
    justification = TextAreaField(lazy(N_("Justificación")), [Asked()])
    reason = TextAreaField(lazy(N_("Razón del cambio")), [Asked()])

    def __init__(self, criterion: Criterion, score: Score, **kwargs: Any) -> None:
        shown = {"value": plain(score.value) if score.value is not None else None, "justification": score.justification}
        super().__init__(data=shown, **kwargs)
        self.value.choices = _anchors(criterion)


class ReasonForm(PuenteForm):
    """Why somebody or something leaves a committee."""

    reason = TextAreaField(lazy(N_("Razón")), [Asked()])


class QuestionForm(PuenteForm):
    """A question to the programme, or its answer."""

    text = TextAreaField(lazy(N_("Pregunta")), [Asked()])


class DeadlineForm(ReasonForm):
    """Until when reviews are received, and why longer."""

    closes_at = CityDateTimeField(
        lazy(N_("Nuevo cierre")), [InputRequired(message=lazy(N_("Escribe la fecha y la hora.")))]
    )


def _explanation() -> TextAreaField:
    too_long = lazy(N_("Es demasiado largo: caben %(max)d caracteres."))
    return TextAreaField(lazy(N_("Explicación")), [Length(max=LONGEST_EXPLANATION, message=too_long)])


class DeclarationForm(PuenteForm):
    """Whether there is a conflict of interest, and of what kind."""

    verdict = RadioField(lazy(N_("¿Tienes algún conflicto de interés con este expediente?")), [Asked()])
    explanation = _explanation()

    def __init__(self, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = [(kind.value, _(CONFLICT_LABELS[kind])) for kind in ConflictKind if kind.value in rules.conflicts]
        self.verdict.choices = choices([(NO_CONFLICT, _("No, puedo evaluarlo con imparcialidad")), *kinds])


class RecognitionForm(PuenteForm):
    """Why a reviewer steps back."""

    explanation = _explanation()


class ConfirmForm(PuenteForm):
    """A yes."""


class SubmitForm(PuenteForm):
    """A yes, and whether the reviewer thinks to know whose dossier it is."""

    guess = RadioField(lazy(N_("¿Crees saber quién presenta este expediente?")), [Optional()], validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.guess.choices = choices([("no", _("No")), ("yes", _("Sí, o lo sospecho"))])

    def believes_known(self) -> bool | None:
        """Return the answer; None without one."""
        return {"no": False, "yes": True}.get(self.guess.data or "")


class RandomnessForm(PuenteForm):
    """The public randomness of the lot."""

    randomness = StringField(
        lazy(N_("Valor publicado por la fuente de azar")),
        [
            InputRequired(lazy(N_("Escribe el valor tal como se publicó."))),
            Length(max=400, message=lazy(N_("Es demasiado largo: caben %(max)d caracteres."))),
        ],
    )


class BudgetForm(PuenteForm):
    """The money to give."""

    budget = MoneyField(lazy(N_("Presupuesto por repartir")), [Asked()])

    def __init__(self, currency: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.budget.currency = currency

    def validate_budget(self, field: MoneyField) -> None:
        """Refuse nothing and less."""
        if not isinstance(field.data, Money) or field.data.amount_cents < 0:
            raise ValidationError(_("Escribe el presupuesto aprobado de la convocatoria."))


class MeetingForm(PuenteForm):
    """When and where a committee meets, who presides and, where there is something to correct, which minutes."""

    starts_at = CityDateTimeField(
        lazy(N_("Fecha y hora")), [InputRequired(message=lazy(N_("Escribe la fecha y la hora.")))]
    )
    place = StringField(lazy(N_("Lugar o enlace")), [Asked()])
    chair = SelectField(lazy(N_("Preside")), [Optional()], validate_choice=True)
    corrects = SelectField(lazy(N_("Corrige el acta de")), [Optional()], validate_choice=True)

    def __init__(self, letters: Sequence[str], signed: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chair.choices = choices(
            [("", _("Nadie")), *((one, _("Persona %(letter)s", letter=one)) for one in letters)]
        )
        self.corrects.choices = choices(
            [("", _("Ninguna")), *((str(one), _("Sesión %(number)s", number=one)) for one in signed)]
        )


class PointForm(PuenteForm):
    """A motion, and the dossier it is about."""

    motion = TextAreaField(lazy(N_("Qué se propone")), [Asked()])
    dossier = SelectField(lazy(N_("Expediente")), [Optional()], validate_choice=True)

    def __init__(self, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dossier.choices = choices(
            [("", _("Ninguno: es sobre el trabajo del comité")), *((one, one) for one in codes)]
        )


class VoteForm(PuenteForm):
    """A member's vote."""

    choice = RadioField(lazy(N_("Tu voto")), [Asked()], validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choice.choices = choices((choice.value, _(label)) for choice, label in CHOICE_LABELS.items())
