"""The letters about who is part of an application: the invitation, and that somebody left."""

from accounts import queries as people
from core.language import _, in_language, localised
from core.settings import setting
from grants.models import Application, CoApplicant
from mail.services import enqueue_mail

ABOUT = "grants.companion"


def write_invitation(application: Application, companion: CoApplicant, token: str) -> None:
    """Queue the invitation, in the language of the account behind the address, or of whoever invites."""
    assert companion.email is not None
    known = people.user_by_email(companion.email)
    language = known.language if known is not None else application.applicant.language
    url = f"{setting('PUBLIC_URL').rstrip('/')}/{language}/viajo-con/{token}"
    with in_language(language):
        enqueue_mail(
            to=companion.email,
            subject=_("%(name)s te invita a su solicitud", name=application.applicant.name),
            paragraphs=[
                _(
                    "%(name)s prepara una solicitud para «%(call)s» y te nombra como parte del grupo.",
                    name=application.applicant.name,
                    call=localised(application.call.title),
                ),
                _("Si estás de acuerdo, acéptala con tu cuenta. Si no, recházala o ignora este correo: no pasa nada."),
                _("Quien acepta puede leer la solicitud. Escribirla y enviarla le toca a quien te invitó."),
            ],
            language=language,
            action=(_("Ver la invitación"), url),
            about=ABOUT,
            private=True,
        )


def write_departure(application: Application, companion: CoApplicant) -> None:
    """Tell whoever applied that somebody left, and what that means for the application."""
    person = application.applicant
    url = f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/solicitudes/{application.id}"
    with in_language(person.language):
        enqueue_mail(
            to=person.email,
            subject=_("%(name)s dejó tu solicitud", name=companion.name),
            paragraphs=[
                _(
                    "%(name)s ya no forma parte de tu solicitud a «%(call)s».",
                    name=companion.name,
                    call=localised(application.call.title),
                ),
                _("Todavía no la envías: ajústala antes de hacerlo, o invita a otra persona.")
                if application.submitted_at is None
                else _(
                    "Lo que enviaste sigue su curso tal como se recibió. El programa ve el cambio y, si hace falta, "
                    "te pedirá una aclaración. Mientras la convocatoria siga abierta puedes corregirla y enviarla otra "
                    "vez."
                ),
            ],
            language=person.language,
            action=(_("Ver mi solicitud"), url),
            about="grants.companion_left",
        )
