"""What somebody tells who offers to review, and what staff answers and draws."""

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from core.forms import PuenteForm, choices
from core.language import N_, _, lazy, localised
from core.settings import setting
from grants.forms.subscriptions import AtLeastOne, ManyField

TOO_LONG = lazy(N_("Es demasiado largo: caben %(max)d caracteres."))
MOST_KEYWORDS, LONGEST_KEYWORD = 12, 40
MOST_SEATS = 60


class RosterForm(PuenteForm):
    """What a person can judge, and the word they give."""

    axes = ManyField(
        lazy(N_("Ejes que puedes juzgar")), [AtLeastOne(N_("Elige al menos un eje."))], validate_choice=False
    )
    keywords = StringField(lazy(N_("Tus temas, separados por comas")), [Length(max=400, message=TOO_LONG)])
    experience = TextAreaField(
        lazy(N_("Tu experiencia")),
        [InputRequired(message=lazy(N_("Cuéntanos tu experiencia."))), Length(max=2_000, message=TOO_LONG)],
    )
    independent = BooleanField(
        lazy(N_("Leeré sin conocer a quien solicita, diré mis conflictos de interés y guardaré reserva.")),
        [InputRequired(message=lazy(N_("Hace falta para evaluar.")))],
    )

    def offer(self) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self.axes.choices = choices((str(axis["id"]), localised(axis["name"])) for axis in setting("AXES"))

    def validate_keywords(self, field: StringField) -> None:
        """Refuse what is no list of words."""
        words = self.words
        if len(words) > MOST_KEYWORDS or any(len(word) > LONGEST_KEYWORD for word in words):
            raise ValidationError(_("Escribe hasta 12 temas cortos, separados por comas."))

    @property
    def words(self) -> list[str]:
        """The topics, each once, as they are compared: lower case."""
        said = (word.strip().casefold() for word in (self.keywords.data or "").split(","))
        return list(dict.fromkeys(word for word in said if word))


class DeclineForm(PuenteForm):
    """Why an offer is not taken, or somebody is taken off."""

    reason = TextAreaField(
        lazy(N_("Razón")),
        [InputRequired(message=lazy(N_("Escribe la razón."))), Length(max=2_000, message=TOO_LONG)],
    )


class SeatsForm(PuenteForm):
    """How many places a lot is for, and the randomness that will decide."""

    seats = IntegerField(
        lazy(N_("Lugares por sortear")),
        [
            InputRequired(message=lazy(N_("Escribe cuántos lugares."))),
            NumberRange(1, MOST_SEATS, message=lazy(N_("Entre 1 y 60 lugares."))),
        ],
    )
    source = StringField(
        lazy(N_("De dónde vendrá el azar")),
        [
            InputRequired(message=lazy(N_("Nombra un sorteo público que todavía no se celebre."))),
            Length(max=300, message=TOO_LONG),
        ],
    )


class CommitteeRandomnessForm(PuenteForm):
    """The public randomness of a committee's lot."""

    randomness = StringField(
        lazy(N_("Valor publicado por la fuente de azar")),
        [
            InputRequired(message=lazy(N_("Escribe el valor tal como se publicó."))),
            Length(max=400, message=TOO_LONG),
        ],
    )
