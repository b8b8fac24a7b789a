"""The letter that invites somebody to be part of an application."""

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
