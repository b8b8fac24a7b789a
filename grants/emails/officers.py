"""Letters to the officers of the programme."""

from collections.abc import Sequence

from accounts.models import User
from core.files import StoredFile
from core.language import _, in_language, ngettext
from core.settings import setting
from grants.models.application import Application
from mail.services import enqueue_mail

MOST_NAMED = 20


def write_lost(officer: User, applications: Sequence[Application]) -> None:
    """Queue the letter that says which applications' letters did not arrive. It names folios, nobody's name."""
    folios = sorted({application.folio or "" for application in applications})
    home = f"{setting('PUBLIC_URL').rstrip('/')}/{officer.language}/programa"
    page = _page_of(officer, applications[0], "#cartas") if len(folios) == 1 else home
    with in_language(officer.language):
        enqueue_mail(
            to=officer.email,
            subject=ngettext("%(num)s carta no llegó", "%(num)s cartas no llegaron", len(applications)),
            paragraphs=[
                _("Solicitudes: %(folios)s", folios=", ".join(folios[:MOST_NAMED]))
                + (" …" if len(folios) > MOST_NAMED else ""),
                _("En la página de cada una ves por qué, y puedes enviar la carta otra vez o a otra dirección."),
            ],
            language=officer.language,
            action=(_("Ver las cartas"), page),
            about="grants.lost_letters",
        )


def write_infected(officer: User, application: Application, stored: StoredFile) -> None:
    """Queue the letter that says that a file of an application has a virus: it was taken while the scanner was away."""
    with in_language(officer.language):
        enqueue_mail(
            to=officer.email,
            subject=_("Un archivo de la solicitud %(folio)s tiene un virus", folio=application.folio or ""),
            paragraphs=[
                _("El antivirus encontró «%(virus)s» en «%(name)s».", virus=stored.virus, name=stored.original_name),
                _("No se entrega a nadie, tampoco a quienes evalúan. Si hace falta, pide otro en una aclaración."),
            ],
            language=officer.language,
            action=(_("Ver la solicitud"), _page_of(officer, application)),
            about="grants.infected_file",
        )


def _page_of(officer: User, application: Application, anchor: str = "") -> str:
    home = f"{setting('PUBLIC_URL').rstrip('/')}/{officer.language}/programa"
    return f"{home}/solicitudes/{application.id}{anchor}"
