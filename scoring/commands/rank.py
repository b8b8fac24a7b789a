"""`puente scoring rank`: the order of merit again, from the rulebook and the scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from core.errors import InvalidInput
from core.language import N_, _
from core.money import Money
from scoring.commands.applications import Facts, read_facts
from scoring.commands.beside import beside
from scoring.commands.rank_words import Words
from scoring.commands.reliability import diagnosis
from scoring.commands.rulebooks import read_rulebook
from scoring.commands.scores import Sheets, indexed, read_scores
from scoring.commands.spoken import AS_JSON, command, option
from scoring.commands.tables import A_FILE, BadFile, composed, read_json, show
from scoring.errors import LotNeeded
from scoring.rules.division import NoLotError, decide
from scoring.rules.mixed_model import Table
from scoring.rules.official_score import Arithmetic
from scoring.rules.rank_posterior import RankPosterior, posterior_of
from scoring.rules.ranking import Candidate, Place, rank
from scoring.rules.rulebook import Rulebook
from scoring.rules.selection import Decision, Line, left_empty
from scoring.rules.severity import Unfit, equations_of, fitted

SCORES = N_("CSV: application, reviewer, criterion, score. El mismo reviewer en dos solicitudes es la misma persona.")
SHORT = N_("Con menos evaluaciones de las %(needed)s que piden las reglas: %(some)s.")
NAMED = 20
UNKNOWN: dict[str, Any] = {"expected_rank": None, "interval_50": None, "interval_95": None}


@command("rank", help=N_("Ordena, con cada término, desempate y razón, y dice qué tan seguro es el orden."))
@option("--rulebook", required=True, type=A_FILE, help=N_("JSON, puente-rulebook/1."))
@option("--scores", required=True, type=A_FILE, help=SCORES)
@option(
    "--applications",
    type=A_FILE,
    help=N_("CSV: application, requested, axis, region y una columna por punto adicional o lugar reservado."),
)
@option(
    "--budget", help=N_("El dinero que se reparte; si no se dice, el de las reglas. Necesita lo que pide cada quien.")
)
@option("--lot", type=A_FILE, help=N_("JSON de `draw reveal`: sus lugares resuelven los últimos empates."))
@option("--json", "as_json", is_flag=True, help=AS_JSON)
def rank_command(
    *, rulebook: Path, scores: Path, applications: Path | None, budget: str | None, lot: Path | None, as_json: bool
) -> None:
    """Print the order of merit and how sure it is."""
    rules = read_rulebook(rulebook)
    with beside(_statistics, scores) as begun:
        sheets = read_scores(scores, rules)
        arithmetic = Arithmetic(rules)
        totals = indexed(sheets, lambda sheet: arithmetic.reading(sheet).number)
        found = begun(_Readings.of(rules, totals.table))
        facts = read_facts(applications, rules, sheets) if applications else {}
        candidates = [_candidate(arithmetic, name, readers, facts.get(name)) for name, readers in sheets.items()]
        drawn = _places_of_lot(lot, sheets) if lot else None
        places = rank(rules, candidates, drawn)
        if applications:
            _refuse_unknown_amounts(applications, places, facts)
        if budget is None and rules.budget_cents is not None and facts:
            budget = str(Money(rules.budget_cents, rules.currency).decimal)
        lines = _lines(rules, places, facts, budget, drawn or {})
        decisions = _decisions(rules, places, lines, budget)
        words = Words(arithmetic)
        rows = [
            words.row(place, sheets[place.candidate.label], decisions.get(place.candidate.label)) for place in places
        ]
        sure, variances = found()
    certainty = _certainty(sure, totals.applications)
    rows = [row | certainty.get(row["application"], UNKNOWN) for row in rows]
    short = {name: len(readers) for name, readers in sheets.items() if len(readers) < rules.reviews_per_application}
    if as_json:
        told = {"applications": rows, "diagnosis": variances, "short_of_reviews": short}
        show(told | _reserved_places(rules, lines, decisions, budget))
        return
    _print(rows, variances, short, rules.reviews_per_application)


def _refuse_unknown_amounts(path: Path, places: Sequence[Place], facts: Mapping[str, Facts]) -> None:
    """Refuse a tie broken by what is asked for where one of the tied asks for nothing known: it would win."""
    known = {name for name, one in facts.items() if one.requested_cents is not None}
    for place in places:
        name = place.candidate.label
        if known and name not in known and any(step.rule == "lower_request" for step in place.trace):
            said = _("un empate lo decide lo solicitado, y «%(name)s» no tiene cantidad", name=name)
            raise BadFile(path, said, field="requested")


def _candidate(
    arithmetic: Arithmetic, name: str, readers: dict[str, dict[str, Fraction]], facts: Facts | None
) -> Candidate:
    proved = facts.entitlements if facts is not None else frozenset()
    score = arithmetic.score(list(readers.values()), proved)
    return Candidate(name, score, proved, facts.requested_cents or 0 if facts is not None else 0)


def _places_of_lot(path: Path, sheets: Sheets) -> dict[str, int]:
    places = read_json(path).get("places")
    if not isinstance(places, dict) or not all(type(place) is int and place > 0 for place in places.values()):
        raise BadFile(path, _("no tiene lugares: es lo que dice `draw reveal`"), field="places")
    places = {composed(label): place for label, place in places.items()}
    held: dict[int, str] = {}
    for label, place in places.items():
        if held.setdefault(place, label) != label:
            said = _(
                "«%(one)s» y «%(other)s» tienen el mismo lugar, %(place)s", one=label, other=held[place], place=place
            )
            raise BadFile(path, said, field="places")
    missing = sorted(set(sheets) - set(places))
    if missing:
        raise BadFile(path, _("«%(name)s» no está en el sorteo", name=missing[0]), field="places")
    return places


def _lines(
    rules: Rulebook, places: list[Place], facts: dict[str, Facts], budget: str | None, lot: Mapping[str, int]
) -> list[Line]:
    """Return what is to be decided: all under a budget, else only those below a threshold."""
    lines = []
    for place in places:
        if budget is None and place.position is not None:
            continue
        name = place.candidate.label
        asked = facts[name].requested_cents if name in facts else None
        if budget is not None and asked is None and place.position is not None:
            raise click.UsageError(_("--budget necesita lo que pide «%(name)s», en --applications", name=name))
        failed = tuple(place.candidate.score.failed_criteria())
        group = facts[name].group if name in facts else None
        score, drawn = (None if budget is None else Fraction(place.candidate.score.rounded)), lot.get(name)
        lines.append(Line(name, place.position, asked or 0, place.candidate.entitlements, failed, group, score, drawn))
    return lines


def _decisions(rules: Rulebook, places: list[Place], lines: list[Line], budget: str | None) -> dict[str, Decision]:
    """Return what becomes of each line."""
    tied = [place.candidate.label for place in places if place.awaits_lot]
    if budget is not None and tied:
        raise _lot_needed(tied)
    try:
        money = Money.parse("0" if budget is None else budget, rules.currency)
    except InvalidInput as refusal:
        raise click.BadParameter(refusal.message(), param_hint="--budget") from None
    if money.amount_cents < 0:
        raise click.BadParameter(_("es menor que cero"), param_hint="--budget")
    try:
        return {decision.label: decision for decision in decide(rules, lines, money.amount_cents)}
    except NoLotError as missing:
        raise _lot_needed(missing.labels) from None


def _reserved_places(
    rules: Rulebook, lines: list[Line], decisions: Mapping[str, Decision], budget: str | None
) -> dict[str, Any]:
    """Return how many reserved places of each group there are and how many stay empty, where money was given."""
    if budget is None or not rules.reserved:
        return {}
    empty = left_empty(rules, lines, list(decisions.values()))
    found = [{"group": one.id, "places": one.places, "empty": empty.get(one.id, 0)} for one in rules.reserved]
    return {"reserved_places": found}


def _lot_needed(labels: Sequence[str]) -> click.ClickException:
    return click.ClickException(f"LotNeeded: {LotNeeded(dossiers=_some(labels)).message()} (--lot)")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" +{len(names) - NAMED}" if len(names) > NAMED else "")


@dataclass(frozen=True, slots=True)
class _Readings:
    """What the statistics need of the scores: every reviewer's total, and the totals' range."""

    table: Table
    width: float
    lower_is_better: bool

    @classmethod
    def of(cls, rules: Rulebook, table: Table) -> "_Readings":
        """Return totals with the rules they were made by."""
        low, high = rules.bounds
        return cls(table, float(high - low), rules.lower_is_better)


def _statistics(readings: _Readings) -> tuple[RankPosterior | None, dict[str, Any]]:
    """Return how sure each place is, and what the scores vary by."""
    equations = equations_of(readings.table)
    if isinstance(equations, Unfit):
        return None, diagnosis(equations)
    near = fitted(equations)
    sure = posterior_of(equations, readings.width, lower_is_better=readings.lower_is_better, near=near)
    return sure, diagnosis(near)


def _certainty(sure: RankPosterior | None, applications: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return how sure each application's place is, by its name; nothing where that is not said."""
    if sure is None:
        return {}
    return {
        name: {"expected_rank": expected, "interval_50": list(half), "interval_95": list(most)}
        for name, expected, half, most in zip(
            applications, sure.expected, sure.interval_50, sure.interval_95, strict=True
        )
    }


def _print(rows: Sequence[Mapping[str, Any]], found: Mapping[str, Any], short: Mapping[str, int], needed: int) -> None:
    for row in rows:
        position = "—" if row["position"] is None else row["position"]
        click.echo(f"{position}\t{row['application']}\t{row['score']}\t{row['outcome'] or ''}\t{row['reason'] or ''}")
    if found["refused"]:
        click.echo(_("Sin rangos esperados: %(reason)s.", reason=found["refused"]), err=True)
    if short:
        some = _some([f"{name} ({count})" for name, count in short.items()])
        click.echo(_(SHORT, needed=needed, some=some), err=True)
