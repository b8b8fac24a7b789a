"""What our letters may say unless a call words them: their kinds, the text of each, and the data a text may name.

A text is plain. A datum is named in braces, `{folio}`; which ones a letter knows is a closed list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.language import N_

GREETING = N_("Estimada persona solicitante:")
WHERE_TO_ASK = N_(
    "Si tiene dudas, responda a este correo o acuda a la ventanilla única de %(trust)s con su folio %(folio)s."
)
ADMITTED = (GREETING, N_("Su inconformidad se admitió: la revisa otra persona."), WHERE_TO_ASK)
REASON = N_("Motivo: %(reason)s")
SCORE = N_("Calificación del comité: %(score)s puntos.")
NEXT_STEPS = N_("Lo que sigue: le enviaremos el convenio. El primer pago se tramita cuando lo acepte en línea.")
APPEAL = N_(
    "Si no está de acuerdo, puede inconformarse hasta el %(moment)s. Una persona que no "
    "participó en esta decisión revisará su caso y le responderá por escrito."
)
RESULT_SUBJECT = N_("Resultado de su solicitud %(folio)s")
CORRECTION_SUBJECT = N_("Corrección de un dato de su solicitud %(folio)s")
CORRECTED: Mapping[str, str] = {"datum": "dato", "before": "decia", "after": "dice", "reason": "motivo"}
APPEAL_SUBJECT = N_("Resolución de su inconformidad sobre la solicitud %(folio)s")

# What a text may name, and what people are told it is.
MEANINGS: Mapping[str, str] = {
    "folio": N_("Folio de la solicitud"),
    "nombre": N_("Nombre de quien la envió"),
    "titulo": N_("Título del proyecto"),
    "convocatoria": N_("Título de la convocatoria"),
    "fideicomiso": N_("Nombre del fideicomiso"),
    "monto": N_("Cantidad del apoyo"),
    "motivo": N_("Motivo de la decisión"),
    "puntos": N_("Calificación del comité"),
    "plazo": N_("Fecha y hora límite para responder o inconformarse"),
    "recibida": N_("Fecha y hora en que se recibió"),
    "huella": N_("Huella SHA-256 de lo enviado"),
    "aclaracion": N_("Lo que falta, como lo escribió quien revisó"),
    "convenio": N_("Número del convenio"),
    "comprobado": N_("Cantidad que se comprobó"),
    "saldo": N_("Lo que falta por pagar o devolver"),
    "sigue": N_("Lo que sigue para la solicitud"),
    "dato": N_("Dato que se pidió corregir"),
    "decia": N_("Cómo se envió el dato"),
    "dice": N_("Cómo debe decir el dato"),
}
# The names of the data in our own sentences, and in braces.
COMMON: Mapping[str, str] = {
    "folio": "folio",
    "name": "nombre",
    "title": "titulo",
    "call": "convocatoria",
    "trust": "fideicomiso",
}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter: when it goes, what it says unless a call words it, what it may name and what it must."""

    id: str
    name: str
    subject: str
    paragraphs: tuple[str, ...]
    needed: tuple[str, ...]
    extra: Mapping[str, str] = field(default_factory=dict)  # as in COMMON
    optional: tuple[str, ...] = ()  # may be unknown for an application: its paragraph is left out then

    @property
    def data(self) -> tuple[str, ...]:
        """The names it knows, its own first."""
        return (*self.extra.values(), *COMMON.values())


def _result(outcome: str, name: str, sentence: str, *, supported: bool = False) -> LetterKind:
    # Whoever has support has nothing to object to. A text may still name the date: its paragraph is left out.
    ending = (NEXT_STEPS,) if supported else (APPEAL,)
    return LetterKind(
        outcome,
        name,
        RESULT_SUBJECT,
        (GREETING, sentence, REASON, SCORE, *ending, WHERE_TO_ASK),
        ("folio", "motivo", "monto" if supported else "plazo"),
        {**({"amount": "monto"} if supported else {}), "reason": "motivo", "score": "puntos", "moment": "plazo"},
        ("puntos", "plazo"),
    )


def _resolved(kind: str, name: str, sentence: str, *, more: tuple[str, ...] = ()) -> LetterKind:
    extra = {"reason": "motivo", **({"next": "sigue"} if more else {})}
    paragraphs = (GREETING, sentence, REASON, *more, WHERE_TO_ASK)
    return LetterKind(kind, name, APPEAL_SUBJECT, paragraphs, ("folio", "motivo"), extra, ("sigue",) if more else ())


_ALL = (
    LetterKind(
        "acuse",
        N_("Acuse de recibo"),
        N_("Recibimos tu solicitud %(folio)s"),
        (
            N_("Recibimos tu solicitud «%(title)s» para la convocatoria «%(call)s»."),
            N_("Folio: %(folio)s. Recibida el %(moment)s."),
            N_("Huella SHA-256 de lo que enviaste: %(sha256)s"),
            N_("Hasta el cierre puedes corregirla y enviarla otra vez, o retirarla. Cuenta el último envío."),
        ),
        ("folio", "recibida", "huella"),
        {"moment": "recibida", "sha256": "huella"},
    ),
    LetterKind(
        "withdrawal",
        N_("Retiro de la solicitud"),
        N_("Retiraste tu solicitud %(folio)s"),
        (
            N_("Tu solicitud %(folio)s ya no participa, como lo pediste."),
            N_("Si la convocatoria sigue abierta, puedes empezar otra."),
        ),
        ("folio",),
    ),
    LetterKind(
        "cure",
        N_("Solicitud de aclaración"),
        N_("Falta una aclaración en su solicitud %(folio)s"),
        (
            GREETING,
            N_("Al revisar los requisitos de su solicitud encontramos que falta lo siguiente: %(what)s"),
            N_(
                "Puede responder una sola vez, hasta el %(moment)s. Si no responde, la solicitud se "
                "resuelve con lo que ya entregó."
            ),
            WHERE_TO_ASK,
        ),
        ("folio", "aclaracion", "plazo"),
        {"what": "aclaracion", "moment": "plazo"},
    ),
    _result(
        "ineligible",
        N_("Resultado: no cumple los requisitos"),
        N_("Le informamos que su solicitud %(folio)s no cumple los requisitos de la convocatoria."),
    ),
    _result(
        "awarded",
        N_("Resultado: seleccionada"),
        N_("Le informamos que su solicitud %(folio)s fue seleccionada. El apoyo es de %(amount)s."),
        supported=True,
    ),
    _result(
        "waitlisted",
        N_("Resultado: en lista de espera"),
        N_(
            "Le informamos que su solicitud %(folio)s quedó en la lista de espera. Si se libera dinero, se asigna en "
            "el orden de la lista y se le avisará."
        ),
    ),
    _result(
        "not_selected",
        N_("Resultado: no seleccionada"),
        N_("Le informamos que su solicitud %(folio)s no fue seleccionada."),
    ),
    LetterKind(
        "promotion",
        N_("Apoyo asignado después de los resultados"),
        N_("Su solicitud %(folio)s recibe apoyo"),
        (
            GREETING,
            N_(
                "Se asignó dinero a su solicitud %(folio)s, que estaba en la lista de espera o fue objeto de una "
                "inconformidad procedente. El apoyo es de %(amount)s."
            ),
            WHERE_TO_ASK,
        ),
        ("folio", "monto"),
        {"amount": "monto"},
    ),
    LetterKind("appeal_admitted", N_("Inconformidad admitida"), APPEAL_SUBJECT, ADMITTED, ("folio",)),
    _resolved("appeal_inadmissible", N_("Inconformidad no admitida"), N_("Su inconformidad no se admite.")),
    _resolved(
        "appeal_upheld", N_("Inconformidad procedente"), N_("Su inconformidad es procedente."), more=("%(next)s",)
    ),
    _resolved(
        "appeal_dismissed",
        N_("Inconformidad no procedente"),
        N_("Su inconformidad no es procedente y la decisión se mantiene."),
    ),
    LetterKind(
        "readmission",
        N_("Resultado después de una inconformidad"),
        N_("Resultado de su solicitud %(folio)s después de su inconformidad"),
        (
            GREETING,
            N_(
                "Un comité complementario evaluó su solicitud con las mismas reglas que a las demás y la calificó con "
                "%(score)s."
            ),
            "%(next)s",
            WHERE_TO_ASK,
        ),
        ("folio", "puntos", "sigue"),
        {"score": "puntos", "next": "sigue"},
    ),
    LetterKind(
        "correction_made",
        N_("Dato corregido"),
        CORRECTION_SUBJECT,
        (
            GREETING,
            N_("Corregimos el dato «%(datum)s». Decía: %(before)s. Ahora consta: %(after)s."),
            REASON,
            N_(
                "Lo que envió y su acuse no cambian: la corrección queda junto a ellos, con su fecha. La ve el "
                "personal del programa. Si es el nombre con el que se publica un apoyo, los resultados y el padrón "
                "dicen ya el corregido y desde cuándo, no el anterior."
            ),
            WHERE_TO_ASK,
        ),
        ("folio", "dato", "dice"),
        CORRECTED,
        ("motivo",),
    ),
    LetterKind(
        "correction_refused",
        N_("Corrección negada"),
        CORRECTION_SUBJECT,
        (
            GREETING,
            N_("Nos pidió que el dato «%(datum)s» diga: %(after)s. No lo corregimos: queda como lo envió."),
            REASON,
            WHERE_TO_ASK,
        ),
        ("folio", "dato", "motivo"),
        CORRECTED,
    ),
    LetterKind(
        "agreement",
        N_("Convenio para aceptar"),
        N_("Convenio %(number)s para aceptar"),
        (
            GREETING,
            N_(
                "El convenio de su apoyo por %(amount)s está listo. Léalo con calma: dice cuánto, cuándo y con qué "
                "condiciones se paga, y qué hay que comprobar después."
            ),
            N_("Para aceptarlo entre con su cuenta y escriba su nombre. También puede declinar el apoyo."),
            WHERE_TO_ASK,
        ),
        ("folio", "monto"),
        {"number": "convenio", "amount": "monto"},
    ),
    LetterKind(
        "report_returned",
        N_("Informe de gastos devuelto"),
        N_("Su informe de gastos necesita una corrección"),
        (
            GREETING,
            N_("Revisamos su informe de gastos y se lo devolvemos por este motivo: %(reason)s"),
            N_("Corríjalo y entréguelo otra vez; lo que ya escribió se conserva para consulta."),
            WHERE_TO_ASK,
        ),
        ("folio", "motivo"),
        {"reason": "motivo"},
    ),
    LetterKind(
        "report_accepted",
        N_("Informe de gastos aceptado"),
        N_("Aceptamos su informe de gastos"),
        (
            GREETING,
            N_("Comprobó %(spent)s de un apoyo de %(award)s. Su informe de gastos queda aceptado."),
            "%(settlement)s",
            WHERE_TO_ASK,
        ),
        ("folio", "saldo"),
        {"spent": "comprobado", "award": "monto", "settlement": "saldo"},
    ),
)
KINDS: Mapping[str, LetterKind] = {kind.id: kind for kind in _ALL}
