"""A rulebook to start from: complete, valid and in two languages, for a call of the mobility fund."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

Text = dict[str, str]

LEVELS: tuple[tuple[str, str, str], ...] = (
    ("0", "No lo aborda o no hay información para juzgarlo", "Not addressed, or too little to judge"),
    ("1", "Deficiente: afirmaciones sin sustento", "Poor: claims without support"),
    ("2", "Insuficiente: lo aborda en parte y con fallas de fondo", "Weak: partly addressed, with basic flaws"),
    (
        "3",
        "Suficiente: lo aborda y tiene carencias que se pueden corregir",
        "Sufficient: addressed, with gaps that can be mended",
    ),
    ("4", "Bueno: lo aborda bien, con carencias menores", "Good: well addressed, with minor gaps"),
    ("5", "Excelente: lo aborda por completo y con pruebas", "Excellent: fully addressed, with evidence"),
)

CRITERIA: tuple[tuple[str, str, str | None, Text, Text], ...] = (
    (
        "calidad",
        "6",
        "3",
        {"es": "Calidad de la propuesta", "en": "Quality of the proposal"},
        {
            "es": "La idea es clara, original y está bien pensada para su disciplina.",
            "en": "The idea is clear, original and well thought out for its field.",
        },
    ),
    (
        "impacto",
        "6",
        "3",
        {"es": "Beneficio para la ciudad", "en": "Benefit to the city"},
        {
            "es": "Lo que vuelve a la ciudad: públicos, barrios, redes y conocimientos que se quedan.",
            "en": "What comes back to the city: audiences, neighbourhoods, networks and knowledge that stay.",
        },
    ),
    (
        "viabilidad",
        "5",
        "2",
        {"es": "Viabilidad", "en": "Feasibility"},
        {
            "es": "El itinerario, el presupuesto y la invitación permiten hacer lo que se propone.",
            "en": "The itinerary, the budget and the invitation allow what is proposed.",
        },
    ),
    (
        "alcance",
        "3",
        None,
        {"es": "Más allá de lo establecido", "en": "Beyond the established"},
        {
            "es": "Llega a personas y lugares que no suelen tener vida internacional.",
            "en": "It reaches people and places that rarely have an international life.",
        },
    ),
)


CONFLICTS = ("same_organisation", "same_household", "earlier_collaboration", "sponsor_of_fund", "recognised", "other")

BONUS: dict[str, Any] = {
    "id": "barrio",
    "name": {"es": "Barrio con poca vida internacional", "en": "Neighbourhood with little international life"},
    "points": "3",
}
RESERVED: dict[str, Any] = {
    "id": "primera_vez",
    "name": {"es": "Primera vez que recibe apoyo", "en": "First-time grantee"},
    "places": 2,
    "winner_uses_place": True,
}
LOT: dict[str, Any] = {"protocol": "hmac-sha256-chain", "iterations": 10}


def standard_rulebook(
    title: Mapping[str, str],
    *,
    currency: str,
    lot_source: Mapping[str, str],
    cap_per_award_cents: int | None = None,
    reviewers: int = 3,
) -> dict[str, Any]:
    """Return a valid rulebook document, for the caller to change before it is frozen.

    Four criteria from 0 to 5 that add up to 100, one group with bonus points, one with reserved places. Lots take their
    randomness from `lot_source`, words that say which public draw it is and how its result is written.
    """
    return {
        "format": "puente-rulebook/1",
        "title": dict(title),
        "criteria": [_criterion(entry) for entry in CRITERIA],
        "weights_total": "20",
        "score": {"threshold": "60", "decimals": 2, "rounding": "half_even"},
        "reviews": _reviews(reviewers),
        "conflicts": list(CONFLICTS),
        "discrepancy": {"measure": "total", "spread_limit": "30", "split_verdict": True, "further_reviewers": 1},
        "bonus": [deepcopy(BONUS)],
        "reserved": [deepcopy(RESERVED)],
        "ties": ["criterion:impacto", "criterion:calidad", "reserved:primera_vez", "lot"],
        "selection": {
            "currency": currency,
            "cap_per_award_cents": cap_per_award_cents,
            "skip_rule": "skip",
            "waiting_list": None,
        },
        "lot": {**LOT, "randomness_source": dict(lot_source)},
        "publication": {"scores": "pseudonymous", "justifications": "to_applicant"},
    }


def _reviews(reviewers: int) -> dict[str, Any]:
    return {
        "per_application": reviewers,
        "max_load": 25,
        "min_load": 0,
        "one_per_institution": True,
        "justification": {"min_characters": 20, "max_characters": 3000},
    }


def _criterion(entry: tuple[str, str, str | None, Text, Text]) -> dict[str, Any]:
    criterion_id, weight, threshold, name, description = entry
    return {
        "id": criterion_id,
        "name": dict(name),
        "description": dict(description),
        "weight": weight,
        "scale": {"min": "0", "max": "5", "step": "1", "better": "higher"},
        "anchors": [
            {"value": value, "text": {"es": f"{spanish}.", "en": f"{english}."}} for value, spanish, english in LEVELS
        ],
        "threshold": threshold,
    }
