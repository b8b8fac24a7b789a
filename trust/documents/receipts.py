"""The receipt as a PDF, from its frozen content alone: the same content gives the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date

from core.language import N_, _, current_language, in_language, localised
from core.money import Money, format_money
from rendering.pdf import (
    Amount,
    Column,
    Document,
    Facts,
    Notice,
    Paragraph,
    QrCode,
    Space,
    Table,
    render_pdf,
)
from trust.models import (
    CONTRIBUTION_FORMS,
    CONTRIBUTION_KINDS,
    METHODS,
    VALUATION_TECHNIQUES,
    Contribution,
    ContributionForm,
    ContributionKind,
    Method,
    ValuationTechnique,
)
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
    return facts + _package_facts(content)


def _package_facts(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    package = content.get("package")  # receipts older than packages have none
    if not package:
        return []
    currency = content["currency"]
    return [
        (_("Paquete"), package["name"]),
        (_("Lo que recibe a cambio"), "; ".join(package["lines"])),
        (_("Su valor razonable"), format_money(Money(package["returned_cents"], currency))),
        (_("Lo que pasa de ese valor"), format_money(Money(package["gift_cents"], currency))),
    ]


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
                format_money(money),
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


def statement_rows(given: Sequence[Contribution], language: str) -> list[tuple[str, str, str, str]]:
    """Return what a statement lists: date, receipt, fund and what was kept, as page and PDF print them."""
    return [
        (
            _day(one.received_on.isoformat() if one.received_on else None),
            one.receipt.code if one.receipt else "—",
            localised(one.fund.name, language),
            format_money(one.kept),
        )
        for one in given
    ]


def statement_totals(given: Sequence[Contribution]) -> list[tuple[str, Money]]:
    """Return the sums of a statement by form and currency: money and things are never added together."""
    sums: dict[tuple[ContributionForm, str], Money] = {}
    for one in given:
        key = (one.form, one.currency)
        sums[key] = sums.get(key, Money.zero(one.currency)) + one.kept
    return [(_(CONTRIBUTION_FORMS[form]), money) for (form, _currency), money in sorted(sums.items())]


def render_statement(
    given: Sequence[Contribution], *, holder: str, start: date, end: date, trust_name: str, language: str
) -> bytes:
    """Return a giver's statement of a range of dates as a PDF."""
    with in_language(language):
        rows = [list(row) for row in statement_rows(given, language)]
        sums = [(label, format_money(money)) for label, money in statement_totals(given)]
        dates = {"start": _day(start.isoformat()), "end": _day(end.isoformat())}
        said = _("%(trust)s recibió de %(holder)s, del %(start)s al %(end)s:", trust=trust_name, holder=holder, **dates)
        columns = [Column(_("Fecha")), Column(_("Recibo")), Column(_("Bolsa")), Column(_("Cantidad"), "right")]
        return render_pdf(
            Document(
                title=_("Constancia de aportaciones"),
                reference="",
                language=language,
                author=trust_name,
                subject=_("Constancia de aportaciones"),
                footer_note=trust_name,
                blocks=[
                    Paragraph(said, "lead"),
                    Facts(sums),
                    Table(columns, rows),
                    Space(8),
                    Notice(
                        _("Lo que se devolvió ya se descontó. Lo dado en especie lleva su valor razonable, aparte."),
                        "neutral",
                        _("Qué es este documento"),
                    ),
                ],
            )
        )


def _day(text: str | None) -> str:
    if not text:
        return "—"
    return format_date(date.fromisoformat(text), format="long", locale=_locale())


def _locale() -> str:
    return "es_MX" if current_language() == "es" else "en"
