"""The forms of an application: who applies, each step as its call asks it, the journey, and the way out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf.file import FileSize
from werkzeug.datastructures import FileStorage
from wtforms import DateField, FieldList, FileField, FormField, HiddenField, RadioField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from accounts.models import Organisation
from core.forms import MoneyField, PuenteForm, choices, clean_text
from core.language import N_, _, current_language, lazy
from core.money import Money
from core.settings import setting
from grants.rules import form as rules
from grants.rules import places
from grants.rules.form import LONGEST_ANSWER, LONGEST_LINE, Question
from grants.rules.itinerary import LARGEST_LEGS, Leg
from grants.states.application import KIND_LABELS
from grants.states.call import DIRECTION_LABELS, Direction

TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")
CHOOSE = N_("Elige una de las opciones.")
NOT_A_NUMBER = N_("Escribe un número entero entre %(least)s y %(most)s.")
MOST_RADIOS = 6


class ConfirmForm(PuenteForm):
    """Nothing but the proof that the form is ours."""


class StartForm(PuenteForm):
    """Who applies."""

    kind = RadioField(
        lazy("¿Quién solicita el apoyo?"),
        [InputRequired(message=lazy("Elige quién solicita el apoyo."))],
        validate_choice=False,
    )
    organisation_id = SelectField(lazy("Organización"), [Optional()], validate_choice=False)

    @classmethod
    def for_person(cls, organisations: Sequence[Organisation]) -> "StartForm":
        """Return the form with the organisations that this person may apply for."""
        form = cls()
        form.kind.choices = choices((kind.value, _(label)) for kind, label in KIND_LABELS.items())
        form.organisation_id.choices = choices(
            [("", _("Elige una organización")), *((str(body.id), body.name) for body in organisations)]
        )
        return form


class CompanionForm(PuenteForm):
    """Somebody to invite."""

    name = StringField(
        lazy("Nombre"),
        [InputRequired(message=lazy("Escribe su nombre.")), Length(max=120, message=lazy(TOO_LONG))],
    )
    email = StringField(
        lazy("Correo electrónico"),
        [InputRequired(message=lazy("Escribe su correo.")), Length(max=254, message=lazy(TOO_LONG))],
    )


class WithdrawForm(PuenteForm):
    """Why an application is withdrawn; one need not say."""

    reason = TextAreaField(lazy("Motivo"), [Optional(), Length(max=2_000, message=lazy(TOO_LONG))])


class StepForm(PuenteForm):
    """What every step carries: the version it was read at, and the name of this page for telling editors apart."""

    version = HiddenField(validators=[Optional(), Length(max=9)])
    edition = HiddenField(validators=[Optional(), Length(max=40)])

    @property
    def expected_version(self) -> int | None:
        """The version the page was read at; None when it was not sent whole."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


class WholeNumberField(StringField):
    """A whole number as a person types it. `number` is an int or None."""

    def __init__(self, label: str | None = None, validators: Any = None, *, least: int, most: int, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.least, self.most = least, most
        self.number: int | None = None

    def process_data(self, value: Any) -> None:
        """Show a stored number."""
        self.number = value if isinstance(value, int) else None
        self.data = "" if value is None else str(value)

    def pre_validate(self, form: Any) -> None:
        """Read the number, or say what is expected."""
        typed = (self.data or "").replace(",", "").replace(" ", "")
        self.number = None
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and self.least <= int(typed) <= self.most):
            raise ValidationError(_(NOT_A_NUMBER, least=self.least, most=self.most))
        self.number = int(typed)


def question_form(
    questions: Sequence[Question], answers: Mapping[str, Any], currency: str, *, version: int, edition: str
) -> StepForm:
    """Build the form of one step from the call's questions, filled with what is stored or what was just sent."""
    fields = {rules.control(item): _field(item, currency) for item in questions}
    stored = {rules.control(item): _shown(item, answers.get(item["id"]), currency) for item in questions}
    kind: type[StepForm] = type("QuestionForm", (StepForm,), fields)
    return kind(data={**stored, "version": str(version), "edition": edition})


def _shown(item: Question, value: Any, currency: str) -> Any:
    if item["type"] == "money" and isinstance(value, int):
        return Money(value, currency)
    if item["type"] == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _field(item: Question, currency: str) -> Any:
    # Optional even where an answer is required: a draft keeps whatever is there, the review asks for the rest.
    return _FIELDS[item["type"]](item, rules.label(item), [_Asked(bool(item.get("required"))), Optional()], currency)


def _line(_item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return StringField(label, [*checks, Length(max=LONGEST_LINE, message=lazy(TOO_LONG))])


def _text(_item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return TextAreaField(label, [*checks, Length(max=LONGEST_ANSWER, message=lazy(TOO_LONG))])


def _pick(item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return _choice(label, checks, rules.options(item, current_language()))


def _yes_no(_item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return _choice(label, checks, [("yes", _("Sí")), ("no", _("No"))])


def _number(item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return WholeNumberField(label, checks, least=item.get("min", 0), most=item.get("max", 1_000_000))


def _money(_item: Question, label: str, checks: list[Any], currency: str) -> Any:
    return MoneyField(label, checks, currency=currency)


def _day(_item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    return DateField(label, checks)


def _file(item: Question, label: str, checks: list[Any], _currency: str) -> Any:
    limit = int(setting("MAX_UPLOAD_BYTES"))
    message = lazy("El archivo pesa más de %(limit)s MB.", limit=limit // 1_000_000)
    size: Any = FileSize
    checks = [*checks, size(max_size=limit, message=message)]
    return FileField(label, checks, render_kw={"data-slot": item["id"]})


_FIELDS: dict[str, Callable[[Question, str, list[Any], str], Any]] = {
    "line": _line,
    "text": _text,
    "choice": _pick,
    "yes_no": _yes_no,
    "number": _number,
    "money": _money,
    "date": _day,
    "file": _file,
}


class _Asked:
    """Marks a control as required for the reader without refusing a draft that leaves it empty."""

    def __init__(self, required: bool) -> None:
        self.field_flags = {"required": required}

    def __call__(self, form: Any, field: Any) -> None:
        return None


class _ShortChoice(RadioField):
    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list, in a sentence; nothing chosen yet is no fault of a draft."""
        _refuse_unlisted(super().pre_validate, form, self.data)


class _LongChoice(SelectField):
    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list, in a sentence; nothing chosen yet is no fault of a draft."""
        _refuse_unlisted(super().pre_validate, form, self.data)


def _refuse_unlisted(check: Callable[[Any], None], form: Any, value: Any) -> None:
    if not value:
        return
    try:
        check(form)
    except (ValidationError, ValueError, TypeError):
        raise ValidationError(_(CHOOSE)) from None


def _choice(label: str, checks: list[Any], options: list[tuple[str, str]]) -> Any:
    if len(options) <= MOST_RADIOS:
        return _ShortChoice(label, checks, choices=choices(options))
    return _LongChoice(label, checks, choices=choices([("", _("Elige una opción")), *options]))


def answers_in(form: StepForm, questions: Sequence[Question]) -> dict[str, Any]:
    """Return what was sent, by question. A control that was not sent says nothing, so it erases nothing."""
    found: dict[str, Any] = {}
    for item in questions:
        field: Any = form[rules.control(item)]
        if field.name not in request.form or field.errors:
            continue
        match item["type"]:
            case "number":
                found[item["id"]] = field.number
            case "money":
                found[item["id"]] = field.data.amount_cents if isinstance(field.data, Money) else None
            case "date":
                found[item["id"]] = field.data.isoformat() if field.data else None
            case _:
                found[item["id"]] = field.data or None
    return found


def upload_of(form: StepForm, item: Question) -> FileStorage | None:
    """Return the file sent for a question, or None."""
    sent = form[rules.control(item)].data
    return sent if isinstance(sent, FileStorage) and sent.filename else None


class LegForm(PlainForm):
    """One leg of the journey."""

    origin_country = SelectField(lazy("País de salida"), [_Asked(True)], validate_choice=False)
    origin_city = StringField(lazy("Ciudad de salida"), [_Asked(True)], filters=[clean_text])
    country = SelectField(lazy("País de destino"), [_Asked(True)], validate_choice=False)
    city = StringField(lazy("Ciudad de destino"), [_Asked(True)], filters=[clean_text])
    starts_on = DateField(lazy("Llegas el"), [_Asked(True), Optional()])
    ends_on = DateField(lazy("Te vas el"), [_Asked(True), Optional()])


class ItineraryForm(StepForm):
    """The legs of a journey, in order."""

    legs = FieldList(FormField(LegForm), max_entries=LARGEST_LEGS)
    direction = RadioField(lazy("¿Hacia dónde es el viaje?"), [_Asked(True), Optional()], validate_choice=False)


def itinerary_form(
    legs: Sequence[Leg], *, version: int, edition: str, one_more: bool, origin: tuple[str, str], direction: str
) -> ItineraryForm:
    """Build the form of the journey; `one_more` adds a blank leg that leaves from where the last one ended."""
    rows = [_leg_row(leg) for leg in legs]
    if one_more and len(rows) < LARGEST_LEGS:
        start = (legs[-1].country, legs[-1].city) if legs else origin
        rows.append({"origin_country": start[0], "origin_city": start[1]})
    form = ItineraryForm(data={"legs": rows, "direction": direction, "version": str(version), "edition": edition})
    form.direction.choices = choices(
        (way.value, _(label)) for way, label in DIRECTION_LABELS.items() if way is not Direction.BOTH
    )
    names = choices([("", _("Elige un país")), *places.countries(current_language())])
    for entry in form.legs:
        entry.form.origin_country.choices = names
        entry.form.country.choices = names
    return form


def _leg_row(leg: Leg) -> dict[str, Any]:
    return {
        "origin_country": leg.origin_country,
        "origin_city": leg.origin_city,
        "country": leg.country,
        "city": leg.city,
        "starts_on": leg.starts_on,
        "ends_on": leg.ends_on,
    }


def legs_in(form: ItineraryForm) -> list[dict[str, Any]]:
    """Return the legs that were sent, as plain values."""
    return [{name: field.data for name, field in entry.form._fields.items()} for entry in form.legs]
