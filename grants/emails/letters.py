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
from grants.models.determination import Appeal, Determination
from grants.models.readmission import Readmission
from grants.models.screening import CureRequest
from grants.rules.letters import LetterText
from grants.rules.readmission import PUBLISHED
from grants.states.determination import AppealState, Outcome
from scoring.rules.reasons import sentence
from scoring.rules.selection import Reason

READMITTED = N_(
    "Su solicitud cumple los requisitos. Un comité complementario la evaluará con las mismas reglas que a las demás, "
    "sin saber de quién es, y le escribiremos con su lugar."
)
GREETING = N_("Estimada persona solicitante:")
WHERE_TO_ASK = N_(
    "Si tiene dudas, responda a este correo o acuda a la ventanilla única de %(trust)s con su folio %(folio)s."
)
OUTCOME_SENTENCES: Mapping[Outcome, str] = {
    Outcome.AWARDED: N_("Le informamos que su solicitud %(folio)s fue seleccionada. El apoyo es de %(amount)s."),
    Outcome.WAITLISTED: N_(
        "Le informamos que su solicitud %(folio)s quedó en la lista de espera. Si se libera dinero, se asigna en el "
        "orden de la lista y se le avisará."
    ),
    Outcome.NOT_SELECTED: N_("Le informamos que su solicitud %(folio)s no fue seleccionada."),
    Outcome.INELIGIBLE: N_("Le informamos que su solicitud %(folio)s no cumple los requisitos de la convocatoria."),
}


def determination(found: Determination) -> LetterText:
    """Write what was decided about an application, why, and until when it can be appealed."""
    application = found.application
    paragraphs = [
        _(GREETING),
        _(
            OUTCOME_SENTENCES[found.outcome],
            folio=application.folio,
            amount=_money(found.money) if found.money is not None else "",
        ),
        _("Motivo: %(reason)s", reason=reason_text(found)),
    ]
    if found.score_text is not None:
        paragraphs.append(_("Calificación del comité: %(score)s puntos.", score=found.score_text))
    if found.outcome is Outcome.AWARDED:
        paragraphs.append(
            _("Lo que sigue: le enviaremos el convenio. El primer pago se tramita cuando lo acepte en línea.")
        )
    if found.appeal_closes_at is not None:
        paragraphs.append(
            _(
                "Si no está de acuerdo, puede inconformarse hasta el %(moment)s. Una persona que no "
                "participó en esta decisión revisará su caso y le responderá por escrito.",
                moment=spoken_deadline(found.appeal_closes_at),
            )
        )
    return LetterText(
        "determination",
        _("Resultado de su solicitud %(folio)s", folio=application.folio),
        (*paragraphs, _where_to_ask(application)),
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{application.id}/resultado"),
    )


def cure_request(application: Application, cure: CureRequest) -> LetterText:
    """Ask for what is missing, with the deadline."""
    return LetterText(
        "cure",
        _("Falta una aclaración en su solicitud %(folio)s", folio=application.folio),
        (
            _(GREETING),
            _("Al revisar los requisitos de su solicitud encontramos que falta lo siguiente: %(what)s", what=cure.what),
            _(
                "Puede responder una sola vez, hasta el %(moment)s. Si no responde, la solicitud se "
                "resuelve con lo que ya entregó.",
                moment=spoken_deadline(cure.due_at),
            ),
            _where_to_ask(application),
        ),
        (_("Responder la aclaración"), f"/solicitudes/{application.id}/aclaracion"),
    )


def promotion(application: Application, money: Money) -> LetterText:
    """Tell somebody on the waiting list that there is money now."""
    return LetterText(
        "promotion",
        _("Su solicitud %(folio)s recibe apoyo", folio=application.folio),
        (
            _(GREETING),
            _(
                "Se asignó dinero a su solicitud %(folio)s, que estaba en la lista de espera o fue objeto de una "
                "inconformidad procedente. El apoyo es de %(amount)s.",
                folio=application.folio,
                amount=_money(money),
            ),
            _where_to_ask(application),
        ),
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{application.id}/resultado"),
    )


def agreement_offer(award: Award, agreement: Agreement) -> LetterText:
    """Send the agreement to be accepted on line."""
    application = award.application
    return LetterText(
        "agreement",
        _("Convenio %(number)s para aceptar", number=agreement.number),
        (
            _(GREETING),
            _(
                "El convenio de su apoyo por %(amount)s está listo. Léalo con calma: dice cuánto, cuándo y con qué "
                "condiciones se paga, y qué hay que comprobar después.",
                amount=_money(award.money),
            ),
            _("Para aceptarlo entre con su cuenta y escriba su nombre. También puede declinar el apoyo."),
            _where_to_ask(application),
        ),
        (_("Leer y aceptar el convenio"), f"/apoyos/{award.id}"),
    )


def report_returned(report: ExpenseReport) -> LetterText:
    """Say what to correct in an expense report."""
    award = report.award
    return LetterText(
        "report_returned",
        _("Su informe de gastos necesita una corrección"),
        (
            _(GREETING),
            _(
                "Revisamos su informe de gastos y se lo devolvemos por este motivo: %(reason)s",
                reason=report.review_note,
            ),
            _("Corríjalo y entréguelo otra vez; lo que ya escribió se conserva para consulta."),
            _where_to_ask(award.application),
        ),
        (_("Corregir el informe"), f"/apoyos/{award.id}/informe"),
    )


def report_accepted(report: ExpenseReport) -> LetterText:
    """Confirm an expense report and say to the cent what is still paid, or what comes back."""
    award = report.award
    return LetterText(
        "report_accepted",
        _("Aceptamos su informe de gastos"),
        (
            _(GREETING),
            _(
                "Comprobó %(spent)s de un apoyo de %(award)s. Su informe de gastos queda aceptado.",
                spent=_money(report.spent),
                award=_money(award.money),
            ),
            _settlement(report),
            _where_to_ask(award.application),
        ),
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


def appeal_resolved(appeal: Appeal) -> LetterText:
    """Give the reasoned outcome of an appeal."""
    application = appeal.determination.application
    outcome = (
        _("Su inconformidad es procedente.")
        if appeal.state is AppealState.UPHELD
        else _("Su inconformidad no es procedente y la decisión se mantiene.")
    )
    readmitted = appeal.state is AppealState.UPHELD and appeal.determination.outcome is Outcome.INELIGIBLE
    return LetterText(
        "appeal",
        _("Resolución de su inconformidad sobre la solicitud %(folio)s", folio=application.folio),
        (
            _(GREETING),
            outcome,
            _("Motivo: %(reason)s", reason=appeal.reason or ""),
            *([_(READMITTED)] if readmitted else []),
            _where_to_ask(application),
        ),
        (_("Ver mi solicitud"), f"/solicitudes/{application.id}"),
    )


def readmission_result(readmission: Readmission) -> LetterText:
    """Say where an application stands that was admitted on appeal and reviewed after the results."""
    application = readmission.application
    return LetterText(
        "readmission",
        _("Resultado de su solicitud %(folio)s después de su inconformidad", folio=application.folio),
        (
            _(GREETING),
            _(
                "Un comité complementario evaluó su solicitud con las mismas reglas que a las demás y la calificó con "
                "%(score)s.",
                score=readmission.score_text or "",
            ),
            readmission_text(readmission),
            _where_to_ask(application),
        ),
        (_("Ver el resultado y los comentarios"), f"/solicitudes/{application.id}/resultado"),
    )


def readmission_text(readmission: Readmission) -> str:
    """Return what the addendum to the results means for the application, in the reader's language."""
    if readmission.position is None:
        return _("No alcanza el mínimo que piden las reglas, así que no recibe apoyo.")
    if readmission.by_merit:
        text = _(
            "Le corresponde el lugar %(place)s y, evaluada junto con las demás, habría tenido apoyo. Los apoyos ya "
            "otorgados no cambian: va antes que la lista de espera para el dinero de la convocatoria que quede o se "
            "libere.",
            place=readmission.position,
        )
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
        return found.reason
    return sentence(Reason(found.reason), found.reason_params, found.currency, _names(found.call))


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
    return format_money(money, current_language())


def _where_to_ask(application: Application) -> str:
    return _(WHERE_TO_ASK, trust=localised(setting("TRUST_NAME")), folio=application.folio)
