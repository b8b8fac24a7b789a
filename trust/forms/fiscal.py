"""What a giver types who wants a fiscal receipt in their name. Nobody else is asked for any of it."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from core.forms import choices
from core.language import N_, _, lazy
from trust.rules.cfdi import Receiver, clean_rfc, fiscal_name, is_deductible, regime_allows, rfc_fault
from trust.rules.cfdi_words import REGIMES, USES

MISSING = N_("Este dato hace falta para el CFDI a tu nombre.")
RFC_SENTENCES = {
    "form": N_("Ese RFC no tiene la forma correcta. Cópialo de tu constancia de situación fiscal."),
    "generic": N_("Ese RFC es genérico. Si no tienes uno tuyo, deja esta parte sin llenar."),
    "digit": N_("El último carácter no corresponde al resto. Revísalo; si así viene en tu constancia, márcalo abajo."),
}


class InvoiceFields:
    """Six fields that a form about a gift asks together. They are read only when the first one is marked."""

    wants_invoice = BooleanField(lazy("Quiero un CFDI deducible a mi nombre"))
    rfc = StringField(lazy("RFC"), [Length(max=20, message=lazy("Un RFC tiene 12 o 13 caracteres."))])
    rfc_as_issued = BooleanField(lazy("Así viene el RFC en mi constancia"))
    tax_name = StringField(
        lazy("Nombre o razón social"),
        [Length(max=254, message=lazy("Escribe %(max)s caracteres como máximo.", max=254))],
        description=lazy("Como aparece en tu constancia de situación fiscal, sin el tipo de sociedad."),
    )
    regime = SelectField(
        lazy("Régimen fiscal"),
        default="",
        choices=lambda: choices(
            [("", _(N_("Elige el régimen"))), *((code, f"{code} · {_(words)}") for code, words in REGIMES.items())]
        ),
    )
    postal_code = StringField(
        lazy("Código postal de tu domicilio fiscal"),
        [Length(max=10, message=lazy("Escribe los cinco dígitos."))],
    )
    cfdi_use = SelectField(
        lazy("Uso del CFDI"),
        default="D04",
        choices=lambda: choices([(code, f"{code} · {_(words)}") for code, words in USES.items()]),
        description=lazy("Una persona física que deduce elige «Donativos»; una empresa, «Gastos en general»."),
    )

    def validate_wants_invoice(self, field: Any) -> None:
        """Refuse a fiscal receipt of a gift for what is no gift."""
        package = getattr(self, "package", None)
        if field.data and ((package is not None and package.data) or not is_deductible(self._kind())):
            raise ValidationError(_(N_("Un patrocinio no es un donativo: pide su factura a Tesorería.")))

    def validate_rfc(self, field: Any) -> None:
        """Check a tax number, down to its last character unless the person insists."""
        if not self.wants_invoice.data:
            return
        rfc = clean_rfc(field.data or "")
        if not rfc:
            raise ValidationError(_(MISSING))
        fault = rfc_fault(rfc)
        if fault and not (fault == "digit" and self.rfc_as_issued.data):
            raise ValidationError(_(RFC_SENTENCES[fault]))

    def validate_tax_name(self, field: Any) -> None:
        """Ask for a name that is one."""
        if self.wants_invoice.data and not fiscal_name(field.data or ""):
            raise ValidationError(_(MISSING))

    def validate_regime(self, field: Any) -> None:
        """Ask for a regime."""
        if self.wants_invoice.data and not field.data:
            raise ValidationError(_(MISSING))

    def validate_postal_code(self, field: Any) -> None:
        """Ask for five digits."""
        typed = (field.data or "").strip()
        if self.wants_invoice.data and not (len(typed) == 5 and typed.isascii() and typed.isdigit()):
            raise ValidationError(_(N_("Escribe los cinco dígitos.")))

    def validate_cfdi_use(self, field: Any) -> None:
        """Refuse a use that the tax office does not give to this regime."""
        if self.wants_invoice.data and self.regime.data and not regime_allows(field.data or "", self.regime.data):
            raise ValidationError(_(N_("El SAT no admite ese uso con el régimen que elegiste.")))

    def invoice(self) -> Receiver | None:
        """Return whom the fiscal receipt is made out to, or None where nobody wants one in a name."""
        if not self.wants_invoice.data:
            return None
        return Receiver(
            rfc=clean_rfc(self.rfc.data or ""),
            name=fiscal_name(self.tax_name.data or ""),
            postal_code=(self.postal_code.data or "").strip(),
            regime=self.regime.data,
            use=self.cfdi_use.data,
        )

    def _kind(self) -> str:
        kind = getattr(self, "kind", None)
        return str(kind.data) if kind is not None else "donation"
