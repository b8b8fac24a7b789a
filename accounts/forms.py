"""What people type about themselves, their organisations and their proofs."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pycountry
from babel import Locale
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from accounts.models import (
    EMAIL_LENGTH,
    MEMBER_ROLE_LABELS,
    NAME_LENGTH,
    ORGANISATION_KIND_LABELS,
    ORGANISATION_NAME_LENGTH,
    MemberRole,
    OrganisationKind,
)
from accounts.rules.identity import normal_email, normal_name
from accounts.rules.passwords import LONGEST, check_password
from accounts.rules.privacy import LANGUAGES, LONGEST_PURPOSE, LONGEST_TEXT, MOST_PURPOSES, TEXTS
from core.errors import Refusal
from core.forms import PuenteForm, choices, clean_text
from core.language import N_, _, current_language, lazy
from core.roles import ROLE_LABELS, Role
from core.settings import setting

LANGUAGE_LABELS = (("es", "Español"), ("en", "English"))  # each in its own language, on purpose
TOO_LONG = N_("Es demasiado largo: caben %(max)d caracteres.")
CHOOSE = N_("Elige una de las opciones.")


def text(required: str | None, longest: int) -> list[Any]:
    """Return the validators of a text: `required` is the sentence for an empty one, None where it may be empty."""
    first = Optional() if required is None else DataRequired(message=lazy(required))
    return [first, Length(max=longest, message=lazy(TOO_LONG))]


@contextmanager
def refusals_at_the_field() -> Iterator[None]:
    """Turn a rule's refusal into the error of the field that is being looked at."""
    try:
        yield
    except Refusal as refusal:
        raise ValidationError(refusal.message()) from None


class Choice(SelectField):
    """A select whose refusal of an unknown value is a sentence."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list."""
        try:
            super().pre_validate(form)
        except (ValidationError, ValueError, TypeError):
            raise ValidationError(_(CHOOSE)) from None


class EmailOnlyForm(PuenteForm):
    """An address, to send a link to."""

    email = EmailField(lazy("Correo electrónico"), text(N_("Escribe tu correo electrónico."), EMAIL_LENGTH))


class PurposesForm(PuenteForm):
    """What the privacy notice shown on the page leaves to the reader; nothing is ticked beforehand."""

    notice = HiddenField()
    purposes = SelectMultipleField(lazy("Lo que tú decides"), choices=choices(()), validate_choice=False)

    def offer(self, number: int, purposes: Iterable[tuple[str, str]]) -> None:
        """Show a notice's voluntary purposes, each with its id."""
        self.notice.data = str(number)
        self.purposes.choices = choices(purposes)

    @property
    def number_shown(self) -> int:
        """The number of the notice that the page was sent with; 0 when it says none."""
        typed = self.notice.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0


class RegisterForm(EmailOnlyForm, PurposesForm):
    """A new account. The rules are asked field by field, so that everything to mend is told at once."""

    name = StringField(lazy("Nombre completo"), text(N_("Escribe tu nombre."), NAME_LENGTH))
    password = PasswordField(lazy("Contraseña"), text(N_("Elige una contraseña."), LONGEST))

    def validate_email(self, field: EmailField) -> None:
        """Refuse what is no address."""
        with refusals_at_the_field():
            normal_email(field.data or "")

    def validate_name(self, field: StringField) -> None:
        """Refuse what is no name."""
        with refusals_at_the_field():
            normal_name(field.data or "", NAME_LENGTH)

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a weak password, also one made of the address or the name."""
        with refusals_at_the_field():
            check_password(field.data or "", email=self.email.data or "", name=self.name.data or "")


class SignInForm(EmailOnlyForm):
    """Address and password."""

    password = PasswordField(lazy("Contraseña"), text(N_("Escribe tu contraseña."), LONGEST))


class NewPasswordForm(PuenteForm):
    """A password to replace a forgotten one."""

    password = PasswordField(lazy("Contraseña nueva"), text(N_("Elige una contraseña."), LONGEST))


class LinkPasswordForm(PuenteForm):
    """The password that was chosen while registering, typed again at the link."""

    password = PasswordField(lazy("Contraseña"), text(N_("Escribe la contraseña que elegiste."), LONGEST))


class ChangePasswordForm(NewPasswordForm):
    """The present password and the one to come."""

    current = PasswordField(lazy("Contraseña actual"), text(N_("Escribe tu contraseña actual."), LONGEST))


class CurrentPasswordForm(PuenteForm):
    """The present password, before something that cannot be undone."""

    current = PasswordField(lazy("Contraseña actual"), text(N_("Escribe tu contraseña actual."), LONGEST))


class ChangeEmailForm(CurrentPasswordForm):
    """A new address."""

    email = EmailField(lazy("Correo nuevo"), text(N_("Escribe tu correo nuevo."), EMAIL_LENGTH))


class CodeForm(PuenteForm):
    """Six digits from an authenticator."""

    code = StringField(lazy("Código de 6 dígitos"), text(N_("Escribe el código de tu aplicación."), 12))


class RecoveryForm(PuenteForm):
    """One of the codes kept on paper."""

    code = StringField(lazy("Código de recuperación"), text(N_("Escribe uno de tus códigos de recuperación."), 40))


class ProfileForm(PuenteForm):
    """Name and language."""

    name = StringField(lazy("Nombre completo"), text(N_("Escribe tu nombre."), NAME_LENGTH))
    language = RadioField(
        lazy("Idioma de tus correos"),
        [InputRequired(message=lazy(CHOOSE))],
        choices=choices(LANGUAGE_LABELS),
    )

    def validate_language(self, field: Any) -> None:
        """Refuse what is not on the list with a sentence."""
        if field.data not in dict(LANGUAGE_LABELS):
            raise ValidationError(_(CHOOSE))


class OrganisationForm(PuenteForm):
    """The facts of an organisation."""

    name = StringField(
        lazy("Nombre de la organización"), text(N_("Escribe el nombre de la organización."), ORGANISATION_NAME_LENGTH)
    )
    kind = Choice(lazy("Tipo"), [InputRequired(message=lazy(CHOOSE))])
    country = Choice(lazy("País"), [InputRequired(message=lazy(CHOOSE))])
    tax_id = StringField(lazy("RFC o identificación fiscal"), text(None, 30))
    public_name_allowed = BooleanField(lazy("Su nombre puede aparecer en los informes públicos"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices((kind, _(ORGANISATION_KIND_LABELS[kind])) for kind in OrganisationKind)
        self.country.choices = choices(country_names())


class InvitationForm(EmailOnlyForm):
    """Whom to invite, and to what."""

    member_role = Choice(lazy("Podrá"), [InputRequired(message=lazy(CHOOSE))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member_role.choices = choices((role, _(MEMBER_ROLE_LABELS[role])) for role in MemberRole)


class MemberRoleForm(PuenteForm):
    """Other powers for a member."""

    member_role = Choice(lazy("Podrá"), [InputRequired(message=lazy(CHOOSE))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member_role.choices = choices((role, _(MEMBER_ROLE_LABELS[role])) for role in MemberRole)


class RoleForm(PuenteForm):
    """A duty to give."""

    role = Choice(lazy("Función"), [InputRequired(message=lazy(CHOOSE))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(Role)

    def offer(self, roles: Iterable[Role]) -> None:
        """Show only these roles; a page offers what can be given, and the service says why the rest cannot."""
        self.role.choices = choices((role, _(ROLE_LABELS[role])) for role in roles)


class PurposeRow(Form):
    """One purpose of a notice in both languages."""

    id = HiddenField(filters=[clean_text])
    es = TextAreaField(
        lazy("En español"), text(None, LONGEST_PURPOSE), filters=[clean_text], render_kw={"rows": 2, "lang": "es"}
    )
    en = TextAreaField(
        lazy("En inglés"), text(None, LONGEST_PURPOSE), filters=[clean_text], render_kw={"rows": 2, "lang": "en"}
    )
    voluntary = BooleanField(lazy("Es voluntaria: cada persona decide"))


class NoticeForm(PuenteForm):
    """A draft of the privacy notice: its texts in both languages and its purposes."""

    edition = IntegerField(widget=HiddenInput())
    purposes = FieldList(FormField(PurposeRow), lazy("Finalidad"), max_entries=MOST_PURPOSES)

    @property
    def content(self) -> dict[str, Any]:
        """What was written, as the rules read it; a purpose without any text is gone."""
        told = [row.data for row in self.purposes if row.form.es.data or row.form.en.data]
        texts = {key: {language: self[f"{key}_{language}"].data or "" for language in LANGUAGES} for key in TEXTS}
        rows = [
            {"id": one["id"], "text": {"es": one["es"] or "", "en": one["en"] or ""}, "voluntary": one["voluntary"]}
            for one in told
        ]
        return {**texts, "purposes": rows}

    @classmethod
    def of(cls, content: Mapping[str, Any], edition: int) -> "NoticeForm":
        """Return the form filled with a draft, with an empty row for one more purpose."""
        rows = [
            {"id": one["id"], "es": one["text"]["es"], "en": one["text"]["en"], "voluntary": one["voluntary"]}
            for one in content["purposes"]
        ]
        texts = {f"{key}_{language}": content[key][language] for key in TEXTS for language in LANGUAGES}
        more: list[dict[str, Any]] = [{}] if len(rows) < MOST_PURPOSES else []
        return cls(data={**texts, "purposes": [*rows, *more], "edition": edition})


def _texts() -> Iterator[tuple[str, TextAreaField]]:
    for key in TEXTS:
        for language, spoken in (("es", N_("en español")), ("en", N_("en inglés"))):
            label = lazy("%(part)s, %(language)s", part=lazy(TEXTS[key]), language=lazy(spoken))
            yield f"{key}_{language}", TextAreaField(label, text(None, LONGEST_TEXT), render_kw={"lang": language})


for _name, _field in _texts():
    setattr(NoticeForm, _name, _field)


class ConfirmForm(PuenteForm):
    """Nothing but the button."""


def country_names() -> list[tuple[str, str]]:
    """Return every country's code and name in the reader's language, by name, the city's own first."""
    names, own = Locale.parse(current_language()).territories, str(setting("COUNTRY"))
    pairs = [(country.alpha_2, names.get(country.alpha_2, country.name)) for country in pycountry.countries]
    return sorted(pairs, key=lambda pair: (pair[0] != own, pair[1].casefold()))
