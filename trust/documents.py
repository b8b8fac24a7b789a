"""The receipt as a PDF, from its frozen content alone: the same content gives the same bytes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from core.language import N_, _, current_language, in_language
from core.money import Money, format_money
from rendering.pdf import Amount, Document, Facts, Notice, Paragraph, QrCode, Space, render_pdf
from trust.models import CONTRIBUTION_KINDS, METHODS, VALUATION_TECHNIQUES, ContributionKind, Method, ValuationTechnique
from trust.rules import amount_in_words

HEADINGS = {"cash": N_("Recibo de aportación en dinero"), "in_kind": N_("Recibo de aportación en especie")}


def receipt_facts(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a receipt states, in the language being spoken: label and value, as page and PDF print them."""
    facts = [
        (_("Número"), content["code"]),
        (_("Fecha en que se recibió"), _day(content["received_on"])),
        (_("Fecha de emisión"), _day(content["issued_on"])),
        (_("A nombre de"), content["holder"] or _("Al portador")),
    ]
    if content["tax_id"]:
        facts.append((_("Clave fiscal"), content["tax_id"]))
    facts += [
        (_("Tipo"), _(CONTRIBUTION_KINDS[ContributionKind(content["kind"])])),
        (_("Forma de entrega"), _(METHODS[Method(content["method"])])),
        (_("Bolsa"), content["fund_name"]),
    ]
    item = content["item"]
    if item:
        facts += [
            (_("Qué se entregó"), item["description"]),
            (_("Cantidad"), f"{item['quantity']:,} {item['unit']}"),
            (_("Cómo se valuó"), _(VALUATION_TECHNIQUES[ValuationTechnique(item["valuation"])])),
        ]
        if item["delivered_to"]:
            facts.append((_("Quién lo recibió"), item["delivered_to"]))
    return facts


def receipt_money(content: Mapping[str, Any]) -> Money:
    """Return the amount of a receipt."""
    return Money(content["amount_cents"], content["currency"])


def render_receipt(content: Mapping[str, Any]) -> bytes:
    """Return the receipt's PDF in the language it was issued in."""
    with in_language(content["language"]):
        return render_pdf(_document(content))


def _document(content: Mapping[str, Any]) -> Document:
    money = receipt_money(content)
    form = content["form"]
    in_kind = form == "in_kind"
    return Document(
        title=_(HEADINGS[form]),
        reference=content["code"],
        language=content["language"],
        author=content["trust_name"],
        subject=_("Recibo %(code)s", code=content["code"]),
        footer_note=content["trust_name"],
        blocks=[
            Paragraph(
                _("%(trust)s recibió esta aportación y la registró en sus libros.", trust=content["trust_name"]), "lead"
            ),
            Amount(
                _("Valor razonable de lo recibido") if in_kind else _("Recibimos"),
                format_money(money, content["language"]),
                amount_in_words(money, content["language"]),
            ),
            Facts(receipt_facts(content)),
            Space(8),
            Notice(
                _("Este recibo confirma que la aportación llegó. No es un comprobante fiscal (CFDI)."),
                "neutral",
                _("Qué es este documento"),
            ),
            Space(8),
            QrCode(
                content["url"],
                _("Compruébalo aquí: la página confirma número, fecha, cantidad y bolsa, sin el nombre."),
            ),
        ],
    )


def _day(text: str | None) -> str:
    if not text:
        return "—"
    return format_date(date.fromisoformat(text), format="long", locale=_locale())


def _locale() -> str:
    return "es_MX" if current_language() == "es" else "en"
