"""What an officer types at the queue: which applications, what to do to them, and the name of a filter."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy
from grants.errors.queue import NothingChosen, OfficerUnknown
from grants.forms.staff import LONGEST_REASON, TOO_LONG, WRITE_REASON
from grants.states.bulk import BULK_LABELS, BulkKind

ALL, MARKED = "todas", "marcadas"
MANY = 20_000


class BulkForm(PuenteForm):
    """Which applications, and what to do to them."""

    scope = RadioField(lazy("A cuáles"), default=MARKED, validate_choice=False)
    chosen = SelectMultipleField(lazy("Solicitudes"), [Optional()], coerce=str, validate_choice=False)
    kind = RadioField(lazy("Qué hacer"), [InputRequired(message=lazy("Elige qué hacer."))], validate_choice=False)
    officer = SelectField(lazy("Persona que las atiende"), validate_choice=False)
    what = TextAreaField(lazy("Qué falta"), [Optional(), Length(max=LONGEST_REASON, message=lazy(TOO_LONG))])
    days = IntegerField(
        lazy("Días para aclarar"), [Optional(), NumberRange(1, 60, message=lazy("Entre 1 y 60 días."))], default=5
    )

    def offer(self, officers: list[tuple[str, str]], total: int) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.scope.choices = [
            (MARKED, _("Las que marqué en la lista")),
            (ALL, _("Todas las de la lista, también las de otras páginas (%(total)s)", total=total)),
        ]
        self.kind.choices = [(kind.value, _(label)) for kind, label in BULK_LABELS.items()]
        self.officer.choices = choices([("", _("Elige")), *officers])

    @property
    def wanted(self) -> BulkKind | None:
        """What to do, or None when something else was sent."""
        return BulkKind(self.kind.data) if self.kind.data in list(BulkKind) else None

    @property
    def marked(self) -> list[int]:
        """The numbers of the applications marked, each once and in order."""
        texts = {text for text in self.chosen.data or [] if text.isascii() and text.isdigit() and len(text) < 10}
        return sorted(int(text) for text in texts)

    @property
    def terms(self) -> dict[str, Any]:
        """What the act needs to know besides."""
        officer = str(self.officer.data or "")
        if self.wanted is BulkKind.ASSIGN:
            return {"officer_id": int(officer)} if officer.isascii() and officer.isdigit() and len(officer) < 10 else {}
        if self.wanted is BulkKind.CURE:
            return {"what": (self.what.data or "").strip(), "days": self.days.data or 5}
        return {}

    def complete(self) -> bool:
        """Say at its field what this act lacks; return whether nothing does."""
        if self.scope.data != ALL and not self.marked:
            self.scope.errors = [NothingChosen().message()]
        if self.wanted is None and not self.kind.errors:
            self.kind.errors = [_("Elige qué hacer.")]
        if self.wanted is BulkKind.ASSIGN and not self.terms:
            self.officer.errors = [OfficerUnknown().message()]
        if self.wanted is BulkKind.CURE and not self.terms["what"]:
            self.what.errors = [_(WRITE_REASON)]
        return not (self.scope.errors or self.kind.errors or self.officer.errors or self.what.errors)


class FilterNameForm(PuenteForm):
    """The name of a filter."""

    name = StringField(
        lazy("Nombre del filtro"),
        [InputRequired(message=lazy("Escribe un nombre.")), Length(max=60, message=lazy(TOO_LONG))],
    )


class SaveFilterForm(FilterNameForm):
    """The name of a new filter, and whether the queue opens with it."""

    default = BooleanField(lazy(N_("Abrir siempre la lista con este filtro")))
