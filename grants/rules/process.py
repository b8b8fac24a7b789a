"""How a call is decided, step by step: when, by whom and by which rule, taken from its calendar and its rulebook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from core.language import N_, _, localised, ngettext
from grants.states.call import CallState
from scoring.rules.rulebook import moment

TIES: Mapping[str, str] = {
    "score": N_("la calificación"),
    "lot": N_("un sorteo que cualquiera puede comprobar"),
}
SKIPS: Mapping[str, str] = {
    "stop": N_("Si el dinero no alcanza para el siguiente proyecto, la lista se detiene ahí."),
    "skip": N_("Si el dinero no alcanza para un proyecto, se pasa al siguiente que sí cabe."),
    "partial": N_("Al último proyecto se le ofrece el dinero que queda."),
}


CHARGED: Mapping[str, str] = {
    "own_envelope": N_("Un lugar reservado lo paga la bolsa de quien lo ocupa; si no alcanza, queda vacío."),
    "any_envelope": N_("Un lugar reservado lo paga la bolsa de quien lo ocupa y, si no alcanza, las otras."),
    "left_over": N_("Los lugares reservados se pagan con lo que sobra en las bolsas, antes de ofrecerlo a nadie más."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the process. `begins` and `ends` are moments or days, where the calendar fixes them.

    `first_ends` is when it was to end, where it was given more time.
    """

    name: str
    who: str
    decides: tuple[str, ...]
    states: tuple[CallState, ...]
    begins: datetime | date | None = None
    ends: datetime | date | None = None
    first_ends: datetime | None = None


Window = tuple[datetime, datetime]
"""When a committee begins to review and when it ends."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a call. `review` is its committee's window as it stands now; None before there is a committee."""

    consultation_closes_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    results_on: date | None
    appeal_days: int
    review: Window | None = None


def steps(calendar: Calendar, rulebook: Mapping[str, Any] | None, requirements: int) -> list[Step]:
    """Return the steps of a call in order; without a rulebook the committee's rules are not told yet."""
    return [*_received(calendar, requirements), *_judged(rulebook, calendar.review), *_told(calendar)]


def _received(calendar: Calendar, requirements: int) -> Iterator[Step]:
    yield Step(
        _("Consulta pública"),
        _("Cualquier persona"),
        (_("Cada comentario recibe respuesta pública antes de publicar las reglas."),),
        (CallState.CONSULTATION,),
        None,
        calendar.consultation_closes_at,
    )
    yield Step(
        _("Recepción de solicitudes"),
        _("Quien solicita"),
        (_("Cuenta el último envío antes del cierre, al segundo."),),
        (CallState.PUBLISHED, CallState.OPEN),
        calendar.opens_at,
        calendar.closes_at,
    )
    published = ngettext("Decide %(num)s requisito publicado.", "Deciden %(num)s requisitos publicados.", requirements)
    yield Step(
        _("Revisión de requisitos"),
        _("El equipo del programa"),
        (published, _("Lo que se puede corregir se pide una vez, con plazo.")),
        (CallState.CLOSED, CallState.SCREENING),
    )


def _judged(rulebook: Mapping[str, Any] | None, review: Window | None) -> Iterator[Step]:
    fixed = _window(rulebook)
    begins, ends = review or fixed
    yield Step(
        _("Evaluación anónima"),
        _("El comité, sin saber de quién es cada proyecto"),
        tuple(_evaluation(rulebook)),
        (CallState.REVIEW,),
        begins,
        ends,
        fixed[1] if fixed[1] is not None and ends is not None and ends > fixed[1] else None,
    )
    yield Step(
        _("Orden y selección"),
        _("Las reglas, con un cálculo que cualquiera puede repetir"),
        tuple(_selection(rulebook)),
        (CallState.DELIBERATION,),
    )


def _window(rulebook: Mapping[str, Any] | None) -> tuple[datetime | None, datetime | None]:
    dates = (rulebook or {}).get("calendar", {})
    return moment(dates.get("review_opens")), moment(dates.get("review_closes"))


def _told(calendar: Calendar) -> Iterator[Step]:
    yield Step(
        _("Resultados"),
        _("El equipo del programa, todos a la vez"),
        (_("Cada persona recibe su resultado con el motivo; la lista de apoyos es pública."),),
        (CallState.RESOLVED,),
        calendar.results_on,
        calendar.results_on,
    )
    if calendar.appeal_days:
        days = ngettext(
            "Hay %(num)s día natural para inconformarse.",
            "Hay %(num)s días naturales para inconformarse.",
            calendar.appeal_days,
        )
        last = calendar.results_on + timedelta(days=calendar.appeal_days) if calendar.results_on is not None else None
        yield Step(
            _("Inconformidades"),
            _("Alguien que no participó en la primera decisión"),
            (days, _("Si procede, un comité complementario la evalúa sin quienes ya la calificaron.")),
            (CallState.APPEALS,),
            calendar.results_on,
            last,
        )
    yield Step(_("Resultado definitivo"), "", (), (CallState.FINAL,))


def _evaluation(rulebook: Mapping[str, Any] | None) -> Iterator[str]:
    if rulebook is None:
        yield _("Las reglas de evaluación todavía no se fijan.")
        return
    reviews = rulebook["reviews"]["per_application"]
    yield ngettext("Lee cada proyecto %(num)s persona.", "Leen cada proyecto %(num)s personas.", reviews)
    total = sum((_weight(entry) for entry in rulebook["criteria"]), Fraction(0))
    shares = [
        _("%(name)s (%(share)s %%)", name=localised(entry["name"]), share=_percent(_weight(entry), total))
        for entry in rulebook["criteria"]
    ]
    yield _("Cuenta: %(criteria)s.", criteria=", ".join(shares))
    threshold = rulebook["score"].get("threshold")
    if threshold is not None:
        yield _("Hacen falta %(threshold)s puntos para poder recibir apoyo.", threshold=threshold)
    if rulebook["discrepancy"].get("further_reviewers"):
        yield _("Si no se ponen de acuerdo, se llama a otra persona.")


def _selection(rulebook: Mapping[str, Any] | None) -> Iterator[str]:
    if rulebook is None:
        return
    names = {entry["id"]: localised(entry["name"]) for entry in (*rulebook["criteria"], *rulebook["reserved"])}
    for entry in rulebook["bonus"]:
        yield _("%(name)s: %(points)s puntos más.", name=localised(entry["name"]), points=entry["points"])
    for entry in rulebook["reserved"]:
        yield ngettext(
            "%(name)s: %(num)s lugar reservado.",
            "%(name)s: %(num)s lugares reservados.",
            entry["places"],
            name=localised(entry["name"]),
        )
    yield from _envelopes(rulebook)
    ties = [_(TIES[tie]) if tie in TIES else names.get(tie.partition(":")[2], "") for tie in rulebook["ties"]]
    yield _("Un empate lo deciden, en orden: %(ties)s.", ties=", ".join(filter(None, ties)))
    skip_rule = SKIPS[rulebook["selection"]["skip_rule"]]
    yield _(skip_rule)


def _envelopes(rulebook: Mapping[str, Any]) -> Iterator[str]:
    envelopes = rulebook["selection"].get("envelopes")
    if not envelopes:
        return
    shares = [
        _("%(name)s (%(share)s %%)", name=localised(part["name"]), share=part["percent"]) for part in envelopes["parts"]
    ]
    yield _(
        "El presupuesto se divide en bolsas: %(shares)s. Lo que sobra se ofrece de nuevo.", shares=", ".join(shares)
    )
    charged = envelopes.get("places_charged_to")
    if rulebook["reserved"] and charged in CHARGED:
        said = CHARGED[charged]
        yield _(said)


def _weight(entry: Mapping[str, Any]) -> Fraction:
    return Fraction(str(entry["weight"]))


def _percent(part: Fraction, whole: Fraction) -> str:
    share = 100 * part / whole if whole else Fraction(0)
    return str(share) if share.denominator == 1 else f"{float(share):.1f}"
