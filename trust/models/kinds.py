"""The closed lists of words the trust's tables use. Each has a label people read."""

from enum import StrEnum

from core.language import N_


class AccountKind(StrEnum):
    """What an account measures."""

    ASSET = "asset"
    LIABILITY = "liability"
    NET_ASSETS = "net_assets"
    INCOME = "income"
    EXPENSE = "expense"
    BUDGET = "budget"
    TRADING = "trading"


class FundKind(StrEnum):
    """Who decided what a fund may pay for."""

    UNRESTRICTED = "unrestricted"
    DESIGNATED = "designated"
    RESTRICTED = "restricted"
    ENDOWMENT = "endowment"


FUND_KINDS: dict[FundKind, tuple[str, str]] = {
    FundKind.UNRESTRICTED: (N_("De libre uso"), N_("El comité decide en qué se usa.")),
    FundKind.DESIGNATED: (N_("Designada"), N_("El comité la apartó para un fin.")),
    FundKind.RESTRICTED: (N_("Restringida"), N_("Quien la dio fijó en qué se puede gastar.")),
    FundKind.ENDOWMENT: (N_("Capital inicial"), N_("Es el patrimonio del fideicomiso y no se gasta.")),
}


class EntryKind(StrEnum):
    """What kind of event an entry tells."""

    CONTRIBUTION = "contribution"
    IN_KIND = "in_kind"
    EXCHANGE = "exchange"
    TRANSFER = "transfer"
    BUDGET = "budget"
    PAYMENT = "payment"
    PAYOUT = "payout"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    REVERSAL = "reversal"


ENTRY_KINDS: dict[EntryKind, str] = {
    EntryKind.CONTRIBUTION: N_("Aportación en dinero"),
    EntryKind.IN_KIND: N_("Aportación en especie"),
    EntryKind.EXCHANGE: N_("Cambio de moneda"),
    EntryKind.TRANSFER: N_("Traspaso entre bolsas"),
    EntryKind.BUDGET: N_("Momento del presupuesto"),
    EntryKind.PAYMENT: N_("Pago"),
    EntryKind.PAYOUT: N_("Depósito de pagos en línea"),
    EntryKind.REFUND: N_("Devolución"),
    EntryKind.ADJUSTMENT: N_("Ajuste"),
    EntryKind.REVERSAL: N_("Reversa"),
}


class ContributionKind(StrEnum):
    """Why somebody gave."""

    DONATION = "donation"
    SPONSORSHIP = "sponsorship"
    SUBSIDY = "subsidy"
    ENDOWMENT = "endowment"


CONTRIBUTION_KINDS: dict[ContributionKind, str] = {
    ContributionKind.DONATION: N_("Donativo"),
    ContributionKind.SPONSORSHIP: N_("Patrocinio"),
    ContributionKind.SUBSIDY: N_("Subvención"),
    ContributionKind.ENDOWMENT: N_("Capital inicial"),
}


class ContributionForm(StrEnum):
    """Money, or goods and services. The two are never added together."""

    CASH = "cash"
    IN_KIND = "in_kind"


CONTRIBUTION_FORMS: dict[ContributionForm, str] = {
    ContributionForm.CASH: N_("En dinero"),
    ContributionForm.IN_KIND: N_("En especie"),
}


class Method(StrEnum):
    """The road the money came by."""

    TRANSFER = "transfer"
    CARD = "card"
    OXXO = "oxxo"
    SPEI = "spei"
    DELIVERY = "delivery"


METHODS: dict[Method, str] = {
    Method.TRANSFER: N_("Transferencia bancaria"),
    Method.CARD: N_("Tarjeta"),
    Method.OXXO: N_("Efectivo en OXXO"),
    Method.SPEI: N_("Transferencia SPEI"),
    Method.DELIVERY: N_("Entrega en especie"),
}


ONLINE: dict[Method, str] = {Method.CARD: "", Method.OXXO: "MXN", Method.SPEI: "MXN"}  # the one currency it takes


def online_methods(currency: str) -> list[Method]:
    """Return the roads by which money of a currency can come on line."""
    return [method for method, only in ONLINE.items() if only in ("", currency)]


class ValuationTechnique(StrEnum):
    """How the fair value of a thing given was found."""

    INVOICE = "invoice"
    MARKET_PRICE = "market_price"
    APPRAISAL = "appraisal"
    PUBLISHED_RATE = "published_rate"


VALUATION_TECHNIQUES: dict[ValuationTechnique, str] = {
    ValuationTechnique.INVOICE: N_("Factura"),
    ValuationTechnique.MARKET_PRICE: N_("Precio de mercado"),
    ValuationTechnique.APPRAISAL: N_("Avalúo"),
    ValuationTechnique.PUBLISHED_RATE: N_("Tarifa publicada"),
}
