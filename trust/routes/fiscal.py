"""Fiscal receipts: their files for whoever holds the receipt, and the treasury's list of what waits or failed."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import public, roles
from core.database import session
from core.language import _, current_language
from core.listing import page_number, paginate
from core.roles import Role
from core.settings import setting
from core.web_files import send_bytes
from trust import queries
from trust.documents.fiscal import worth_of
from trust.errors.fiscal import FiscalReceiptNotFound
from trust.forms import ConfirmForm
from trust.forms.fiscal import InvoiceFields
from trust.gateway import cfdi, emitters
from trust.models import CheckoutOrder, Contribution, FiscalReceipt, Receipt
from trust.queries import fiscal as fiscal_queries
from trust.routes import blueprint
from trust.rules.cfdi_words import CANCEL_CODES
from trust.services import fiscal as services
from trust.services import invoice_details
from trust.states.fiscal import FISCAL_STATES, FiscalState


def fiscal_facts(receipt: Receipt | None) -> dict[str, object]:
    """Return what a page about a receipt needs to show its fiscal receipt, or why there is none."""
    found = fiscal_queries.fiscal_receipt_of(receipt)
    return {
        "fiscal": found,
        "worth": worth_of(found.state, found.livemode) if found else None,
        "notes": fiscal_queries.credit_notes_of(found) if found else [],
        "fiscal_states": FISCAL_STATES,
        "has_details": receipt is not None and fiscal_queries.invoice_details_of(receipt.contribution) is not None,
    }


def keep_invoice_details(
    form: InvoiceFields, *, order: CheckoutOrder | None = None, contribution: Contribution | None = None
) -> None:
    """Keep the tax data that came with a gift, where fiscal receipts are issued and one was wanted in a name."""
    receiver = form.invoice() if emitters.issues() else None
    if receiver is not None:
        invoice_details.keep_invoice_details(receiver, order=order, contribution=contribution)


def _of_token(token: str) -> tuple[Receipt, FiscalReceipt]:
    receipt = queries.receipt_by_token(token)
    found = fiscal_queries.fiscal_receipt_of(receipt)
    if found is None:
        raise FiscalReceiptNotFound()
    return receipt, found


def _name(one: FiscalReceipt, ending: str) -> str:
    mark = "cfdi" if one.counts else "cfdi-sin-validez-fiscal"
    return f"{mark}-{one.reference}.{ending}"


def _send_xml(one: FiscalReceipt) -> Response:
    return send_bytes(services.fiscal_xml(one), _name(one, "xml"), "application/xml")


def _send_pdf(one: FiscalReceipt) -> Response:
    return send_bytes(services.fiscal_pdf(one, current_language()), _name(one, "pdf"), "application/pdf")


@blueprint.get("/recibos/documento/<token>/cfdi.xml")
@public
def receipt_cfdi_xml(token: str) -> Response:
    """The fiscal receipt as XML, for whoever was given the receipt's address."""
    return _send_xml(_of_token(token)[1])


@blueprint.get("/recibos/documento/<token>/cfdi.pdf")
@public
def receipt_cfdi_pdf(token: str) -> Response:
    """The fiscal receipt as a PDF, for whoever was given the receipt's address."""
    return _send_pdf(_of_token(token)[1])


@blueprint.get("/recibos/documento/<token>/nota-<int:number>.<any(xml, pdf):form>")
@public
def receipt_note(token: str, number: int, form: str) -> Response:
    """A credit note of a gift, for whoever was given the receipt's address."""
    _receipt, found = _of_token(token)
    note = next((one for one in fiscal_queries.credit_notes_of(found) if one.note_number == number), None)
    if note is None:
        raise FiscalReceiptNotFound()
    return _send_xml(note) if form == "xml" else _send_pdf(note)


@blueprint.route("/recibos/documento/<token>/datos-fiscales", methods=["GET", "POST"])
@public
def invoice_erase(token: str) -> Response | str | tuple[str, int]:
    """Ask whether the tax data behind a receipt are to be deleted, and delete them."""
    receipt = queries.receipt_by_token(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        kept = invoice_details.erase_invoice_details(receipt)
        session().commit()
        if kept:
            flash(_("Borramos tus datos. El CFDI que ya se pidió timbrar los conserva: la ley obliga."), "info")
        else:
            flash(_("Borramos tus datos fiscales."), "success")
        return redirect(url_for("trust.receipt_document", token=token), 303)
    if fiscal_queries.invoice_details_of(receipt.contribution) is None:
        return redirect(url_for("trust.receipt_document", token=token), 303)
    page = render_template("trust/invoice_erase.html", form=form, receipt=receipt)
    return (page, 422) if form.errors else page


@blueprint.get("/tesoreria/cfdi")
@roles(Role.TREASURER)
def fiscal_list() -> str:
    """Fiscal receipts: what waits, what failed and why, what was stamped."""
    wanted = request.args.get("estado", "")
    listing = paginate(fiscal_queries.fiscal_receipts(wanted), page=page_number(request.args))
    return render_template(
        "trust/fiscal_list.html",
        listing=listing,
        states=FISCAL_STATES,
        reasons=CANCEL_CODES,
        options=[
            ("", _("Todos")),
            ("esperan", _("Esperan")),
            ("fallaron", _("Fallaron")),
            ("timbrados", _("Timbrados")),
            ("por-cancelar", _("Por cancelar")),
            ("cancelados", _("Cancelados")),
        ],
        installed=cfdi.is_installed(),
        emitter=emitters.emitter(),
        provider=setting("PAC"),
        may_retry={one.id for one in listing.rows if _is_unfinished(one)},
    )


def _is_unfinished(one: FiscalReceipt) -> bool:
    """Return whether trying again may bring one further: without a provider a draft that is there is all there is."""
    if one.state == FiscalState.DRAFT and one.credits is not None and one.credits.state != FiscalState.STAMPED:
        return False  # a credit note waits for the gift's own
    if one.state == FiscalState.DRAFT:
        return bool(setting("PAC")) or one.xml_file_id is None
    return one.waits_to_be_cancelled


@blueprint.get("/tesoreria/cfdi/<int:fiscal_id>/archivo.xml")
@roles(Role.TREASURER)
def fiscal_xml(fiscal_id: int) -> Response:
    """A fiscal receipt as XML."""
    return _send_xml(fiscal_queries.fiscal_receipt(fiscal_id))


@blueprint.get("/tesoreria/cfdi/<int:fiscal_id>/archivo.pdf")
@roles(Role.TREASURER)
def fiscal_pdf(fiscal_id: int) -> Response:
    """A fiscal receipt as a PDF."""
    return _send_pdf(fiscal_queries.fiscal_receipt(fiscal_id))


@blueprint.post("/tesoreria/cfdi/<int:fiscal_id>/reintentar")
@roles(Role.TREASURER)
def fiscal_retry(fiscal_id: int) -> Response:
    """Ask again about one that waits or failed."""
    if ConfirmForm().validate_on_submit():
        services.retry_fiscal(fiscal_queries.fiscal_receipt(fiscal_id, hold=True))
        session().commit()
        flash(_("Se volverá a intentar enseguida."), "success")
    return redirect(url_for("trust.fiscal_list", estado=request.args.get("estado")), 303)


@blueprint.post("/tesoreria/cfdi/reintentar")
@roles(Role.TREASURER)
def fiscal_retry_all() -> Response:
    """Ask again about all that wait or failed."""
    if ConfirmForm().validate_on_submit():
        count = services.retry_waiting()
        session().commit()
        flash(_("Se volverá a intentar con los %(count)s que esperan.", count=count), "success")
    return redirect(url_for("trust.fiscal_list"), 303)
