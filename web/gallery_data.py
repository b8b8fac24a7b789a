"""Examples for the gallery of components: every state each one can be in. Nothing here is stored, nor translated."""

from datetime import UTC, date, datetime
from typing import Any

from flask_wtf.file import FileAllowed, FileSize, MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from core.forms import CityDateTimeField, MoneyField, PuenteForm
from core.listing import Listing
from core.money import Money

CLOSES = datetime(2026, 11, 23, 5, 59, tzinfo=UTC)
PDF_OF_5_MB = [FileAllowed(["pdf"]), FileSize(5_000_000)]  # type: ignore[no-untyped-call]
REGIONS = (("latin_america", "América Latina"), ("europe", "Europa"), ("asia", "Asia"))
DIGEST = "9f2b1c7d4e0a6b83c5d1f4e7a9b2c6d80e3f5a7b1c9d2e4f6a8b0c3d5e7f9a1b"


class AddressForm(PuenteForm):
    """Fields inside a field; the outer form carries the token."""

    class Meta(PuenteForm.Meta):
        """No second token."""

        csrf = False

    street = StringField("Calle y número", [DataRequired()], render_kw={"autocomplete": "street-address"})
    postcode = StringField("Código postal", render_kw={"autocomplete": "postal-code", "inputmode": "numeric"})


class GalleryForm(PuenteForm):
    """One field of every kind we use."""

    title = StringField("Nombre del proyecto", [InputRequired(), Length(max=120)])
    summary = TextAreaField("Resumen", [InputRequired()])
    email = EmailField("Correo", [InputRequired()], render_kw={"autocomplete": "email"})
    password = PasswordField("Contraseña", [InputRequired()], render_kw={"autocomplete": "new-password"})
    region = SelectField("Región de destino")
    kind = RadioField("¿Quién pide el apoyo?", [InputRequired()])
    axes = SelectMultipleField("Ejes a los que aporta")
    agree = BooleanField("Leí las reglas y las acepto", [InputRequired()])
    starts_on = DateField("Primer día del viaje", [InputRequired()])
    closes_at = CityDateTimeField("Cierre")
    people = IntegerField("Personas que viajan", [InputRequired()])
    score = DecimalField("Calificación", places=1)
    amount = MoneyField("Monto que pides", [InputRequired()])
    letter = FileField("Carta de invitación", PDF_OF_5_MB)
    photos = MultipleFileField("Fotografías")
    address = FormField(AddressForm, "Domicilio")
    cities = FieldList(StringField("Ciudad"), label="Ciudades", min_entries=2)
    step = HiddenField(default="2")

    def prepare(self) -> "GalleryForm":
        """Give the choices."""
        self.region.choices = list(REGIONS)
        self.kind.choices = [("person", "Una persona"), ("collective", "Un grupo o colectivo")]
        self.axes.choices = [("1", "Ciudad creativa y diversa"), ("2", "Ciudad de derechos")]
        return self


def examples() -> dict[str, Any]:
    """Return what web/gallery.html shows."""
    fresh = GalleryForm(
        formdata=None, data={"region": "europe", "amount": Money(2_500_000, "MXN"), "closes_at": CLOSES, "people": 4}
    ).prepare()
    wrong = GalleryForm(formdata=MultiDict(), prefix="x", meta={"csrf": False}).prepare()
    wrong.process(MultiDict({"x-amount": "25 mil", "x-people": "cuatro", "x-summary": "Una gira de doce días."}))
    wrong.validate()
    return {
        "fresh": fresh,
        "wrong": wrong,
        "rows": _rows(),
        "listing": Listing(_rows(), 132, 2, 25),
        "empty_listing": Listing((), 0, 1, 25),
        "short_listing": Listing(_rows(), 3, 1, 25),
        "total": Money(78_500_050, "MXN"),
        "loss": Money(-125_000, "USD"),
        "closes_at": CLOSES,
        "day": date(2026, 11, 22),
        "digest": DIGEST,
        "events": _events(),
        "svg": _svg(),
    }


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "folio": "PAR-2026-0042",
            "project": "Son jarocho en Róterdam",
            "amount": Money(18_500_000, "MXN"),
            "tone": 0,
        },
        {
            "folio": "PAR-2026-0043",
            "project": "Estancia en cambio climático",
            "amount": Money(5_000_050, "MXN"),
            "tone": 1,
        },
        {
            "folio": "PAR-2026-0051",
            "project": "Festival de cortometraje",
            "amount": Money(55_000_000, "MXN"),
            "tone": 2,
        },
    ]


def _events() -> list[dict[str, Any]]:
    return [
        {
            "at": datetime(2026, 10, 1, 16, 0, tzinfo=UTC),
            "title": "Se publicó la convocatoria",
            "by": "Ventanilla única",
        },
        {
            "at": datetime(2026, 11, 3, 18, 30, tzinfo=UTC),
            "title": "Se amplió el plazo",
            "text": "Una semana más, por el corte de energía del 2 de noviembre.",
            "url": "#addendum",
        },
        {"at": CLOSES, "title": "Cerró"},
    ]


def _svg() -> str:
    bars = "".join(
        f"%3Crect x='90' y='{20 + 36 * i}' width='{width}' height='20' fill='%234F3A86'/%3E"
        for i, width in enumerate((220, 140, 60))
    )
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 360 140'%3E"
        f"%3Crect width='360' height='140' fill='%23FBFAF7'/%3E{bars}%3C/svg%3E"
    )
