"""Letters to reviewers: what waits on their desk and until when. Never what it is about, nor whose."""

from accounts.models import User
from core.files import StoredFile
from core.language import _, in_language, localised, ngettext
from core.moments import spoken_deadline
from core.settings import setting
from mail.services import enqueue_mail
from scoring.models import Dossier, Meeting, Panel
from scoring.states import MeetingState


def write_reminder(person: User, panel: Panel, due: int, *, begins: bool) -> None:
    """Queue the letter that says how many dossiers wait for a reviewer, and until when."""
    with in_language(person.language):
        call = localised(panel.title)
        count = ngettext("%(num)s expediente espera tu evaluación.", "%(num)s expedientes esperan tu evaluación.", due)
        subject = _("Tienes expedientes por evaluar: %(call)s", call=call)
        if not begins:
            subject = ngettext(
                "Falta %(num)s evaluación: %(call)s", "Faltan %(num)s evaluaciones: %(call)s", due, call=call
            )
        enqueue_mail(
            to=person.email,
            subject=subject,
            paragraphs=[
                count,
                _("Se reciben hasta el %(moment)s.", moment=spoken_deadline(panel.review_closes_at)),
                _("Antes de leer cada uno se te pregunta si tienes algún conflicto de interés."),
                _("Lo que escribes se guarda mientras escribes."),
            ],
            language=person.language,
            action=(_("Ir a mis evaluaciones"), f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/evaluacion"),
            about="grants.review_reminder",
        )


def write_meeting(person: User, meeting: Meeting, entry: StoredFile) -> None:
    """Queue the letter that calls a member to a session, or tells that it is called off. It names no dossier."""
    with in_language(person.language):
        told = {"number": meeting.number, "call": localised(meeting.panel.title)}
        off = meeting.state is MeetingState.CANCELLED
        subject = _("Sesión %(number)s del comité: %(call)s", **told)
        paragraphs = [
            _("Se convoca al comité el %(moment)s.", moment=spoken_deadline(meeting.starts_at)),
            _("Lugar o enlace: %(place)s", place=meeting.place),
            _("Para votar tienen que asistir al menos %(quorum)s personas.", quorum=meeting.quorum),
        ]
        if off:
            subject = _("Se canceló la sesión %(number)s del comité: %(call)s", **told)
            paragraphs = [
                _("Ya no se celebra la sesión del %(moment)s.", moment=spoken_deadline(meeting.starts_at)),
                _("Razón: %(reason)s", reason=meeting.cancelled_reason or ""),
            ]
        home = f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}"
        enqueue_mail(
            to=person.email,
            subject=subject,
            paragraphs=paragraphs,
            language=person.language,
            action=(_("Ver la sesión"), f"{home}/evaluacion/sesiones/{meeting.id}"),
            attachments=[entry],
            about="grants.meeting",
        )


def write_discussion(person: User, dossier: Dossier, count: int) -> None:
    """Queue the letter that says how many comments by others wait: neither what they say nor who wrote them."""
    with in_language(person.language):
        code = dossier.code
        said = ngettext(
            "Hay %(num)s comentario nuevo en el expediente %(code)s.",
            "Hay %(num)s comentarios nuevos en el expediente %(code)s.",
            count,
            code=code,
        )
        enqueue_mail(
            to=person.email,
            subject=_("Comentarios nuevos en el expediente %(code)s", code=code),
            paragraphs=[said, _("Solo los leen quienes también lo evaluaron.")],
            language=person.language,
            action=(
                _("Leer la discusión"),
                f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/evaluacion/{code}#discusion",
            ),
            about="grants.discussion",
        )
