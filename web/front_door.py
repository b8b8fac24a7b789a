"""The three figures and the closing calls on the front door, each from the room that can prove it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from core.clock import today
from core.context import actor
from core.language import _
from core.money import Money
from core.roles import Role
from grants.queries.calls import closing_soonest
from transparency.queries import front_figures
from transparency.rules.books import INCOME_CASH


@dataclass(frozen=True, slots=True)
class ClosingCall:
    """A call as the front door shows it."""

    title: dict[str, str]
    summary: dict[str, str]
    url: str
    closes_at: datetime | None
    amount: Money | None


def facts() -> dict[str, Any]:
    """Return what web/home.html shows."""
    return {"figures": _figures(), "calls": _calls(), "ways": _ways()}


def _figures() -> list[tuple[str, Money, str, str]]:
    figures = front_figures()
    income = url_for("transparency.entry_list", cuenta=list(INCOME_CASH))
    register = url_for("transparency.beneficiary_list")
    balances = url_for("transparency.year_show", year=today().year, _anchor="saldos")
    return [
        (_("Recibido en dinero"), figures.received, income, _("Ver los asientos")),
        *((_("Otorgado en apoyos"), one, register, _("Ver el padrón")) for one in figures.awarded),
        (_("Disponible"), figures.available, balances, _("Ver los saldos")),
    ]


def _calls() -> list[ClosingCall]:
    return [
        ClosingCall(
            call.title,
            call.summary,
            url_for("grants.call_show", slug=call.slug),
            call.closes_at,
            None if call.budget_cents is None else Money(call.budget_cents, call.currency),
        )
        for call in closing_soonest()
    ]


def _ways() -> dict[str, str]:
    who = actor()
    may_review = who.is_anonymous or who.has(Role.REVIEWER)  # others read how the evaluation works
    return {
        "apply": url_for("grants.call_list"),
        "review": url_for("scoring.desk" if may_review else "web.help"),
        "give": url_for("trust.give"),
        "accounts": url_for("transparency.index"),
    }
