"""`puente scoring assign`: who reads what, from a table of affinities."""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from core.language import N_, _
from scoring.assignment import MOST_BITS, CappedSolution, Problem, Solution, assign, assign_capped
from scoring.commands.dialects import Numbers
from scoring.commands.spoken import AS_JSON, command, option
from scoring.commands.tables import A_FILE, BadFile, Words, cells, exact, read_table, show, wrong_width
from scoring.errors import AssignmentInfeasible

LARGEST = 10**9  # affinity that is read
MOST_DECIMALS, DIGITS = 22, 13  # beyond so many a number is what a computer's fraction makes of it
MOST_READERS = 10**6
HEADER = N_(
    "el encabezado empieza con «application» y tiene una columna por persona evaluadora, separadas con comas, con "
    "puntos y comas o con tabuladores: «%(header)s»"
)
STRANGE = N_("«%(name)s» no está entre las afinidades")
OUT_OF_REACH = N_("«%(said)s» no está entre −%(most)s y %(most)s")
FINEST_CAP = 10**6  # the parts of a reading that flow


@dataclass(frozen=True, slots=True)
class Affinities:
    """The table as whole parts of 1/`scale`; `blocked` marks the empty cells, which are conflicts."""

    applications: list[str]
    reviewers: list[str]
    parts: NDArray[np.int64]
    blocked: NDArray[np.bool_]
    scale: int


@command("assign", help=N_("Da a cada solicitud quienes la lean, con la mayor afinidad total que puede haber, exacta."))
@option("--affinity", required=True, type=A_FILE, help=N_("CSV: application y una columna por persona evaluadora."))
@option(
    "--per-application",
    required=True,
    type=click.IntRange(1, MOST_READERS),
    help=N_("Lecturas que necesita cada solicitud."),
)
@option("--max-load", required=True, type=click.IntRange(1), help=N_("Solicitudes que lee cada persona, a lo más."))
@option("--min-load", default=0, type=click.IntRange(0), help=N_("Solicitudes que lee cada persona, por lo menos."))
@option("--conflicts", type=A_FILE, help=N_("CSV: application, reviewer."))
@option("--institutions", type=A_FILE, help=N_("CSV: reviewer, institution; una persona de cada una por solicitud."))
@option("--cap", help=N_("La mayor probabilidad de una pareja, de más de 0 y hasta 1; necesita --seed."))
@option(
    "--seed", type=Words(), help=N_("Lo que fija el sorteo bajo el tope: publica antes su huella y después el texto.")
)
@option("--json", "as_json", is_flag=True, help=AS_JSON)
def assign_command(
    *,
    affinity: Path,
    per_application: int,
    max_load: int,
    min_load: int,
    conflicts: Path | None,
    institutions: Path | None,
    cap: str | None,
    seed: str | None,
    as_json: bool,
) -> None:
    """Print the assignment of greatest total affinity."""
    if (cap is None) != (seed is None):
        raise click.UsageError(_("--cap y --seed van juntos"))
    if min_load > max_load:
        raise click.UsageError(_("--min-load %(least)s es más que --max-load %(most)s", least=min_load, most=max_load))
    table = read_affinities(affinity)
    problem = Problem(
        dossiers=table.applications,
        reviewers=table.reviewers,
        affinity=table.parts,
        per_dossier=per_application,
        max_load=max_load,
        min_load=min_load,
        blocked=table.blocked,
        forbidden=_conflicts(conflicts, table) if conflicts else (),
        institutions=_institutions(institutions, table) if institutions else (),
    )
    started = time.perf_counter()
    try:
        capped = None if cap is None or seed is None else assign_capped(problem, _probability(cap), seed)
        found = assign(problem) if capped is None else capped.drawn
    except AssignmentInfeasible as refusal:
        raise click.ClickException(f"{type(refusal).__name__}: {refusal.message()} {refusal.advice()}") from None
    seconds = time.perf_counter() - started
    result = _result(problem, table, found, seconds, capped)
    warnings = [said for said in (_cost_of_minimum(found, table.scale), _rounding(found, table.scale)) if said]
    for said in warnings:
        click.echo(said, err=True)
    if as_json:
        show(result | ({"warning": " ".join(warnings)} if warnings else {}))
    else:
        _print(result)


def read_affinities(path: Path) -> Affinities:
    """Return the affinities of a CSV file: an application a row, a reviewer a column, empty where in conflict."""
    lines = cells(path, ("application",), Numbers(lambda header: range(1, len(header))))
    header = [name.strip() for name in next(lines, [])]
    if len(header) < 2 or header[0] != "application":
        raise BadFile(path, _(HEADER, header=",".join(header[:3])[:60]), row=1, field="application")
    reviewers = header[1:]
    for index, name in enumerate(reviewers):
        if not name or name in reviewers[:index]:
            said = _("la persona evaluadora «%(name)s» se repite o no tiene nombre", name=name)
            raise BadFile(path, said, row=1, field=name or str(index + 2))
    names: dict[str, int] = {}
    values = []
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        if len(line) != len(header):
            raise wrong_width(path, number, header, line)
        name = line[0].strip()
        if not name or name in names:
            said = _("la solicitud «%(name)s» se repite o no tiene nombre", name=name)
            raise BadFile(path, said, row=number, field="application")
        names[name] = number
        values.append(_numbers(path, number, reviewers, line[1:]))
    if not values:
        raise BadFile(path, _("no tiene solicitudes"), row=2)
    return _whole(list(names), reviewers, np.vstack(values))


def _numbers(path: Path, row: int, reviewers: list[str], line: list[str]) -> NDArray[np.float64]:
    """Return a row's affinities; an empty cell is no number."""
    try:
        numbers = np.fromiter(map(float, line), dtype=np.float64, count=len(line))
        gaps = 0
    except ValueError:
        filled = [cell.strip() for cell in line]
        gaps = filled.count("")
        try:
            numbers = np.fromiter((float(cell or "nan") for cell in filled), dtype=np.float64, count=len(line))
        except ValueError:
            raise _no_number(path, row, reviewers, filled) from None
    written = "".join(line)
    if "_" in written or not written.isascii():  # Python reads 1_0 and the digits of every script
        raise _no_number(path, row, reviewers, line)
    if int(np.isnan(numbers).sum()) == gaps and not (np.abs(numbers) > LARGEST).any():
        return numbers
    raise _no_number(path, row, reviewers, line)


def _no_number(path: Path, row: int, reviewers: list[str], line: list[str]) -> BadFile:
    """Return the refusal of the first cell that is no number, by its column."""
    for reviewer, cell in zip(reviewers, line, strict=True):
        if cell.strip():

            def fault(said: str, field: str = reviewer) -> BadFile:
                return BadFile(path, said, row=row, field=field)

            try:
                value = exact(cell.strip(), fault)
            except BadFile as refusal:
                return refusal
            if abs(value) > LARGEST:
                return fault(_(OUT_OF_REACH, said=cell.strip()[:40], most=LARGEST))
    return BadFile(path, _("tiene una afinidad que no es un número"), row=row)


def _whole(applications: list[str], reviewers: list[str], values: NDArray[np.float64]) -> Affinities:
    """Return affinities as whole parts, so that the optimum is exact: in the fewest decimals that hold them all.

    Numbers of more digits are those that doubles hold, which is how they were made, down to a 2⁵⁸th of the greatest.
    """
    blocked = np.isnan(values)
    values[blocked] = 0.0
    largest = float(np.abs(values).max())
    for decimals in range(MOST_DECIMALS + 1):
        if largest * 10.0**decimals > 10.0**DIGITS:
            break
        if all(_has_decimals(row, 10.0**decimals) for row in values):
            parts = _rounded(row * 10.0**decimals for row in values)
            return Affinities(applications, reviewers, parts, blocked, 10**decimals)
    halvings = MOST_BITS - math.frexp(largest)[1]
    parts = _rounded(np.ldexp(row, halvings) for row in values)
    return Affinities(applications, reviewers, parts, blocked, 2**halvings)


def _rounded(rows: Iterable[NDArray[np.float64]]) -> NDArray[np.int64]:
    return np.stack([np.rint(row).astype(np.int64) for row in rows])


def _has_decimals(numbers: NDArray[np.float64], scale: float) -> bool:
    """Return whether numbers are the doubles nearest to as many whole parts of 1/`scale`, a power of ten."""
    return bool((np.rint(numbers * scale) / scale == numbers).all())


def _conflicts(path: Path, table: Affinities) -> list[tuple[int, int]]:
    rows = {name: index for index, name in enumerate(table.applications)}
    columns = {name: index for index, name in enumerate(table.reviewers)}
    pairs = []
    for row in read_table(path, ("application", "reviewer"), may_be_empty=True):
        application, reviewer = row.text("application"), row.text("reviewer")
        if application == reviewer:
            raise row.fault("reviewer", _("«%(name)s» está en conflicto consigo", name=reviewer))
        if application not in rows:
            raise row.fault("application", _(STRANGE, name=application))
        if reviewer not in columns:
            raise row.fault("reviewer", _(STRANGE, name=reviewer))
        pairs.append((rows[application], columns[reviewer]))
    return pairs


def _institutions(path: Path, table: Affinities) -> list[str | None]:
    found: dict[str, str] = {}
    for row in read_table(path, ("reviewer", "institution"), may_be_empty=True):
        reviewer = row.text("reviewer")
        if reviewer not in table.reviewers:
            raise row.fault("reviewer", _(STRANGE, name=reviewer))
        if reviewer in found:
            raise row.fault("reviewer", _("«%(name)s» se repite", name=reviewer))
        found[reviewer] = row.values["institution"].strip()
    return [found.get(name) or None for name in table.reviewers]


def _probability(text: str) -> Fraction:
    value = exact(text, lambda fault: click.BadParameter(fault, param_hint="--cap"))
    if not 0 < value <= 1:
        raise click.BadParameter(_("es una probabilidad de más de 0 y hasta 1"), param_hint="--cap")
    if value.denominator > FINEST_CAP:
        raise click.BadParameter(_("tiene seis decimales a lo más"), param_hint="--cap")
    return value


def _result(
    problem: Problem, table: Affinities, found: Solution, seconds: float, capped: CappedSolution | None
) -> dict[str, Any]:
    worst = found.worst
    result: dict[str, Any] = {
        "objective": found.objective / table.scale,
        "mean": found.mean / table.scale,
        "worst_served": None if worst is None else {"application": worst[0], "affinity": worst[1] / table.scale},
        "loads": found.loads,
        "seconds": round(seconds, 4),
        "assignments": [list(pair) for pair in found.pairs],
    }
    if capped is not None:
        result["expected_objective"] = float(capped.expected / table.scale)
        result["probabilities"] = [[*pair, str(chance)] for pair, chance in capped.probabilities.items()]
    return result


def _cost_of_minimum(found: Solution, scale: int) -> str | None:
    """Return what promising everybody a minimum costs the application served worst; None when it costs nothing."""
    worst, free = found.worst, found.worst_without_least
    if worst is None or free is None or free[1] <= worst[1]:
        return None
    return _(
        "La carga mínima le cuesta a la solicitud peor servida: %(name)s recibe %(part)s; sin el mínimo, la peor "
        "recibiría %(free)s (%(other)s).",
        name=worst[0],
        part=f"{worst[1] / scale:g}",
        free=f"{free[1] / scale:g}",
        other=free[0],
    )


def _rounding(found: Solution, scale: int) -> str | None:
    """Return in what parts affinities were compared, where they could not be to their last digit."""
    if found.coarse == 1:
        return None
    part = f"{found.coarse / scale:.2g}"
    return _("Las afinidades se compararon en partes de %(part)s: con las exactas puede haber algo mejor.", part=part)


def _print(result: Mapping[str, Any]) -> None:
    for application, reviewer in result["assignments"]:
        click.echo(f"{application}\t{reviewer}")
    worst = result["worst_served"]
    total, mean = f"{result['objective']:g}", f"{result['mean']:.6g}"
    click.echo(_("afinidad total %(total)s, media %(mean)s", total=total, mean=mean), err=True)
    if worst:
        served = {"name": worst["application"], "part": f"{worst['affinity']:g}"}
        click.echo(_("la peor servida es %(name)s, con %(part)s", **served), err=True)
    loads, seconds = result["loads"].values(), result["seconds"]
    told = _("cargas de %(least)s a %(most)s, %(seconds)s s", least=min(loads), most=max(loads), seconds=seconds)
    click.echo(told, err=True)
