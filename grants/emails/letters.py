"""What our letters say: what was decided, why, and what next, in *usted* and in the reader's language.

Compose only: sending and keeping is the business of `services.letters`.
"""

from collections.abc import Mapping

from core.language import N_, _, current_language, localised
from core.moments import spoken_deadline
from core.money import Money, format_money
from core.settings import setting
from grants.models.application import Application
from grants.models.award import Agreement, Award, ExpenseReport
from grants.models.call import Call
from grants.models.correction import DataCorrection
from grants.models.determination import Appeal, Determination
from grants.models.readmission import Readmission
from grants.models.screening import CureRequest
from grants.rules import form as form_rules
from grants.rules.answers import spoken_answer
from grants.rules.appeals import may_object
from grants.rules.eligibility import spoken_note
from grants.rules.letter_kinds import KINDS, LetterKind
from grants.rules.letters import LetterText
from grants.rules.readmission import PUBLISHED
from grants.rules.wordings import Wording, filled, standard
from grants.states.correction import CorrectionState
from grants.states.determination import AppealState, Outcome
from scoring.rules.provisions import plain
from scoring.rules.reasons import sentence
from scoring.rules.selection import Reason

READMITTED = N_(
    "Su solicitud cumple los requisitos. Un comité complementario la evaluará con las mismas reglas que a las demás, "
    "sin saber de quién es, y le escribiremos con su lugar."
)
REVIEWED_AGAIN = N_(
    "Un comité complementario, sin quienes ya la calificaron, evaluará de nuevo su solicitud con las mismas reglas que "
    "a las demás y sin saber de quién es, y le escribiremos con su lugar. Su resultado no puede empeorar por esto."
)
LONGEST_SUBJECT = 300  # with the data put in


def determination(found: Determination) -> LetterText:
    """Write what was decided about an application, why, and until when it can be appealed."""
    application = found.application
    return _letter(
        "determination",
        found.outcome.value,
        application,
        said_of(found),
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{application.id}/resultado"),
    )


def said_of(found: Determination) -> dict[str, str]:
    """Return what the letter of a determination may name, in the language being spoken."""
    closes_at = found.appeal_closes_at
    return {
        "monto": _money(found.money) if found.money is not None else "",
        "motivo": reason_text(found),
        "puntos": found.score_text or "",
        "plazo": spoken_deadline(closes_at) if closes_at is not None and may_object(found.outcome) else "",
    }


def cure_request(application: Application, cure: CureRequest) -> LetterText:
    """Ask for what is missing, with the deadline."""
    return _letter(
        "cure",
        "cure",
        application,
        {"aclaracion": cure.what, "plazo": spoken_deadline(cure.due_at)},
        (_("Responder la aclaración"), f"/solicitudes/{application.id}/aclaracion"),
    )


def promotion(application: Application, money: Money) -> LetterText:
    """Tell somebody on the waiting list that there is money now."""
    return _letter(
        "promotion",
        "promotion",
        application,
        {"monto": _money(money)},
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{application.id}/resultado"),
    )


def agreement_offer(award: Award, agreement: Agreement) -> LetterText:
    """Send the agreement to be accepted on line."""
    return _letter(
        "agreement",
        "agreement",
        award.application,
        {"convenio": agreement.number, "monto": _money(award.money)},
        (_("Leer y aceptar el convenio"), f"/apoyos/{award.id}"),
    )


def report_returned(report: ExpenseReport) -> LetterText:
    """Say what to correct in an expense report."""
    return _letter(
        "report_returned",
        "report_returned",
        report.award.application,
        {"motivo": report.review_note or ""},
        (_("Corregir el informe"), f"/apoyos/{report.award.id}/informe"),
    )


def report_accepted(report: ExpenseReport) -> LetterText:
    """Confirm an expense report and say to the cent what is still paid, or what comes back."""
    award = report.award
    return _letter(
        "report_accepted",
        "report_accepted",
        award.application,
        {"comprobado": _money(report.spent), "monto": _money(award.money), "saldo": _settlement(report)},
        (_("Ver mi apoyo"), f"/apoyos/{award.id}"),
    )


def _settlement(report: ExpenseReport) -> str:
    if report.return_cents:
        return _(
            "Se le pagó más de lo que comprobó: quedan por devolver %(amount)s y ya no habrá otro pago. Responda a "
            "este correo y le damos la cuenta y la referencia para depositarlos.",
            amount=_money(report.to_return),
        )
    if report.due_cents and report.unspent_cents:
        return _(
            "Lo que sigue: se le pagan %(due)s, que es lo que comprobó y todavía no se le paga. Los %(unspent)s del "
            "apoyo que no gastó vuelven al fondo.",
            due=_money(report.due),
            unspent=_money(report.unspent),
        )
    if report.due_cents:
        return _("Lo que sigue: se le paga lo que falta de su apoyo, %(due)s.", due=_money(report.due))
    return _("Lo que comprobó ya se le pagó: no hay otro pago ni nada por devolver.")


def appeal_admitted(appeal: Appeal) -> LetterText:
    """Say that an appeal will be decided, and that the result stands until then."""
    application = appeal.determination.application
    action = (_("Ver mi solicitud"), f"/solicitudes/{application.id}")
    return _letter("appeal_admitted", "appeal_admitted", application, {}, action)


def appeal_refused(appeal: Appeal) -> LetterText:
    """Give the reasons for which an appeal is not heard."""
    application = appeal.determination.application
    action = (_("Ver mi solicitud"), f"/solicitudes/{application.id}")
    return _letter("appeal", "appeal_inadmissible", application, {"motivo": appeal.reason or ""}, action)


def appeal_resolved(appeal: Appeal, *, goes_on: bool) -> LetterText:
    """Give the reasoned outcome of an appeal, and the review that follows where the application goes on to one."""
    application = appeal.determination.application
    upheld = appeal.state is AppealState.UPHELD
    follows = READMITTED if appeal.determination.outcome is Outcome.INELIGIBLE else REVIEWED_AGAIN
    return _letter(
        "appeal",
        "appeal_upheld" if upheld else "appeal_dismissed",
        application,
        {"motivo": appeal.reason or "", "sigue": _(follows) if goes_on else ""},
        (_("Ver mi solicitud"), f"/solicitudes/{application.id}"),
    )


def correction_answered(correction: DataCorrection) -> LetterText:
    """Say whether a datum that was sent is corrected, and why not."""
    application = correction.application
    item = form_rules.question(application.call.form, correction.question_id) or {}
    kind = "correction_made" if correction.state is CorrectionState.CORRECTED else "correction_refused"
    return _letter(
        kind,
        kind,
        application,
        {
            "dato": form_rules.label(item) if item else "",
            "decia": spoken_answer(item, application.answers.get(correction.question_id), application.currency),
            "dice": correction.asked,
            "motivo": correction.reason,
        },
        (_("Ver mi solicitud"), f"/solicitudes/{application.id}"),
    )


def readmission_result(readmission: Readmission) -> LetterText:
    """Say where an application stands that was admitted on appeal and reviewed after the results."""
    return _letter(
        "readmission",
        "readmission",
        readmission.application,
        {"puntos": readmission.score_text or "", "sigue": readmission_text(readmission)},
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{readmission.application.id}/resultado"),
    )


def readmission_text(readmission: Readmission) -> str:
    """Return what the addendum to the results means for the application, in the reader's language."""
    if readmission.position is None:
        return _("No alcanza el mínimo que piden las reglas, así que no recibe apoyo.")
    told = readmission.appeal.determination
    kept = told.outcome is not Outcome.INELIGIBLE and readmission.position == told.position
    if readmission.by_merit:
        text = _(
            "Le corresponde el lugar %(place)s y, evaluada junto con las demás, habría tenido apoyo. Los apoyos ya "
            "otorgados no cambian: va antes que la lista de espera para el dinero de la convocatoria que quede o se "
            "libere.",
            place=readmission.position,
        )
    elif kept and readmission.outcome is Outcome.WAITLISTED:
        text = _("Conserva el lugar %(place)s que ya tenía en la lista de espera.", place=readmission.position)
    elif kept:
        return _("Conserva el lugar %(place)s que ya tenía y no recibe apoyo.", place=readmission.position)
    elif readmission.outcome is Outcome.WAITLISTED:
        text = _("Le corresponde el lugar %(place)s y queda en la lista de espera.", place=readmission.position)
    else:
        return _("Le corresponde el lugar %(place)s y no recibe apoyo.", place=readmission.position)
    return f"{text} {_turn_text(readmission)}" if readmission.turn_rule is not None else text


def _turn_text(readmission: Readmission) -> str:
    """Return which turn it takes among those admitted on appeal with the same place and score, and by which rule."""
    rule = readmission.turn_rule or ""
    if rule == PUBLISHED:
        return _(
            "Otra admitida por inconformidad tiene el mismo lugar y calificación y se publicó antes: le toca el turno "
            "%(turn)s.",
            turn=readmission.turn,
        )
    names = {"lot": _("el sorteo que cualquiera puede repetir"), "lower_request": _("la menor cantidad solicitada")}
    return _(
        "Otra admitida por inconformidad tiene el mismo lugar y calificación. Las separa el desempate de las reglas, "
        "%(rule)s: le toca el turno %(turn)s.",
        rule=names.get(rule) or f"«{_names(readmission.call).get(rule.partition(':')[2], rule)}»",
        turn=readmission.turn,
    )


def reason_text(found: Determination) -> str:
    """Return why a determination came out as it did, in the reader's language."""
    if found.outcome is Outcome.INELIGIBLE:
        return spoken_note(found.reason, found.reason_params.get("rules", ()))
    said = sentence(Reason(found.reason), found.reason_params, found.currency, _names(found.call))
    if found.reason not in (Reason.BELOW_OVERALL, Reason.BELOW_CRITERIA) or found.call.rulebook is None:
        return said
    rules = found.call.rulebook.rules
    asked = [(_("Total"), rules.threshold), *((localised(one.name), one.threshold) for one in rules.criteria)]
    minima = "; ".join(f"{name}: {plain(least)}" for name, least in asked if least is not None)
    known = _("Calificación: %(score)s. Mínimos: %(minima)s.", score=found.score_text or "", minima=minima)
    return f"{said} {known}"


def _names(call: Call) -> dict[str, str]:
    """Return what the call's rules call each of their parts, in the reader's language."""
    if call.rulebook is None:
        return {}
    document = call.rulebook.document
    catalogue = (*setting("AXES"), *setting("REGIONS"))  # an envelope may be lacking for one of these
    envelopes = (document["selection"].get("envelopes") or {}).get("parts", ())
    parts = (*envelopes, *document["criteria"], *document.get("reserved", ()), *document.get("bonus", ()))
    return {str(entry["id"]): localised(entry["name"]) for entry in (*catalogue, *parts)}


def _money(money: Money) -> str:
    return format_money(money)


def _letter(
    sort: str, kind: str, application: Application, data: Mapping[str, str], action: tuple[str, str]
) -> LetterText:
    """Write a letter in the words its call has for its kind, or in ours; `sort` is the name it is kept under."""
    return LetterText(sort, *worded(application.call, KINDS[kind], {**data_of(application), **data}), action)


def data_of(application: Application) -> dict[str, str]:
    """Return what any letter about an application may name, in the language being spoken."""
    return {
        "folio": application.folio or "",
        "nombre": application.applicant.name,
        "titulo": application.sent_title,
        **data_of_call(application.call),
    }


def data_of_call(call: Call) -> dict[str, str]:
    """Return what any letter of a call may name, in the language being spoken."""
    return {"convocatoria": localised(call.title), "fideicomiso": localised(setting("TRUST_NAME"))}


def worded(call: Call, kind: LetterKind, data: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return subject and paragraphs of a letter in the language being spoken, in the call's words or in ours."""
    language = current_language()
    own = next((one for one in call.wordings if (one.kind, one.language) == (kind.id, language)), None)
    subject, paragraphs = filled(kind, Wording(own.subject, own.body) if own else standard(kind), data)
    return subject[:LONGEST_SUBJECT], paragraphs
