"""Letters to people who offered to review: admitted, declined, drawn for a committee."""

from accounts.models import User
from core.language import _, in_language, localised
from core.settings import setting
from grants.models import Call, ReviewerProfile
from mail.services import enqueue_mail


def write_admitted(profile: ReviewerProfile) -> None:
    """Queue the welcome to the roster, with the code that stands for the person in lots."""
    with in_language(profile.person.language):
        _write(
            profile.person,
            _("Ya formas parte del padrón de personas evaluadoras"),
            [
                _("Entras en los sorteos que integran los comités de las convocatorias de tus ejes."),
                _("En los sorteos, que son públicos, apareces con el código %(code)s y nunca con tu nombre.",
                  code=profile.code),
                _("La próxima vez que entres te pediremos activar un segundo paso de acceso: tu cuenta leerá "
                  "expedientes reservados."),
            ],
            about="grants.roster_admitted",
        )  # fmt: skip


def write_declined(profile: ReviewerProfile) -> None:
    """Queue the answer to an offer that was not taken, with its reason."""
    with in_language(profile.person.language):
        _write(
            profile.person,
            _("Respuesta a tu propuesta para evaluar"),
            [
                _("Gracias por ofrecerte. Esta vez no te incluimos en el padrón por esta razón:"),
                profile.reason,
                _("Puedes proponerte otra vez cuando quieras."),
            ],
            about="grants.roster_declined",
        )


def write_drawn(profile: ReviewerProfile, call: Call) -> None:
    """Queue the news that the lot fell on somebody."""
    with in_language(profile.person.language):
        _write(
            profile.person,
            _("El sorteo te eligió para un comité: %(call)s", call=localised(call.title)),
            [
                _("Tienes un lugar en el comité de «%(call)s».", call=localised(call.title)),
                _("Te escribiremos cuando haya expedientes por evaluar. Antes de leer cada uno se te pregunta si "
                  "tienes algún conflicto de interés."),
                _("Si no puedes participar, responde a este correo cuanto antes: llamaremos a la siguiente persona "
                  "del sorteo."),
            ],
            about="grants.roster_drawn",
        )  # fmt: skip


def _write(person: User, subject: str, paragraphs: list[str], *, about: str) -> None:
    enqueue_mail(
        to=person.email,
        subject=subject,
        paragraphs=paragraphs,
        language=person.language,
        action=(_("Ver mi lugar en el padrón"), f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/evaluar"),
        about=about,
    )
