"""The letters the trust writes."""

from datetime import date

from babel.dates import format_date

from core.database import session
from core.files import StoredFile
from core.language import _, in_language, localised
from core.money import Money, format_money
from core.settings import setting
from mail.models import OutboxMessage
from mail.services import enqueue_mail
from trust.models import Pledge, Receipt


def send_pledge_reminder(promised: Pledge, due_on: date, missing: Money, *, late: bool) -> OutboxMessage:
    """Queue the letter that reminds somebody of a part of their promise that is due soon, or is late."""
    language = promised.language
    with in_language(language):
        told = {
            "amount": format_money(missing, language),
            "day": format_date(due_on, "long", locale=language),
            "fund": localised(promised.fund.name, language),
        }
        said = _("El %(day)s se esperan %(amount)s de lo que prometiste a la bolsa «%(fund)s».", **told)
        if late:
            said = _("El %(day)s se esperaban %(amount)s de tu promesa a la bolsa «%(fund)s»: aún no llegan.", **told)
        return enqueue_mail(
            to=promised.email or "",
            subject=_("Tu promesa al fideicomiso"),
            paragraphs=[
                said,
                _("Si ya hiciste la transferencia no hagas nada: la verás en tus aportaciones cuando llegue al banco."),
                _("Si algo cambió, responde a este correo y lo acordamos."),
            ],
            language=language,
            action=(_("Ver mis aportaciones"), f"{setting('PUBLIC_URL')}/{language}/mis-aportaciones"),
            about="trust.pledge",
        )


def send_refund(
    receipt: Receipt, went: Money, kept: Money, to: str, language: str, *, by_transfer: bool
) -> OutboxMessage:
    """Queue the letter that tells a giver what went back and what their receipt still stands for."""
    with in_language(language):
        amount, left = format_money(went, language), format_money(kept, language)
        paragraphs = [
            _("Te devolvimos %(amount)s de tu aportación por transferencia.", amount=amount)
            if by_transfer
            else _(
                "Te devolvimos %(amount)s de tu aportación. Llega por el mismo medio con que pagaste.", amount=amount
            ),
            _("Tu recibo %(code)s queda cancelado.", code=receipt.code)
            if not kept
            else _("Tu recibo %(code)s ampara ahora %(left)s.", code=receipt.code, left=left),
        ]
        return enqueue_mail(
            to=to,
            subject=_("Devolución de tu aportación %(code)s", code=receipt.code),
            paragraphs=paragraphs,
            language=language,
            action=(_("Comprobar el recibo"), f"{setting('PUBLIC_URL')}/{language}/recibos/{receipt.code}"),
            about="trust.refund",
        )


def send_receipt(receipt: Receipt, to: str, language: str) -> OutboxMessage:
    """Queue the letter that thanks a giver and carries the receipt."""
    content = receipt.content
    address = f"{setting('PUBLIC_URL')}/{language}/recibos/archivo/{receipt.token}"
    with in_language(language):
        amount = format_money(Money(content["amount_cents"], content["currency"]), language)
        paragraphs = [
            _(
                "Recibimos tu aportación de %(amount)s a la bolsa «%(fund)s». Gracias.",
                amount=amount,
                fund=content["fund_name"],
            ),
            _("Tu recibo es el %(code)s y va adjunto.", code=receipt.code),
            _("Cualquiera puede comprobar el recibo en %(url)s. La página no muestra tu nombre.", url=content["url"]),
        ]
        return enqueue_mail(
            to=to,
            subject=_("Recibo %(code)s de tu aportación", code=receipt.code),
            paragraphs=paragraphs,
            language=language,
            action=(_("Descargar el recibo"), address),
            attachments=[session().get_one(StoredFile, receipt.stored_file_id)],
            about="trust.receipt",
        )
