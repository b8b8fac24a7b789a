"""The sentences behind each reason, so that a stored reason reads in both languages."""

from collections.abc import Mapping

from core.language import N_, _, localised
from core.money import Money, format_money
from scoring.rules.rulebook import Rulebook
from scoring.rules.selection import Reason

SENTENCES: dict[Reason, str] = {
    Reason.AWARDED_IN_RANK: N_("Lugar %(position)s en el orden; el presupuesto alcanza."),
    Reason.AWARDED_RESERVED: N_("Lugar %(position)s en el orden; ocupa un lugar reservado (%(group)s)."),
    Reason.AWARDED_PLACE_OWN: N_(
        "Lugar %(position)s en el orden; ocupa un lugar reservado (%(group)s), que paga su bolsa «%(envelopes)s»."
    ),
    Reason.AWARDED_PLACE_SHARED: N_(
        "Lugar %(position)s en el orden; ocupa un lugar reservado (%(group)s), que pagan estas bolsas: %(envelopes)s."
    ),
    Reason.AWARDED_PLACE_LEFT_OVER: N_(
        "Lugar %(position)s en el orden; ocupa un lugar reservado (%(group)s), que paga lo que sobró en las bolsas."
    ),
    Reason.AWARDED_PARTIAL: N_(
        "Lugar %(position)s en el orden; recibe lo que queda del presupuesto, de %(requested)s solicitados."
    ),
    Reason.WAITLISTED_BUDGET: N_(
        "Lugar %(position)s en el orden; necesita %(needed)s y quedan %(left)s. "
        "Es el número %(waiting)s de la lista de espera."
    ),
    Reason.WAITLISTED_AFTER_STOP: N_(
        "Lugar %(position)s en el orden; el presupuesto terminó en el lugar %(stopped_at)s. "
        "Es el número %(waiting)s de la lista de espera."
    ),
    Reason.NOT_SELECTED_LIST_FULL: N_(
        "Lugar %(position)s en el orden; el presupuesto no alcanza y la lista de espera tiene %(places)s lugares."
    ),
    Reason.AWARDED_ENVELOPE: N_("Lugar %(position)s en el orden; alcanza la bolsa «%(group)s»."),
    Reason.AWARDED_REFILL: N_(
        "Lugar %(position)s en el orden; recibe de lo que sobró en las bolsas, cuando tocaba a «%(group)s»."
    ),
    Reason.WAITLISTED_ENVELOPE: N_(
        "Lugar %(position)s en el orden; ni la bolsa «%(group)s» ni lo que sobró alcanzan para %(needed)s. "
        "Es el número %(waiting)s de la lista de espera."
    ),
    Reason.WAITLISTED_PLACE_EMPTY: N_(
        "Lugar %(position)s en el orden; tiene derecho a un lugar reservado (%(group)s) que queda vacío: el dinero "
        "del que las reglas lo pagan no alcanza para %(needed)s. Es el número %(waiting)s de la lista de espera."
    ),
    Reason.NOT_SELECTED_NO_ENVELOPE: N_(
        "Lugar %(position)s en el orden; las reglas no tienen una bolsa para «%(group)s»: no hay dinero del que pueda "
        "salir su apoyo."
    ),
    Reason.AWARDED_BAND: N_(
        "Lugar %(position)s en el orden, a menos de %(band)s puntos del corte: decidió el sorteo (lugar %(lot)s)."
    ),
    Reason.WAITLISTED_BAND: N_(
        "Lugar %(position)s en el orden, a menos de %(band)s puntos del corte: decidió el sorteo (lugar %(lot)s). "
        "Es el número %(waiting)s de la lista de espera."
    ),
    Reason.BELOW_OVERALL: N_("La calificación total no llega al mínimo de las reglas."),
    Reason.BELOW_CRITERIA: N_("No llega al mínimo de las reglas en: %(criteria)s."),
}

AMOUNTS = frozenset({"requested", "needed", "left"})


def names_in(rules: Rulebook) -> dict[str, str]:
    """Return what a rulebook calls its criteria and groups, by id, in the reader's language."""
    named = {criterion.id: localised(criterion.name) for criterion in rules.criteria}
    named |= {entry.id: localised(entry.name) for entry in rules.bonus}
    named |= {part.id: localised(part.name) for part in (rules.envelopes.parts if rules.envelopes else ())}
    return named | {entry.id: localised(entry.name) for entry in rules.reserved}


def sentence(
    reason: Reason, params: Mapping[str, str | int], currency: str, names: Mapping[str, str] | None = None
) -> str:
    """Return the reason in the reader's language.

    `names` turns ids of criteria and reserved groups into the rulebook's words; amounts are minor units of `currency`.
    """
    shown: dict[str, object] = {}
    for key, value in params.items():
        if key in AMOUNTS:
            shown[key] = format_money(Money(int(value), currency))
        elif key in ("criteria", "group", "envelopes") and names:
            shown[key] = ", ".join(names.get(part, part) for part in str(value).split(", "))
        else:
            shown[key] = value
    return _(SENTENCES[reason], **shown)
