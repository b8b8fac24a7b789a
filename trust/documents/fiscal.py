"""A fiscal receipt as a PDF, from what its XML says and what it is worth."""

from collections.abc import Mapping
from decimal import Decimal
from textwrap import wrap

from core.language import N_, _
from core.money import Money, exponent, format_money
from rendering.pdf import Amount, Block, Document, Facts, Notice, Paragraph, QrCode, Space, render_pdf
from trust.rules.cfdi import verification_url
from trust.rules.cfdi_words import REGIMES, RETURNS, RETURNS_WORDS, USES
from trust.states.fiscal import FiscalState

PAYMENT_WORDS = {
    "01": N_("Efectivo"),
    "03": N_("Transferencia electrónica"),
    "04": N_("Tarjeta"),
    "12": N_("Dación en pago (especie)"),
}


def worth_of(state: FiscalState, counts: bool) -> tuple[str, str, str]:
    """Return tone, title and sentence of what a fiscal receipt is worth, in the reader's language."""
    if state == FiscalState.CANCELLED:
        return "bad", _("CFDI cancelado"), _("Dejó de tener efectos fiscales.")
    if state == FiscalState.DRAFT:
        return "warning", _("Borrador sin validez fiscal"), _("Todavía no tiene el timbre del SAT: no es deducible.")
    if not counts:
        return "warning", _("Timbre de prueba, sin validez fiscal"), _("Lo timbró un simulador: no es deducible.")
    return "good", _("CFDI timbrado"), _("El SAT lo conoce con el folio fiscal que lleva.")


def render_fiscal(facts: Mapping[str, str], *, state: FiscalState, counts: bool, language: str) -> bytes:
    """Return the PDF of a fiscal receipt; only one that counts carries the code the tax office answers to."""
    tone, title, sentence = worth_of(state, counts)
    total = _money(facts["total"], facts["currency"])
    blocks: list[Block] = [
        Notice(sentence, "good" if tone == "good" else "bad" if tone == "bad" else "warning", title),
        Space(8),
        Amount(_("Total"), format_money(total)),
        Facts(_facts(facts)),
        *([Paragraph(facts["legend"])] if facts["legend"] else []),
        Space(8),
        Facts(_seals(facts)),
    ]
    if counts and state == FiscalState.STAMPED:
        address = verification_url(
            uuid=facts["uuid"],
            emitter=facts["emitter_rfc"],
            receiver=facts["receiver_rfc"],
            total=facts["total"],
            seal=facts["seal"],
        )
        blocks += [Space(8), QrCode(address, _("Compruébalo en la página del SAT."))]
    return render_pdf(
        Document(
            title=_("Nota de crédito (CFDI 4.0)") if facts["credits"] else _("Comprobante fiscal digital (CFDI 4.0)"),
            reference=facts["reference"],
            language=language,
            author=facts["emitter_name"],
            subject=title,
            footer_note=title,
            blocks=blocks,
        )
    )


def _facts(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = [
        (_("Folio fiscal (UUID)"), facts["uuid"] or "—"),
        (_("Serie y folio"), f"{facts['series']} {facts['folio']}"),
        (_("Fecha de emisión"), facts["dated"].replace("T", " ")),
        (_("Emite"), f"{facts['emitter_name']} · {facts['emitter_rfc']}"),
        (_("Régimen de quien emite"), _coded(facts["emitter_regime"], REGIMES)),
        (_("Lugar de expedición"), facts["place"]),
        (_("A nombre de"), f"{facts['receiver_name']} · {facts['receiver_rfc']}"),
        (_("Régimen fiscal"), _coded(facts["receiver_regime"], REGIMES)),
        (_("Código postal"), facts["receiver_postal_code"]),
        (_("Uso del CFDI"), _coded(facts["use"], {**USES, RETURNS: RETURNS_WORDS})),
        (_("Concepto"), facts["description"]),
        (
            _("Cantidad"),
            " ".join([facts["quantity"], *facts["unit"].split(), "×", facts["unit_value"], facts["currency"]]),
        ),
        (_("Forma de pago"), _coded(facts["payment_form"], PAYMENT_WORDS)),
    ]
    if facts["exchange_rate"]:
        pairs.append((_("Tipo de cambio"), facts["exchange_rate"]))
    if facts["credits"]:
        pairs.append((_("Folio fiscal del donativo"), facts["credits"]))
    if facts["authorisation"]:
        pairs.append((_("Autorización para recibir donativos"), f"{facts['authorisation']} · {facts['authorised_on']}"))
    return pairs


def _seals(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    pairs = [
        (_("Certificado de quien emite"), facts["certificate_number"]),
        (_("Sello digital"), _broken(facts["seal"])),
    ]
    if facts["uuid"]:
        pairs += [
            (_("Sello del SAT"), _broken(facts["office_seal"])),
            (_("Proveedor de certificación"), f"{facts['provider']} · {facts['stamped'].replace('T', ' ')}"),
        ]
    return pairs


def _coded(code: str, words: Mapping[str, str]) -> str:
    return f"{code} · {_(words[code])}" if code in words else code


def _broken(seal: str) -> str:
    return " ".join(wrap(seal, 40))


def _money(text: str, currency: str) -> Money:
    return Money(int(Decimal(text).scaleb(exponent(currency))), currency)
