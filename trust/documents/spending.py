"""A giver's rules in plain words: axes and regions by their names, never by the numbers the tables keep."""

from collections.abc import Callable, Iterable
from datetime import date

from babel.dates import format_date

from core.language import _, current_language, localised
from core.money import Money, format_money
from core.settings import setting
from trust.rules import RuleVerdict, SpendingRules
from trust.rules.spending import CATEGORIES, DIRECTIONS, PROFILES


def rule_facts(rules: SpendingRules) -> list[tuple[str, str | date]]:
    """Return a fund's rules as label and plain words or a date, in the reader's language."""
    facts: list[tuple[str, str | date | None]] = [
        (_("Ejes"), _listed("axes", rules.axes)),
        (_("Regiones"), _listed("regions", rules.regions)),
        (_("Tipos de gasto"), _listed("categories", rules.categories)),
        (_("A quién apoya"), _listed("profiles", rules.profiles)),
        (_("Sentido del viaje"), _listed("directions", rules.directions)),
        (_("Paga a partir del"), rules.not_before),
        (_("Paga hasta el"), rules.not_after),
        (_("Tope por apoyo"), _said("", rules.cap_per_award) if rules.cap_per_award else None),
        (_("Régimen de compra"), rules.procurement),
        (_("Informes a quien la dio"), ", ".join(day.isoformat() for day in rules.report_due_on) or None),
        (_("Se puede gastar"), None if rules.spendable else _("No: es capital inicial y se conserva.")),
    ]
    return [(label, value) for label, value in facts if value is not None]


def verdict_text(verdict: RuleVerdict) -> str:
    """Return a rule's answer as a sentence in the reader's language."""
    return _(verdict.sentence, **{name: _said(verdict.rule, value) for name, value in verdict.params.items()})


def _said(rule: str, value: object) -> str:
    match value:
        case Money():
            return format_money(value)
        case date():
            return format_date(value, "long", locale="es_MX" if current_language() == "es" else "en")
        case frozenset():
            return _listed(f"{rule} in short", value) or ""
        case None:
            return "—"
        case _:
            return _named(f"{rule} in short", [value])


def _listed(rule: str, allowed: frozenset[object] | None) -> str | None:
    """Return what is allowed in the reader's words; None where the giver said nothing."""
    return None if allowed is None else _named(rule, sorted(allowed, key=str)) or "—"


def _named(rule: str, ids: Iterable[object]) -> str:
    names = _NAMES.get(rule) or _NAMES[rule.removesuffix(" in short")]
    return "; ".join(names(one) for one in ids)


def _of(catalogue: str, form: str = "name") -> Callable[[object], str]:
    def named(one: object) -> str:
        found = next((item for item in setting(catalogue) if item["id"] == one), None)
        return localised(found.get(form) or found["name"]) if found else str(one)

    return named


def _in(labels: dict[str, str]) -> Callable[[object], str]:
    return lambda one: _(labels[str(one)]) if one in labels else str(one)


_NAMES: dict[str, Callable[[object], str]] = {
    "axes": _of("AXES"),
    "axes in short": _of("AXES", "short"),  # in a sentence, whose own commas and colons must stay readable
    "regions": _of("REGIONS"),
    "categories": _in(CATEGORIES),
    "profiles": _in(PROFILES),
    "directions": _in(DIRECTIONS),
}
