"""A giver's rules: every one answers with its reason, and only all together say yes."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from core.language import localised
from core.money import Money
from core.settings import setting
from trust.documents import verdict_text
from trust.rules import SpendingRequest, SpendingRules, may_spend

FULL = SpendingRules(
    axes=frozenset({1, 3}),
    regions=frozenset({"europe"}),
    categories=frozenset({"travel", "per_diem"}),
    profiles=frozenset({"student"}),
    directions=frozenset({"outbound"}),
    not_before=date(2026, 1, 1),
    not_after=date(2026, 12, 31),
    cap_per_award=Money(50_000_00, "MXN"),
)
FITTING: dict[str, Any] = {
    "amount": Money(50_000_00, "MXN"),
    "on": date(2026, 12, 31),
    "axis": 3,
    "region": "europe",
    "category": "travel",
    "profile": "student",
    "direction": "outbound",
}


def test_what_fits_every_rule_is_allowed_and_every_rule_says_so() -> None:
    verdict = may_spend(FULL, SpendingRequest(**FITTING))
    assert verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == [
        "axes", "regions", "categories", "profiles", "directions", "not_before", "not_after", "cap_per_award",
    ]  # fmt: skip
    assert verdict.refusals == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"axis": 2}, "axes"),
        ({"axis": None}, "axes"),
        ({"region": "asia"}, "regions"),
        ({"category": "equipment"}, "categories"),
        ({"profile": "company"}, "profiles"),
        ({"direction": "inbound"}, "directions"),
        ({"on": date(2025, 12, 31)}, "not_before"),
        ({"on": date(2027, 1, 1)}, "not_after"),
        ({"amount": Money(50_000_01, "MXN")}, "cap_per_award"),
        ({"amount": Money(1_00, "EUR")}, "cap_per_award"),
        ({"amount": Money(0, "MXN")}, "amount"),
    ],
)
def test_one_rule_that_does_not_fit_refuses_and_gives_its_reason(app: Flask, change: dict[str, Any], rule: str) -> None:
    verdict = may_spend(FULL, SpendingRequest(**{**FITTING, **change}))
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.refusals] == [rule]
    reason = verdict.refusals[0]
    assert "%(" not in verdict_text(reason)


def test_a_refusal_names_axes_regions_people_dates_and_money_as_people_do(app: Flask) -> None:
    rules = SpendingRules(
        axes=frozenset({1, 3}), regions=frozenset({"europe"}), profiles=frozenset({"collective"}),
        directions=frozenset({"outbound"}), not_before=date(2026, 5, 1), cap_per_award=Money(4_000_00, "MXN"),
    )  # fmt: skip
    request = SpendingRequest(
        amount=Money(5_000_00, "MXN"), on=date(2026, 3, 2), axis=2, profile="person", direction="inbound"
    )
    first, second, third = (localised(axis["short"]) for axis in setting("AXES")[:3])
    assert [verdict_text(one) for one in may_spend(rules, request).refusals] == [
        f"Eje {second}: la bolsa solo paga los ejes {first}; {third}.",
        "Región —: la bolsa solo paga las regiones Europa.",
        "Perfil personas: la bolsa solo apoya a colectivos.",
        "Sentido del extranjero a la ciudad: la bolsa solo paga desde la ciudad al extranjero.",
        "La bolsa paga a partir del 1 de mayo de 2026.",
        "$5,000.00\u202fMXN pasa del tope de $4,000.00\u202fMXN.",
    ]


def test_a_fund_without_rules_allows_anything() -> None:
    verdict = may_spend(SpendingRules(), SpendingRequest(amount=Money(1, "MXN"), on=date(2026, 1, 1)))
    assert (verdict.allowed, [reason.rule for reason in verdict.reasons]) == (True, ["none"])


def test_an_empty_list_allows_nothing_and_an_endowment_is_kept() -> None:
    assert not may_spend(SpendingRules(axes=frozenset()), SpendingRequest(**FITTING)).allowed
    assert [r.rule for r in may_spend(SpendingRules(spendable=False), SpendingRequest(**FITTING)).refusals] == [
        "spendable"
    ]


def test_rules_survive_their_stored_form() -> None:
    assert SpendingRules.from_json(FULL.to_json()) == FULL
    assert SpendingRules.from_json({}) == SpendingRules()
