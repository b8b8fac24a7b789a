"""How a rulebook decides, one line each, in the words of its public page: a test holds the two against each other."""

from typing import Any

from core.language import N_, _, localised, ngettext
from core.money import Money, format_money
from scoring.rules.rulebook import Rulebook, plain
from scoring.states import CONFLICT_LABELS, ConflictKind

SKIPPED = {
    "stop": N_("se detiene ahí"),
    "skip": N_("se pasa al siguiente que sí cabe"),
    "partial": N_("se le ofrece lo que queda y se detiene"),
}
DIVIDED = {"axis": N_("por eje"), "region": N_("por región")}


def provisions(rules: Rulebook, document: dict[str, Any]) -> list[str]:
    """Return who reads, what is asked of them, how the money goes and what chance decides."""
    told = [*_reading(rules), *_money(rules), *_lot(rules, document)]
    kinds = ", ".join(_(CONFLICT_LABELS[ConflictKind(one)]) for one in rules.conflicts)
    told.append((_("Conflictos de interés que se declaran"), kinds or "—"))
    return [f"{label}: {value}" for label, value in told]


def _reading(rules: Rulebook) -> list[tuple[str, str]]:
    load = _("de %(least)s a %(most)s", least=rules.min_load, most=rules.max_load)
    least, most = rules.justification_min, rules.justification_max
    return [
        (_("Expedientes por persona"), load),
        (
            _("Personas de una misma institución por expediente"),
            _("una como máximo") if rules.one_per_institution else _("sin límite"),
        ),
        (_("Justificación de cada calificación"), _("de %(least)s a %(most)s caracteres", least=least, most=most)),
        (
            _("Quién lee las justificaciones"),
            _("cualquiera, sin nombres") if rules.justifications_public else _("solo quien solicitó"),
        ),
    ]


def _money(rules: Rulebook) -> list[tuple[str, str]]:
    cap, budget = _amount(rules, rules.cap_per_award_cents), _amount(rules, rules.budget_cents)
    every = _("todas las que cumplen los mínimos")
    waiting = rules.waiting_list
    return [
        (_("Tope por apoyo"), cap or _("sin tope")),
        (_("Presupuesto"), budget or _("el que se apruebe para la convocatoria")),
        (_("Si el presupuesto no alcanza para el siguiente"), _(SKIPPED[rules.skip_rule])),
        (_("División del presupuesto"), _(DIVIDED[rules.envelopes.by]) if rules.envelopes else _("no se divide")),
        (
            _("Lista de espera"),
            every if waiting is None else ngettext("%(num)s lugar", "%(num)s lugares", waiting),
        ),
    ]


def _amount(rules: Rulebook, cents: int | None) -> str:
    return "" if cents is None else format_money(Money(cents, rules.currency))


def _lot(rules: Rulebook, document: dict[str, Any]) -> list[tuple[str, str]]:
    band = rules.lottery_band
    near = _("a menos de %(band)s puntos, decide el sorteo", band=plain(band)) if band is not None else None
    return [
        (_("Junto al corte"), near or _("decide el orden")),
        (_("Veces que se encadena la huella del sorteo"), str(rules.lot_iterations)),
        (_("Fuente de azar"), localised(document["lot"]["randomness_source"])),
    ]
