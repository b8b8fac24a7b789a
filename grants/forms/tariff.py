"""The forms of the tariff's parts: a line of the budget, what a day pays by country, what a distance pays."""

from collections.abc import Mapping
from typing import Any

from wtforms import FieldList, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.forms import MoneyField, PuenteForm, choices, clean_text
from core.language import LANGUAGES, N_, _, current_language, lazy
from core.money import Money
from grants.forms.applications import WholeNumberField
from grants.rules import form as form_rules
from grants.rules.paper.countries import read_country
from grants.rules.places import countries, country_name
from grants.rules.tariff_building import MOST_ROWS
from grants.rules.tariff_lines import AMOUNT, COUNTED, PER_DIEM, RULE_LABELS, TRAVEL, UNITS, Line, Tariff, lines_of

EMPTY_ROWS = 2  # always there to be filled in
FARTHEST_KM = 20_100
BOTH = N_("Escríbelo en los dos idiomas.")


def _not_negative(_form: Any, field: Any) -> None:
    if isinstance(field.data, Money) and field.data.amount_cents < 0:
        raise ValidationError(_("Escribe una cantidad de cero o más."))


class LineForm(PuenteForm):
    """One line of the budget. Of the days' and the distance's only the name and the cap are written here."""

    tariff = RadioField(lazy("Con qué se calcula"), validate_choice=False)
    name_es = StringField(lazy("Nombre en español"), [Optional(), Length(max=120)])
    name_en = StringField(lazy("Nombre en inglés"), [Optional(), Length(max=120)])
    cents = MoneyField(lazy("Cantidad"), [_not_negative])
    unit = SelectField(lazy("Se paga"), choices=[], validate_choice=False)
    question = SelectField(lazy("Multiplicada por la respuesta a"), choices=[], validate_choice=False)
    cap = MoneyField(lazy("Tope del renglón por solicitud"), [Optional(), _not_negative])
    before: Line | None

    @classmethod
    def of(cls, tariff: Tariff, questions: Mapping[str, Any], before: Line | None) -> "LineForm":
        """Return the form of a line, or of a new one."""
        used = {line.tariff for line in lines_of(tariff)}
        tables = [(PER_DIEM, _("La tabla de días y países")), (TRAVEL, _("La tabla de distancias"))]
        kinds = [*(one for one in tables if one[0] not in used), (AMOUNT, _("Una cantidad propia"))]
        form = cls(data=_shown(before, tariff["currency"]))
        form.before = before
        form.tariff.choices = choices(kinds)
        form.unit.choices = choices((unit, _(label)) for unit, label in UNITS.items())
        form.question.choices = choices([("", _("Ninguna")), *_counted(questions)])
        form.cents.currency = form.cap.currency = tariff["currency"]
        own = before.tariff == AMOUNT if before is not None else len(kinds) == 1
        form.cents.flags.required = own
        for code in LANGUAGES:
            form[f"name_{code}"].flags.required = own and (before is None or before.id not in RULE_LABELS)
        return form

    def sort(self) -> str:
        """Return with what the line is worked out."""
        if self.before is not None:
            return self.before.tariff
        offered = [str(value) for value, *_rest in self.tariff.iter_choices()]
        return str(self.tariff.data) if self.tariff.data in offered else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """A name in both languages or in none of a line of ours; an amount where it is its own."""
        found = [super().validate(extra_validators)]
        ours = self.before is not None and self.before.id in RULE_LABELS
        named = [bool(self[f"name_{code}"].data) for code in LANGUAGES]
        if named.count(True) == 1 or (not any(named) and self.sort() == AMOUNT and not ours):
            found.append(_blame(self.name_en if named[0] else self.name_es, _(BOTH)))
        if not self.sort():
            found.append(_blame(self.tariff, _("Elige una de las opciones.")))
        if self.sort() == AMOUNT:
            if self.cents.data is None and not self.cents.errors:
                found.append(_blame(self.cents, _("Escribe la cantidad.")))
            for field in (self.unit, self.question):
                if str(field.data) not in {value for value, *_more in field.iter_choices()}:
                    found.append(_blame(field, _("Elige una de las opciones.")))
        return all(found)

    def line(self, line_id: str) -> Line:
        """Return the line as the tariff keeps it."""
        name = {code: self[f"name_{code}"].data for code in LANGUAGES} if self.name_es.data else None
        cap = self.cap.data.amount_cents if self.cap.data is not None else None
        if self.sort() != AMOUNT:
            return Line(self.sort(), self.sort(), name, cap_cents=cap)
        cents, question = self.cents.data.amount_cents, self.question.data or None
        return Line(line_id, AMOUNT, name, cents, str(self.unit.data), question, cap)


def _counted(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (item["id"], form_rules.label(item)) for _step, item in form_rules.questions(form) if item["type"] in COUNTED
    ]


def _shown(line: Line | None, currency: str) -> dict[str, Any]:
    if line is None:
        return {"tariff": AMOUNT, "unit": "trip"}
    return {
        "tariff": line.tariff,
        "name_es": (line.name or {}).get("es", ""),
        "name_en": (line.name or {}).get("en", ""),
        "cents": Money(line.cents, currency) if line.tariff == AMOUNT else None,
        "unit": line.unit,
        "question": line.question or "",
        "cap": Money(line.cap_cents, currency) if line.cap_cents is not None else None,
    }


def _blame(field: Any, sentence: str) -> bool:
    field.errors = [*field.errors, sentence]
    return False


def _country(name: str) -> str | None:
    """Return the country that was meant: one that this form shows by this name, or what a hurried hand makes sure."""
    known = (row for language in LANGUAGES for row in countries(language))
    shown = next((code for code, named in known if named.casefold() == name.casefold()), None)
    read = read_country(name) if shown is None else None
    return read.code if read is not None and not read.guessed else shown


class GroupRow(PlainForm):
    """Countries that pay the same."""

    countries = TextAreaField(lazy("Países"), [Optional(), Length(max=3_000)], filters=[clean_text])
    cents = MoneyField(lazy("Cantidad por día y persona"), [Optional(), _not_negative])


class DaysForm(PuenteForm):
    """What a day pays: in most countries, and in some of them."""

    cents = MoneyField(
        lazy("Por día y persona en los demás países"),
        [InputRequired(message=lazy("Escribe el viático.")), _not_negative],
    )
    groups = FieldList(FormField(GroupRow), max_entries=MOST_ROWS + EMPTY_ROWS)
    codes: list[list[str]]

    @classmethod
    def of(cls, tariff: Tariff) -> "DaysForm":
        """Return the form filled from a tariff, with room for more."""
        rates, currency, tongue = tariff["per_diem"], tariff["currency"], current_language()
        rows = [(group["countries"], group["cents"]) for group in rates.get("groups", ())]
        rows += [([country], cents) for country, cents in sorted(rates.get("countries", {}).items())]
        shown = [
            {
                "countries": ", ".join(sorted(country_name(one, tongue) for one in countries)),
                "cents": Money(cents, currency),
            }
            for countries, cents in rows
        ]
        form = cls(
            data={"cents": Money(rates["cents"], currency), "groups": [*shown, *({} for _n in range(EMPTY_ROWS))]}
        )
        form.cents.currency = currency
        for row in form.groups:
            row.form.cents.currency = currency
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Every country is known and stands once; each group has its amount."""
        found = [super().validate(extra_validators)]
        self.codes, taken = [], set[str]()
        for row in self.groups:
            typed, amount = row.form.countries, row.form.cents
            names = [name.strip() for name in (typed.data or "").replace("\n", ",").replace(";", ",").split(",")]
            read = [(name, _country(name)) for name in names if name]
            unknown = [name for name, code in read if code is None]
            codes = list(dict.fromkeys(code for _name, code in read if code is not None))
            twice = [country_name(code, current_language()) for code in codes if code in taken]
            if unknown:
                found.append(_blame(typed, _("No conocemos «%(names)s».", names="», «".join(unknown)[:200])))
            if twice:
                found.append(_blame(typed, _("Ya está en otro renglón: %(names)s.", names=", ".join(twice))))
            if codes and amount.data is None and not amount.errors:
                found.append(_blame(amount, _("Escribe la cantidad.")))
            if amount.data is not None and not read:
                found.append(_blame(typed, _("Escribe al menos un país, o deja vacía la cantidad.")))
            taken |= set(codes)
            self.codes.append(codes)
        return all(found)

    def rows(self) -> list[tuple[list[str], int]]:
        """Return each group's countries and what a day there pays."""
        return [
            (codes, row.form.cents.data.amount_cents)
            for codes, row in zip(self.codes, self.groups, strict=True)
            if codes
        ]


class BandRow(PlainForm):
    """What a journey below so many kilometres pays."""

    km = WholeNumberField(lazy("A menos de tantos kilómetros"), [Optional()], least=1, most=FARTHEST_KM)
    cents = MoneyField(lazy("Cantidad por persona"), [Optional(), _not_negative])


class BandsForm(PuenteForm):
    """What distances pay, from the nearest to the farthest."""

    bands = FieldList(FormField(BandRow), max_entries=MOST_ROWS + EMPTY_ROWS)
    beyond = MoneyField(
        lazy("Más lejos, por persona"), [InputRequired(message=lazy("Escribe la cantidad.")), _not_negative]
    )

    @classmethod
    def of(cls, tariff: Tariff) -> "BandsForm":
        """Return the form filled from a tariff, with room for more."""
        currency = tariff["currency"]
        *near, last = tariff["travel"]
        shown: list[dict[str, Any]] = [
            {"km": band["under_km"], "cents": Money(band["cents"], currency)} for band in near
        ]
        form = cls(
            data={"bands": [*shown, *({} for _n in range(EMPTY_ROWS))], "beyond": Money(last["cents"], currency)}
        )
        form.beyond.currency = currency
        for row in form.bands:
            row.form.cents.currency = currency
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Each band has its bound and its amount, and no bound stands twice."""
        found = [super().validate(extra_validators)]
        taken: set[int] = set()
        for row in self.bands:
            km, amount = row.form.km, row.form.cents
            if km.number is not None and amount.data is None and not amount.errors:
                found.append(_blame(amount, _("Escribe la cantidad.")))
            if amount.data is not None and km.number is None and not km.errors:
                found.append(_blame(km, _("Escribe los kilómetros, o deja vacía la cantidad.")))
            if km.number in taken:
                found.append(_blame(km, _("Esa distancia está dos veces.")))
            taken |= {km.number} if km.number is not None else set()
        return all(found)

    def rows(self) -> dict[int, int]:
        """Return what each band pays, by its bound."""
        return {
            row.form.km.number: row.form.cents.data.amount_cents for row in self.bands if row.form.km.number is not None
        }
