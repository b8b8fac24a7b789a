"""What a letter would say: about an invented application, or about a real one as far as it got."""

from datetime import timedelta

from core.clock import end_of_day, now, today
from core.language import N_, _
from core.moments import exact_moment, spoken_deadline
from core.money import Money, format_money
from grants.emails.letters import READMITTED, data_of, data_of_call, said_of
from grants.models.application import Application
from grants.models.call import Call
from grants.models.determination import Determination
from grants.rules.letter_kinds import LetterKind
from grants.rules.wordings import Wording, filled

INVENTED = {
    "folio": "PUE-0000-00000",
    "nombre": "Lucía Ejemplo",
    "titulo": N_("Un proyecto de ejemplo"),
    "motivo": N_("Aquí va el motivo."),
    "puntos": "82.50",
    "huella": "0123456789abcdef" * 4,
    "aclaracion": N_("Aquí va lo que falta."),
    "convenio": "CONV-0000-00000",
    "saldo": N_("Lo que comprobó ya se le pagó: no hay otro pago ni nada por devolver."),
    "sigue": READMITTED,
    "dato": N_("Nombre con el que se publicaría el apoyo"),
    "decia": "Lucia Ejenplo",
    "dice": "Lucía Ejemplo",
}


def sample_data(
    call: Call, kind: LetterKind, application: Application | None = None, found: Determination | None = None
) -> dict[str, str]:
    """Return data for a preview in the language being spoken: invented, and of an application what it has already.

    What was decided about it counts in the letter of that decision alone.
    """
    money = format_money(Money(min(5_000_000, call.cap_per_award_cents), call.currency))
    data = {name: _(text) for name, text in INVENTED.items()} | {
        "monto": money,
        "comprobado": money,
        "plazo": spoken_deadline(end_of_day(today() + timedelta(days=max(1, call.appeal_days)))),
        "recibida": exact_moment(now()),
        **data_of_call(call),
    }
    if application is not None:
        data |= data_of(application)
        if application.submitted_at is not None:
            data |= {"recibida": exact_moment(application.submitted_at), "huella": application.content_sha256 or ""}
        if found is not None and found.outcome.value == kind.id:
            data |= said_of(found)
    return data


def preview(kind: LetterKind, text: Wording, data: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return subject and paragraphs of a letter that was not sent."""
    return filled(kind, text, data)
