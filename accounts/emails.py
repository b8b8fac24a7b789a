"""The letters an account sends. Each is written in the reader's language and says what to do if it was not them."""

from collections.abc import Sequence
from urllib.parse import urlencode

from accounts.models import Organisation, User
from core.files import StoredFile
from core.language import _, in_language
from core.moments import exact_moment
from core.settings import setting
from mail.models import OutboxMessage
from mail.services import enqueue_mail


def address_of(language: str, path: str) -> str:
    """Return the public address of a page; `path` follows the language and has no slash in front."""
    return f"{setting('PUBLIC_URL')}/{language}/{path}"


def verification(person: User, token: str, name: str, place: str | None = None) -> OutboxMessage:
    """Ask the reader to confirm that the address is theirs, by the name typed in the registration.

    The link leads on to `place`, a path of this site, where the person was going when they had no account yet.
    """
    onward = f"?{urlencode({'next': place})}" if place else ""
    with in_language(person.language):
        return _private(
            person,
            _("Confirma tu correo"),
            [
                _("Hola, %(name)s:", name=name),
                _("Abre este enlace para confirmar tu correo y poder entrar. Funciona durante 24 horas."),
                _("Si no creaste una cuenta en Puente, ignora este mensaje: sin tu confirmación no se puede usar."),
            ],
            (_("Confirmar mi correo"), address_of(person.language, f"cuenta/verificar/{token}{onward}")),
            "accounts.verification",
        )


def already_registered(person: User) -> OutboxMessage:
    """Tell the owner of an address that somebody tried to register it again."""
    with in_language(person.language):
        return _letter(
            person,
            _("Ya tienes una cuenta"),
            [
                _("Hola, %(name)s:", name=person.name),
                _("Alguien intentó crear una cuenta con tu correo, pero ya tienes una. Si fuiste tú, entra con ella."),
                _("Si olvidaste tu contraseña, cámbiala desde la página para entrar. Si no fuiste tú, no hagas nada."),
            ],
            "accounts.already_registered",
            action=(_("Entrar"), address_of(person.language, "cuenta/entrar")),
        )


def password_reset(person: User, token: str) -> OutboxMessage:
    """Send the link that sets a new password."""
    with in_language(person.language):
        return _private(
            person,
            _("Cambia tu contraseña"),
            [
                _("Hola, %(name)s:", name=person.name),
                _("Abre este enlace para elegir una contraseña nueva. Funciona durante una hora y una sola vez."),
                _("Si no lo pediste, ignora este mensaje: tu contraseña sigue siendo la misma."),
            ],
            (_("Elegir contraseña"), address_of(person.language, f"cuenta/contrasena/{token}")),
            "accounts.password_reset",
        )


def password_changed(person: User) -> OutboxMessage:
    """Tell the owner that the password is another."""
    with in_language(person.language):
        return _notice(
            person,
            _("Tu contraseña cambió"),
            _("La contraseña de tu cuenta acaba de cambiar y se cerraron las demás sesiones abiertas."),
            "accounts.password_changed",
        )


def email_change_link(person: User, new_email: str, token: str) -> OutboxMessage:
    """Ask whoever reads the new address to confirm it."""
    with in_language(person.language):
        return enqueue_mail(
            to=new_email,
            subject=_("Confirma tu correo nuevo"),
            paragraphs=[
                _("Hola, %(name)s:", name=person.name),
                _("Abre este enlace para usar esta dirección en tu cuenta de Puente. Funciona durante 24 horas."),
                _("Si no lo pediste, ignora este mensaje."),
            ],
            language=person.language,
            action=(_("Confirmar mi correo nuevo"), address_of(person.language, f"cuenta/correo/{token}")),
            about="accounts.email_change_link",
            private=True,
        )


def email_change_requested(person: User) -> OutboxMessage:
    """Warn the present address that somebody asked to replace it."""
    with in_language(person.language):
        return _notice(
            person,
            _("Pediste cambiar tu correo"),
            _("Alguien con tu cuenta pidió cambiar tu correo. Cambiará cuando se confirme la dirección nueva."),
            "accounts.email_change_requested",
        )


def email_changed(person: User, old_email: str) -> OutboxMessage:
    """Tell the former address that it no longer opens the account."""
    with in_language(person.language):
        return _notice(
            person,
            _("Tu correo cambió"),
            _("Tu cuenta ya usa otra dirección de correo. Esta ya no sirve para entrar."),
            "accounts.email_changed",
            to=old_email,
        )


def second_factor_enrolled(person: User) -> OutboxMessage:
    """Tell the owner that an authenticator was enrolled."""
    with in_language(person.language):
        return _notice(
            person,
            _("Activaste el segundo paso"),
            _("Desde ahora, para entrar a tu cuenta hace falta también un código de tu aplicación de códigos."),
            "accounts.second_factor_enrolled",
        )


def second_factor_removed(person: User) -> OutboxMessage:
    """Tell the owner that the account no longer asks for a code."""
    with in_language(person.language):
        return _notice(
            person,
            _("Se quitó el segundo paso"),
            _("Tu cuenta ya no pide un código para entrar."),
            "accounts.second_factor_removed",
        )


def recovery_codes_renewed(person: User) -> OutboxMessage:
    """Tell the owner that the former recovery codes are void."""
    with in_language(person.language):
        return _notice(
            person,
            _("Tienes códigos de recuperación nuevos"),
            _("Se crearon códigos de recuperación nuevos. Los anteriores ya no funcionan."),
            "accounts.recovery_codes_renewed",
        )


def recovery_code_used(person: User, left: int) -> OutboxMessage:
    """Tell the owner that a recovery code opened the account."""
    with in_language(person.language):
        return _notice(
            person,
            _("Se usó un código de recuperación"),
            _("Alguien entró a tu cuenta con un código de recuperación. Códigos que te quedan: %(left)s.", left=left),
            "accounts.recovery_code_used",
        )


def account_locked(person: User) -> OutboxMessage:
    """Tell the owner that somebody keeps guessing."""
    with in_language(person.language):
        return _notice(
            person,
            _("Varios intentos fallidos de entrar"),
            _("Hubo muchos intentos fallidos de entrar a tu cuenta. La bloqueamos unos minutos; luego podrás entrar."),
            "accounts.account_locked",
        )


def roles_changed(person: User, labels: Sequence[str]) -> OutboxMessage:
    """Tell the person which duties they hold now. `labels` are already in their language."""
    with in_language(person.language):
        return _notice(
            person,
            _("Cambiaron tus funciones"),
            _("Administración cambió tus funciones en Puente. Ahora son: %(roles)s.", roles=", ".join(labels) or "—"),
            "accounts.roles_changed",
        )


def invitation(organisation: Organisation, email: str, token: str, language: str, inviter: str) -> OutboxMessage:
    """Offer a membership to whoever reads `email`."""
    with in_language(language):
        return enqueue_mail(
            to=email,
            subject=_("Te invitaron a una organización"),
            paragraphs=[
                _(
                    "%(inviter)s te invita a formar parte de «%(organisation)s» en Puente.",
                    inviter=inviter,
                    organisation=organisation.name,
                ),
                _("Entra con la cuenta de este correo, o crea una, y acepta la invitación. Funciona durante 14 días."),
                _("Si no conoces a la organización, ignora este mensaje."),
            ],
            language=language,
            action=(_("Ver la invitación"), address_of(language, f"organizaciones/invitacion/{token}")),
            about="accounts.invitation",
            private=True,
        )


def write_infected(person: User, stored: StoredFile) -> OutboxMessage:
    """Tell an administrator that a file taken while the scanner was away has a virus. It is handed to nobody."""
    with in_language(person.language):
        return _letter(
            person,
            _("Un archivo ya recibido tiene un virus"),
            [
                _("El antivirus encontró «%(virus)s» en «%(name)s».", virus=stored.virus, name=stored.original_name),
                _("Llegó el %(moment)s. No se entrega a nadie.", moment=exact_moment(stored.created_at)),
            ],
            "accounts.infected_file",
            action=(_("Ver el antivirus"), address_of(person.language, "trabajos")),
        )


def _letter(
    person: User, subject: str, paragraphs: list[str], about: str, *, action: tuple[str, str] | None = None
) -> OutboxMessage:
    return enqueue_mail(
        to=person.email, subject=subject, paragraphs=paragraphs, language=person.language, action=action, about=about
    )


def _private(person: User, subject: str, paragraphs: list[str], action: tuple[str, str], about: str) -> OutboxMessage:
    return enqueue_mail(
        to=person.email,
        subject=subject,
        paragraphs=paragraphs,
        language=person.language,
        action=action,
        about=about,
        private=True,
    )


def _notice(person: User, subject: str, sentence: str, about: str, *, to: str | None = None) -> OutboxMessage:
    return enqueue_mail(
        to=to or person.email,
        subject=subject,
        paragraphs=[
            _("Hola, %(name)s:", name=person.name),
            sentence,
            _("Si no fuiste tú, cambia tu contraseña ahora y escribe a %(contact)s.", contact=setting("CONTACT_EMAIL")),
        ],
        language=person.language,
        about=about,
    )
