"""The bank's statements beside the books."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.file_refusals import FileTooLarge
from core.language import _, localised, ngettext
from core.listing import chosen
from core.roles import Role
from trust import queries, services
from trust.errors import MatchDiffers, NothingToMatch, ReasonRequired
from trust.forms import ReasonForm, currencies
from trust.forms.bank import LARGEST_STATEMENT_BYTES, MatchForm, StatementForm
from trust.models import MATCH_REASONS, Account, BankAccount, BankLine
from trust.routes import blueprint
from trust.rules.bank import CsvMapping, StatementUnreadable
from trust.states import BANK_LINE_STATES, BankLineState

SHOWN_AT_ONCE = 200


@blueprint.get("/tesoreria/banco")
@roles(Role.TREASURER)
def bank_show() -> str:
    """What is in the bank and not in the books, what is in the books and not in the bank, and what that explains."""
    account = chosen(request.args, "cuenta", [one.value for one in BankAccount]) or BankAccount.NATIONAL.value
    base, *foreign = currencies()
    currency = base if account == BankAccount.NATIONAL else (chosen(request.args, "moneda", foreign) or foreign[0])
    found = queries.reconciliation(account, currency)
    moves = queries.unmatched_moves(account, currency, start=found.since, end=found.on) if found else []
    waiting = queries.bank_lines(
        account=account, currency=currency, states=[BankLineState.OPEN, BankLineState.SET_ASIDE]
    )
    return render_template(
        "trust/bank_show.html",
        account=account,
        found=found,
        lines=list(session().scalars(waiting.limit(SHOWN_AT_ONCE))),
        moves=moves[:SHOWN_AT_ONCE],
        statements=queries.statements(),
        states=BANK_LINE_STATES,
        read=_,
        account_options=[(one.code, f"{one.code} {localised(one.name)}") for one in _accounts()],
        currency_options=[(one, one) for one in foreign],
        is_foreign=account != BankAccount.NATIONAL,
        may_import=actor().has(Role.TREASURER),
    )


def _accounts() -> list[Account]:
    codes = {one.value for one in BankAccount}
    return [one for one in queries.accounts() if one.code in codes]


@blueprint.route("/tesoreria/banco/importar", methods=["GET", "POST"])
@roles(Role.TREASURER, auditor=False)
def statement_import() -> Response | tuple[str, int]:
    """Take a statement whole or not at all: CSV by its columns, MT940 or CAMT.053 as they are."""
    form = StatementForm().offer([(one.code, f"{one.code} {localised(one.name)}") for one in _accounts()])
    if request.method == "GET":
        form.remember(queries.last_mapping(BankAccount.NATIONAL.value))
    if form.validate_on_submit():
        try:
            done = _import(form)
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="statement")
            if isinstance(refusal, StatementUnreadable) and refusal.is_about_columns and form.propose(_read(form)):
                flash(_("Las columnas se proponen por sus títulos. Revísalas y elige el archivo otra vez."), "info")
        else:
            flash(
                ngettext("Entró %(num)s línea nueva.", "Entraron %(num)s líneas nuevas.", done.new)
                + " "
                + ngettext("Se concilió %(num)s.", "Se conciliaron %(num)s.", done.matched),
                "success",
            )
            return redirect(url_for("trust.bank_show", cuenta=form.account.data), 303)
    return render_template("trust/statement_import.html", form=form), 422 if form.errors else 200


def _read(form: StatementForm) -> bytes:
    stream = form.statement.data.stream
    stream.seek(0)
    return bytes(stream.read(LARGEST_STATEMENT_BYTES + 1))


def _import(form: StatementForm) -> services.Imported:
    sent, data = form.statement.data, _read(form)
    if len(data) > LARGEST_STATEMENT_BYTES:
        raise FileTooLarge(name=sent.filename or "", limit=LARGEST_STATEMENT_BYTES // 1_000_000)
    mapping = CsvMapping(
        booked_on=form.booked_on.data or "",
        amount=form.amount.data or "",
        direction=form.direction.data or "",
        money_in=form.money_in.data or "",
        money_out=form.money_out.data or "",
        reference=form.reference.data or "",
        description=form.description.data or "",
        dates=form.dates.data,
        encoding=form.encoding.data,
        decimal_comma=bool(form.decimal_comma.data),
    )
    return services.import_statement(
        data,
        sent.filename or "",
        account=form.account.data,
        currency=form.currency.data,
        mapping=mapping if mapping.booked_on else None,
    )


@blueprint.get("/tesoreria/banco/lineas/<int:line_id>")
@roles(Role.TREASURER)
def line_show(line_id: int) -> str:
    """One line of the bank: what it is matched to and why, or the entries it may be."""
    return _line_page(_line(line_id))


@blueprint.post("/tesoreria/banco/lineas/<int:line_id>/conciliar")
@roles(Role.TREASURER)
def line_match(line_id: int) -> Response | tuple[str, int]:
    """Say which entries a line is."""
    line = _line(line_id, hold=False)  # its bank account is held first, by the service
    form = MatchForm(prefix="conciliar").offer(_candidates(line))
    if form.validate_on_submit():
        try:
            services.match_by_hand(line, form.entries.data or [])
            session().commit()
        except (MatchDiffers, NothingToMatch) as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="entries")
            line = _line(line_id)
        else:
            flash(_("La línea quedó conciliada."), "success")
            return redirect(url_for("trust.line_show", line_id=line_id), 303)
    return _line_page(line, match=form), 422


@blueprint.post("/tesoreria/banco/lineas/<int:line_id>/apartar")
@roles(Role.TREASURER)
def line_set_aside(line_id: int) -> Response | tuple[str, int]:
    """Say why a line has no entry."""
    line = _line(line_id)
    form = ReasonForm(prefix="apartar")
    if form.validate_on_submit():
        try:
            services.set_line_aside(line, reason=form.reason.data or "")
            session().commit()
        except ReasonRequired as refusal:
            session().rollback()
            form.blame(refusal, {}, otherwise="reason")
        else:
            flash(_("La línea quedó apartada con su motivo."), "success")
            return redirect(url_for("trust.line_show", line_id=line_id), 303)
    return _line_page(line, aside=form), 422


@blueprint.post("/tesoreria/banco/lineas/<int:line_id>/reabrir")
@roles(Role.TREASURER)
def line_reopen(line_id: int) -> Response:
    """Take back what was said about a line."""
    services.open_line_again(_line(line_id))
    session().commit()
    flash(_("La línea espera otra vez su asiento."), "success")
    return redirect(url_for("trust.line_show", line_id=line_id), 303)


def _line(line_id: int, *, hold: bool | None = None) -> BankLine:
    line = queries.bank_line(line_id, hold=request.method == "POST" if hold is None else hold)
    ensure(line)
    assert line is not None
    return line


def _candidates(line: BankLine) -> list[queries.BookMove]:
    """Return the entries that wait for a line, nearest in time first."""
    moves = queries.unmatched_moves(line.account_code, line.currency)
    same_way = [one for one in moves if (one.money.amount_cents > 0) == (line.amount_cents > 0)]
    return sorted(same_way, key=lambda one: (abs(one.entry_date - line.booked_on), one.entry_id))[:SHOWN_AT_ONCE]


def _line_page(line: BankLine, *, match: MatchForm | None = None, aside: ReasonForm | None = None) -> str:
    candidates = _candidates(line) if line.state == BankLineState.OPEN else []
    return render_template(
        "trust/bank_line_show.html",
        line=line,
        states=BANK_LINE_STATES,
        reasons=MATCH_REASONS,
        read=_,
        candidates=candidates,
        match=match or MatchForm(None, prefix="conciliar").offer(candidates),
        aside=aside or ReasonForm(None, prefix="apartar"),
        may_write=actor().has(Role.TREASURER),
    )
