"""Letters to members of a committee about what waits for them: never what it is about, nor whose."""

from accounts.models import User
from core.language import _, in_language, localised, ngettext
from core.moments import spoken_deadline
from core.settings import setting
from mail.services import enqueue_mail
from scoring.models import Panel
from scoring.states import PanelState


def write_further_readings(person: User, panel: Panel, count: int) -> None:
    """Queue the letter that says how many dossiers more a reviewer was given, and until when."""
    with in_language(person.language):
        call = localised(panel.title)
        until = _("Se reciben hasta el %(moment)s.", moment=spoken_deadline(panel.review_closes_at))
        if panel.state is PanelState.DISCUSSION:
            until = _("El comité ya delibera y espera tu evaluación: mándala en cuanto puedas.")
        _write(
            person,
            ngettext(
                "Te asignamos %(num)s expediente más: %(call)s",
                "Te asignamos %(num)s expedientes más: %(call)s",
                count,
                call=call,
            ),
            [
                _("Hacía falta otra lectura, porque alguien se excusó o porque las evaluaciones difieren."),
                until,
                _("Antes de leer cada uno se te pregunta si tienes algún conflicto de interés."),
            ],
            (_("Ir a mis evaluaciones"), "evaluacion"),
            about="grants.review_assigned",
        )


def write_deliberation(person: User, panel: Panel, count: int) -> None:
    """Queue the letter that says the deliberation began, and of how many dossiers one may read the other reviews."""
    with in_language(person.language):
        call = localised(panel.title)
        said = ngettext(
            "Ya puedes leer lo que otras personas escribieron del expediente que evaluaste.",
            "Ya puedes leer lo que otras personas escribieron de los %(num)s expedientes que evaluaste.",
            count,
        )
        _write(
            person,
            _("Empezó la deliberación: %(call)s", call=call),
            [
                said,
                _("Aquellos en que difieren están al principio de tu lista. Puedes comentarlos con tu letra y, si "
                  "algo te convence, cambiar una calificación con tu razón."),
            ],
            (_("Ir a mis evaluaciones"), "evaluacion"),
            about="grants.deliberation",
        )  # fmt: skip


def write_answer(person: User, code: str) -> None:
    """Queue the letter that says a question was answered; the answer is read on the dossier's page alone."""
    with in_language(person.language):
        _write(
            person,
            _("Respondimos tu pregunta sobre el expediente %(code)s", code=code),
            [_("La respuesta está en la página del expediente. Solo la lees tú.")],
            (_("Leer la respuesta"), f"evaluacion/{code}#preguntas"),
            about="grants.answer",
        )


def write_signature(person: User, panel: Panel, meeting_id: int) -> None:
    """Queue the letter that says the minutes of a session one attended wait for one's signature."""
    with in_language(person.language):
        days = panel.rulebook.rules.signature_days
        _write(
            person,
            _("El acta espera tu firma: %(call)s", call=localised(panel.title)),
            [
                _("La sesión terminó y su acta ya no cambia. Léela y fírmala con tu contraseña."),
                ngettext(
                    "Se espera tu firma %(num)s día. Después el acta puede quedar sin ella, con la razón.",
                    "Se espera tu firma %(num)s días. Después el acta puede quedar sin ella, con la razón.",
                    days,
                ),
            ],
            (_("Leer y firmar el acta"), f"evaluacion/sesiones/{meeting_id}/firmar"),
            about="grants.minutes",
        )


def _write(person: User, subject: str, paragraphs: list[str], action: tuple[str, str], *, about: str) -> None:
    label, path = action
    enqueue_mail(
        to=person.email,
        subject=subject,
        paragraphs=paragraphs,
        language=person.language,
        action=(label, f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/{path}"),
        about=about,
    )
