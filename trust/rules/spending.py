"""A giver's spending rules: may this fund pay for that? Every rule answers for itself, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.language import N_
from core.money import Money

CATEGORIES = {"award": N_("apoyos de movilidad")}
PROFILES = {
    "person": N_("personas"),
    "collective": N_("colectivos"),
    "organisation": N_("organizaciones"),
}
DIRECTIONS = {
    "outbound": N_("desde la ciudad al extranjero"),
    "inbound": N_("del extranjero a la ciudad"),
}


class UnreadableRules(ValueError):  # noqa: N818 (named for what is wrong)
    """The rules are not in the form this module reads; the text says where."""


@dataclass(frozen=True, slots=True)
class SpendingRules:
    """What a fund may pay for. None means that the giver said nothing on the matter; an empty set allows nothing."""

    axes: frozenset[int] | None = None
    regions: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    profiles: frozenset[str] | None = None
    directions: frozenset[str] | None = None
    not_before: date | None = None
    not_after: date | None = None
    cap_per_award: Money | None = None
    spendable: bool = True
    procurement: str | None = None
    report_due_on: tuple[date, ...] = ()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SpendingRules":
        """Read rules as a fund stores them.

        Raises:
            UnreadableRules: an unknown key or a value of the wrong shape.
        """
        unknown = set(value) - set(_KEYS)
        if unknown:
            raise UnreadableRules(", ".join(sorted(unknown)))
        try:
            cap = value.get("cap_per_award")
            return cls(
                axes=_set(value, "axes", int),
                regions=_set(value, "regions", str),
                categories=_set(value, "categories", str),
                profiles=_set(value, "profiles", str),
                directions=_set(value, "directions", str),
                not_before=_day(value, "not_before"),
                not_after=_day(value, "not_after"),
                cap_per_award=Money(cap["amount_cents"], cap["currency"]) if cap else None,
                spendable=bool(value.get("spendable", True)),
                procurement=value.get("procurement"),
                report_due_on=tuple(date.fromisoformat(day) for day in value.get("report_due_on", ())),
            )
        except (TypeError, ValueError, KeyError) as problem:
            raise UnreadableRules(str(problem)) from problem

    def to_json(self) -> dict[str, Any]:
        """Return the rules as a fund stores them; keys without a rule are left out."""
        value: dict[str, Any] = {}
        for name in ("axes", "regions", "categories", "profiles", "directions"):
            allowed = getattr(self, name)
            if allowed is not None:
                value[name] = sorted(allowed)
        for name in ("not_before", "not_after"):
            day = getattr(self, name)
            if day is not None:
                value[name] = day.isoformat()
        if self.cap_per_award is not None:
            cap = self.cap_per_award
            value["cap_per_award"] = {"amount_cents": cap.amount_cents, "currency": cap.currency}
        if not self.spendable:
            value["spendable"] = False
        if self.procurement:
            value["procurement"] = self.procurement
        if self.report_due_on:
            value["report_due_on"] = [day.isoformat() for day in self.report_due_on]
        return value


_KEYS = tuple(SpendingRules.__dataclass_fields__)


def _set(value: Mapping[str, Any], name: str, kind: type) -> frozenset[Any] | None:
    allowed = value.get(name)
    if allowed is None:
        return None
    if not isinstance(allowed, list | tuple | set | frozenset) or not all(type(item) is kind for item in allowed):
        raise UnreadableRules(name)
    return frozenset(allowed)


def _day(value: Mapping[str, Any], name: str) -> date | None:
    text = value.get(name)
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class SpendingRequest:
    """What somebody wants to pay: every fact a rule may ask about. None where the fact is not known."""

    amount: Money
    on: date
    axis: int | None = None
    region: str | None = None
    category: str | None = None
    profile: str | None = None
    direction: str | None = None


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule's answer. `sentence` is a Spanish source string; `params`, as values, fill its placeholders."""

    rule: str
    allowed: bool
    sentence: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SpendingVerdict:
    """Yes or no, with every rule that was asked."""

    allowed: bool
    reasons: tuple[RuleVerdict, ...]

    @property
    def refusals(self) -> tuple[RuleVerdict, ...]:
        """The rules that said no."""
        return tuple(reason for reason in self.reasons if not reason.allowed)


_IN_SET = {
    "axes": ("axis", N_("Eje %(value)s: permitido."), N_("Eje %(value)s: la bolsa solo paga los ejes %(allowed)s.")),
    "regions": (
        "region",
        N_("Región %(value)s: permitida."),
        N_("Región %(value)s: la bolsa solo paga las regiones %(allowed)s."),
    ),
    "categories": (
        "category",
        N_("Gasto %(value)s: permitido."),
        N_("Gasto %(value)s: la bolsa solo paga %(allowed)s."),
    ),
    "profiles": (
        "profile",
        N_("Perfil %(value)s: permitido."),
        N_("Perfil %(value)s: la bolsa solo apoya a %(allowed)s."),
    ),
    "directions": (
        "direction",
        N_("Sentido %(value)s: permitido."),
        N_("Sentido %(value)s: la bolsa solo paga %(allowed)s."),
    ),
}


def _in_set(rules: SpendingRules, request: SpendingRequest, rule: str) -> RuleVerdict | None:
    allowed = getattr(rules, rule)
    if allowed is None:
        return None
    fact, yes, no = _IN_SET[rule]
    value = getattr(request, fact)
    fits = value in allowed
    return RuleVerdict(rule, fits, yes if fits else no, {"value": value, "allowed": allowed})


def _window(rules: SpendingRules, request: SpendingRequest) -> list[RuleVerdict]:
    verdicts = []
    if rules.not_before is not None:
        fits = request.on >= rules.not_before
        sentence = N_("La fecha %(on)s cae en la vigencia.") if fits else N_("La bolsa paga a partir del %(day)s.")
        verdicts.append(RuleVerdict("not_before", fits, sentence, {"on": request.on, "day": rules.not_before}))
    if rules.not_after is not None:
        fits = request.on <= rules.not_after
        sentence = N_("La fecha %(on)s cae en la vigencia.") if fits else N_("La bolsa pagó hasta el %(day)s.")
        verdicts.append(RuleVerdict("not_after", fits, sentence, {"on": request.on, "day": rules.not_after}))
    return verdicts


def _cap(rules: SpendingRules, request: SpendingRequest) -> RuleVerdict | None:
    cap = rules.cap_per_award
    if cap is None:
        return None
    params = {"amount": request.amount, "cap": cap}
    if cap.currency != request.amount.currency:
        return RuleVerdict(
            "cap_per_award", False, N_("El tope es de %(cap)s y lo pedido está en otra moneda: %(amount)s."), params
        )
    fits = request.amount <= cap
    sentence = N_("%(amount)s no pasa del tope de %(cap)s.") if fits else N_("%(amount)s pasa del tope de %(cap)s.")
    return RuleVerdict("cap_per_award", fits, sentence, params)


def may_spend(rules: SpendingRules, request: SpendingRequest) -> SpendingVerdict:
    """Say whether a fund with `rules` may pay `request`, with the reason of every rule it has."""
    reasons: list[RuleVerdict] = []
    if not rules.spendable:
        reasons.append(RuleVerdict("spendable", False, N_("Es capital inicial: se conserva y no se gasta."), {}))
    if request.amount.amount_cents <= 0:
        reasons.append(RuleVerdict("amount", False, N_("La cantidad debe ser mayor que cero."), {}))
    for rule in _IN_SET:
        verdict = _in_set(rules, request, rule)
        if verdict is not None:
            reasons.append(verdict)
    reasons.extend(_window(rules, request))
    verdict = _cap(rules, request)
    if verdict is not None:
        reasons.append(verdict)
    if not reasons:
        reasons.append(RuleVerdict("none", True, N_("La bolsa no tiene restricciones de gasto."), {}))
    return SpendingVerdict(all(reason.allowed for reason in reasons), tuple(reasons))
