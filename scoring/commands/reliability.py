"""`puente scoring reliability`: how far reviewers agree."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from core.language import N_, _
from scoring.commands.rulebooks import read_rulebook
from scoring.commands.scores import Indexed, indexed, plain_sum, read_scores
from scoring.commands.spoken import AS_JSON, command, option
from scoring.commands.tables import A_FILE, show
from scoring.rules.agreement import alpha_of, one_way_of
from scoring.rules.official_score import Arithmetic, Sheet
from scoring.rules.severity import LEAST_PER_REVIEWER, Severity, Unfit, equations_of, fitted

REFUSALS = {
    Unfit.TOO_FEW: N_("hay menos de %(least)s evaluaciones por persona: la severidad no se distingue del azar"),
    Unfit.NOT_CONNECTED: N_(
        "las evaluaciones no están conectadas: hay personas que no comparten ninguna solicitud, ni a través de otras"
    ),
    Unfit.NO_VARIATION: N_("todas las calificaciones son iguales"),
}


@command(
    "reliability", help=N_("Mide el acuerdo: alfa de Krippendorff, ICC(1), ICC(k) y de qué depende lo que varían.")
)
@option(
    "--scores",
    required=True,
    type=A_FILE,
    help=N_("CSV: application, reviewer, criterion, score. El mismo reviewer en dos solicitudes es la misma persona."),
)
@option("--rulebook", type=A_FILE, help=N_("JSON; sus pesos hacen el total. Sin él, los criterios pesan lo mismo."))
@option("--json", "as_json", is_flag=True, help=AS_JSON)
def reliability_command(*, scores: Path, rulebook: Path | None, as_json: bool) -> None:
    """Print every coefficient of agreement."""
    rules = read_rulebook(rulebook) if rulebook is not None else None
    sheets = read_scores(scores, rules)
    number = plain_sum() if rules is None else _weighed(Arithmetic(rules))
    result = reliability(indexed(sheets, number))
    names = list({name: None for readers in sheets.values() for sheet in readers.values() for name in sheet})
    if len(names) > 1:
        result["criteria"] = {name: reliability(indexed(sheets, _of_criterion(name))) for name in names}
    if as_json:
        show(result)
        return
    for name, value in result.items():
        click.echo(f"{name}: {value if isinstance(value, str) or value is None else _written(value)}")


def _weighed(arithmetic: Arithmetic) -> Callable[[Sheet], float]:
    return lambda sheet: arithmetic.reading(sheet).number


def _of_criterion(name: str) -> Callable[[Sheet], float]:
    return lambda sheet: float(sheet[name])


def reliability(scores: Indexed) -> dict[str, Any]:
    """Return every coefficient of a table; None where one is not defined."""
    table = scores.table
    correlations = one_way_of(table.rows, table.values)
    equations = equations_of(table)
    return {
        "applications": table.applications,
        "reviewers": table.reviewers,
        "reviews": len(table.values),
        "alpha": alpha_of(table.rows, table.values),
        "icc_1": correlations.single if correlations else None,
        "icc_k": correlations.mean if correlations else None,
        **diagnosis(equations if isinstance(equations, Unfit) else fitted(equations)),
    }


def diagnosis(found: Severity | Unfit) -> dict[str, Any]:
    """Return what the scores vary by, or why that is not said."""
    if isinstance(found, Unfit):
        said = REFUSALS[found]
        return {
            "variance": None,
            "refused": _(said, least=LEAST_PER_REVIEWER),
            "refused_code": found.value,
        }
    variance = {"application": found.application, "reviewer": found.reviewer, "residual": found.residual}
    return {"variance": variance, "refused": None, "refused_code": None}


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_written(part)}" for name, part in value.items())
    return f"{value:.4f}" if isinstance(value, float) else str(value)
