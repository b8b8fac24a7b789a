"""The treasury's book: find an entry, export, reverse."""

from collections.abc import Iterator
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.context import actor
from core.database import session
from core.language import _, localised
from core.listing import chosen, page_number, paginate, searched
from core.money import Money
from core.roles import Role
from core.web_files import send_bytes
from rendering.spreadsheets import Cell, CellKind, SheetColumn, render_csv
from trust import queries, services
from trust.forms import ReasonForm
from trust.models import ENTRY_KINDS, EntryKind, JournalEntry
from trust.routes import blueprint

READERS = (Role.TREASURER, Role.PAYMENT_AUTHORISER)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None  # an unreadable filter is no filter


def _filters() -> dict[str, object]:
    codes = {fund.code: fund.id for fund in queries.funds()}
    kind = chosen(request.args, "tipo", [kind.value for kind in EntryKind])
    code = chosen(request.args, "bolsa", list(codes))
    account = chosen(request.args, "cuenta", [account.code for account in queries.accounts()])
    return {
        "kind": EntryKind(kind) if kind else None,
        "fund_id": codes[code] if code else None,
        "accounts": (account,) if account else (),
        "start": _day("desde"),
        "end": _day("hasta"),
        "number": searched(request.args),
    }


@blueprint.get("/tesoreria/libro")
@roles(*READERS)
def ledger_list() -> str:
    """Every entry, newest first, by fund, account, kind, date or number."""
    listing = paginate(queries.entries(**_filters()), page=page_number(request.args))  # type: ignore[arg-type]
    return render_template(
        "trust/ledger_list.html",
        listing=listing,
        may_see_bank=actor().has(Role.TREASURER, Role.AUDITOR),
        read=_,
        debits={entry.id: queries.entry_debits(entry) for entry in listing.rows},
        kinds=ENTRY_KINDS,
        kind_options=[("", _("Todos")), *((kind.value, _(label)) for kind, label in ENTRY_KINDS.items())],
        fund_options=[("", _("Todas")), *((fund.code, localised(fund.name)) for fund in queries.funds())],
        account_options=[
            ("", _("Todas")),
            *((one.code, f"{one.code} {localised(one.name)}") for one in queries.accounts()),
        ],
    )


@blueprint.get("/tesoreria/libro.csv")
@roles(*READERS)
def ledger_export() -> Response:
    """The filtered book as CSV, a row for each line."""
    columns = [
        SheetColumn(_("Asiento")),
        SheetColumn(_("Fecha"), CellKind.DATE),
        SheetColumn(_("Tipo")),
        SheetColumn(_("Concepto")),
        SheetColumn(_("Línea"), CellKind.INTEGER),
        SheetColumn(_("Cuenta")),
        SheetColumn(_("Bolsa")),
        SheetColumn(_("Cargo (+) o abono (−)"), CellKind.MONEY),
        SheetColumn(_("Moneda")),
        SheetColumn(_("Tipo de cambio")),
        SheetColumn(_("Fecha del tipo de cambio")),
        SheetColumn(_("Fuente del tipo de cambio")),
    ]
    found = session().scalars(queries.entries(**_filters()))  # type: ignore[arg-type]
    codes = {fund.id: fund.code for fund in queries.funds()}
    return send_bytes(b"".join(render_csv(columns, _rows(found, codes))), "libro.csv", "text/csv")


def _rows(entries: Iterator[JournalEntry], codes: dict[int, str]) -> Iterator[list[Cell]]:
    for entry in entries:
        for line in entry.postings:
            yield [
                entry.label,
                entry.entry_date,
                _(ENTRY_KINDS[entry.kind]),
                _(entry.memo),
                line.line,
                line.account_code,
                codes[line.fund_id],
                Money(line.amount_cents, line.currency),
                line.currency,
                line.rate,
                line.rate_date,
                line.rate_source and _(line.rate_source),
            ]


@blueprint.route("/tesoreria/libro/<label>/revertir", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def entry_reverse(label: str) -> Response | str | tuple[str, int]:
    """Undo an entry by its mirror image, with a reason that stays in the book."""
    entry = queries.entry_by_label(label)
    services.check_correction(entry)
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("trust/entry_reverse.html", entry=entry, form=form)
        return page, 422 if form.errors else 200
    reversal = services.correct_entry(entry, reason=form.reason.data or "")
    session().commit()
    flash(_("El asiento %(number)s quedó revertido.", number=entry.label), "success")
    return redirect(url_for("trust.entry_show", label=reversal.label), 303)
