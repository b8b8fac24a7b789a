"""Letters about an application, in its reader's language."""

from core.language import _, in_language, localised
from core.moments import exact_moment
from core.settings import setting
from grants.models import Application
from mail.services import enqueue_mail


def write_acuse_letter(application: Application) -> None:
    """Queue the letter that says an application was received, with its folio, time and fingerprint."""
    person = application.applicant
    assert application.submitted_at is not None
    with in_language(person.language):
        title = localised(application.call.title)
        enqueue_mail(
            to=person.email,
            subject=_("Recibimos tu solicitud %(folio)s", folio=application.folio),
            paragraphs=[
                _(
                    "Recibimos tu solicitud «%(title)s» para la convocatoria «%(call)s».",
                    title=application.title,
                    call=title,
                ),
                _(
                    "Folio: %(folio)s. Recibida el %(moment)s.",
                    folio=application.folio,
                    moment=exact_moment(application.submitted_at),
                ),
                _("Huella SHA-256 de lo que enviaste: %(sha256)s", sha256=application.content_sha256),
                _("Hasta el cierre puedes corregirla y enviarla otra vez, o retirarla. Cuenta el último envío."),
            ],
            language=person.language,
            action=(_("Ver el acuse"), page_url(application, person.language, "acuse")),
            about="grants.acuse",
        )


def write_withdrawal_letter(application: Application) -> None:
    """Queue the letter that confirms a submitted application was taken out."""
    person = application.applicant
    with in_language(person.language):
        enqueue_mail(
            to=person.email,
            subject=_("Retiraste tu solicitud %(folio)s", folio=application.folio),
            paragraphs=[
                _("Tu solicitud %(folio)s ya no participa, como lo pediste.", folio=application.folio),
                _("Si la convocatoria sigue abierta, puedes empezar otra."),
            ],
            language=person.language,
            action=(_("Ver la solicitud"), page_url(application, person.language)),
            about="grants.withdrawal",
        )


def page_url(application: Application, language: str, page: str = "") -> str:
    """Return the absolute address of an application's page."""
    base = f"{setting('PUBLIC_URL').rstrip('/')}/{language}/solicitudes/{application.id}"
    return f"{base}/{page}" if page else base
