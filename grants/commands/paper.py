"""Applications that came on paper, from the register an office keeps of them."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from core.database import session
from core.errors import Refusal
from core.language import LANGUAGES, in_language
from grants import queries, services
from grants.errors.calls import CallNotFound
from grants.services import RowOutcome, TakenRow
from rendering.spreadsheets import Cell, CellKind, SheetColumn, render_csv

REPORT = (
    SheetColumn("row", CellKind.INTEGER),
    *(SheetColumn(name) for name in ("outcome", "name", "folio", "reason", "left_empty", "guessed")),
)


@click.command("import")
@click.argument("call_slug", metavar="CALL")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Which column answers what.")
@click.option("--received-on", type=click.DateTime(["%Y-%m-%d"]), help="The day the papers came in; today by default.")
@click.option("--sheet", default="", help="Which sheet of a spreadsheet; the longest by default.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every row's fate to this CSV.")
@click.option("--dry-run", is_flag=True, help="Read everything, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@with_appcontext
def import_register(call_slug: str, file: Path, columns: tuple[str, ...], language: str, **options: Any) -> None:
    """Take in applications that came on paper, from a CSV or XLSX register.

    Each row is kept or refused by itself, with its reason; the same row is never taken twice. Columns are found by
    their headings, and those that were named are remembered for the next file.
    """
    received_on: datetime | None = options["received_on"]
    with in_language(language):
        try:
            call = queries.call_by_slug(call_slug)
            if call is None:
                raise CallNotFound()
            register = services.open_register(
                call,
                file.read_bytes(),
                file.name,
                columns=_named(columns),
                received_on=received_on.date() if received_on else None,
                sheet=options["sheet"],
            )
        except Refusal as refusal:
            raise click.ClickException(refusal.message()) from None
        if not options["dry_run"]:
            session().commit()
        bar = nullcontext(services.take_rows(register)) if options["as_json"] else _bar(register)
        with bar as rows:
            taken = list(rows if options["dry_run"] else _kept(rows))
        session().rollback()
    if options["report"] is not None:
        options["report"].write_bytes(b"".join(render_csv(REPORT, map(_cells, taken))))
    _tell(taken, register, as_json=options["as_json"])
    if not any(row.outcome in (RowOutcome.IMPORTED, RowOutcome.KNOWN) for row in taken):
        sys.exit(1)


def _named(columns: Iterable[str]) -> dict[str, str]:
    named = {}
    for column in columns:
        field, found, heading = column.partition("=")
        if not found:
            raise click.BadParameter(f"{column!r} is not FIELD=HEADING")
        named[field.strip()] = heading.strip()
    return named


def _bar(register: services.Register) -> Any:
    return click.progressbar(services.take_rows(register), length=len(register.rows), label="Rows", file=sys.stderr)


def _kept(rows: Iterable[TakenRow]) -> Iterator[TakenRow]:
    """Commit each row that was imported, by itself: whatever happens to the next, it stays."""
    for row in rows:
        if row.outcome is RowOutcome.IMPORTED:
            session().commit()
        yield row


def _cells(row: TakenRow) -> list[Cell]:
    words = ("; ".join(row.left_empty), "; ".join(row.guessed))
    return [row.number, row.outcome.value, row.name, row.folio, row.reason, *words]


def _tell(taken: list[TakenRow], register: services.Register, *, as_json: bool) -> None:
    headings = register.headings
    counts = Counter(row.outcome.value for row in taken)
    refused = [row for row in taken if row.outcome is RowOutcome.REFUSED]
    guessed = [(row.number, guess) for row in taken for guess in row.guessed]
    if as_json:
        told = {
            "columns": headings,
            "sheets_left": list(register.sheets_left),
            **{outcome.value: counts[outcome.value] for outcome in RowOutcome},
            "rows": [{"row": row.number, "name": row.name, "reason": row.reason} for row in refused],
            "guessed": [{"row": number, "guess": guess} for number, guess in guessed],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if register.sheets_left:
        click.echo(f"Sheets not read: {', '.join(register.sheets_left)}. Read each with --sheet.")
    click.echo("Columns: " + ", ".join(f"{field} = {text}" for field, text in headings.items()))
    for row in refused:
        click.echo(f"row {row.number}: {row.reason}")
    for number, guess in guessed:
        click.echo(f"row {number}: please check {guess}")
    click.echo(", ".join(f"{counts[outcome.value]} {outcome.value}" for outcome in RowOutcome))
