"""Receipts: anybody checks a number; whoever holds the address, or gave, gets the document."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import public
from core.language import in_language
from core.money import Money
from core.web_files import send_bytes
from trust import queries
from trust.documents import HEADINGS, receipt_facts, receipt_money
from trust.errors import ReceiptNotFound
from trust.forms import FindReceiptForm
from trust.models import Receipt
from trust.routes import blueprint
from trust.routes.fiscal import fiscal_facts
from trust.rules import amount_in_words
from trust.services import receipt_bytes
from trust.states import RECEIPT_STATES


@blueprint.get("/recibos")
@public
def receipt_find() -> Response | str | tuple[str, int]:
    """Ask for a receipt's number."""
    form = FindReceiptForm(request.args if "numero" in request.args else None)
    if "numero" in request.args and form.validate():
        code = (form.numero.data or "").strip().upper()
        try:
            queries.receipt_by_code(code)
            return redirect(url_for("trust.receipt_show", code=code), 303)
        except ReceiptNotFound as refusal:
            form.numero.errors = [refusal.message()]
            return render_template("trust/receipt_find.html", form=form), 404
    page = render_template("trust/receipt_find.html", form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/recibos/<code>")
@public
def receipt_show(code: str) -> str:
    """Confirm a receipt's number, date, amount and fund. Whose it is, it does not say."""
    receipt = queries.receipt_by_code(code)
    contribution = receipt.contribution
    return render_template(
        "trust/receipt_show.html",
        receipt=receipt,
        states=RECEIPT_STATES,
        amount=receipt_money(receipt.content),
        contribution=contribution,
        entry=queries.entry_of(contribution),
    )


@blueprint.get("/recibos/documento/<token>")
@public
def receipt_document(token: str) -> str:
    """The receipt as a page, for whoever was given its address."""
    receipt = queries.receipt_by_token(token)
    content = receipt.content
    money: Money = receipt_money(content)
    with in_language(content["language"]):
        facts = receipt_facts(content)
    return render_template(
        "trust/receipt_document.html",
        receipt=receipt,
        content=content,
        facts_shown=facts,
        heading=HEADINGS[content["form"]],
        amount=money,
        words=amount_in_words(money, content["language"]),
        **fiscal_facts(receipt),
    )


@blueprint.get("/recibos/archivo/<token>")
@public
def receipt_file(token: str) -> Response:
    """The receipt as it was issued, for whoever was given its address."""
    return send_receipt(queries.receipt_by_token(token))


def send_receipt(receipt: Receipt) -> Response:
    """Answer with a receipt's PDF."""
    return send_bytes(receipt_bytes(receipt), f"recibo-{receipt.code}.pdf", "application/pdf")
