"""The act of a closing as a PDF, from its frozen content alone: the same content gives the same bytes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime

from core.language import _, in_language
from core.money import Money
from rendering.pdf import Column, Document, Facts, Heading, Notice, Paragraph, Signature, Space, Table, render_pdf
from trust.documents.statements import bare
from trust.models import FUND_KINDS, FundKind
from trust.rules.statements import BUDGET, TRANSFERS, Part, part_of

LOCALE = {"es": "es_MX", "en": "en"}


def render_act(content: Mapping[str, Any]) -> bytes:
    """Return the act of a closing in the language it was signed in."""
    with in_language(content["language"]):
        return render_pdf(_document(content))


def _document(content: Mapping[str, Any]) -> Document:
    language = content["language"]
    closed_at = datetime.fromisoformat(content["closed_at"])
    of_year = content["month"] == 0
    if of_year:
        name = str(content["year"])
    else:
        name = format_date(date(content["year"], content["month"], 1), "LLLL y", locale=LOCALE[language])
    moment = format_datetime(closed_at, "d 'de' MMMM 'de' y, HH:mm:ss (ZZZZ)", locale=LOCALE["es"])
    told = {"period": name, "trust": content["trust_name"]}
    said = (
        _("El ejercicio %(period)s de %(trust)s quedó cerrado con las sumas de esta acta.", **told)
        if of_year
        else _("El mes de %(period)s de %(trust)s quedó cerrado con las sumas de esta acta.", **told)
    )
    return Document(
        title=_("Acta de cierre: %(period)s", period=name),
        reference=content["period"],
        language=language,
        author=content["trust_name"],
        subject=_("Acta de cierre: %(period)s", period=name),
        footer_note=content["trust_name"],
        dated=closed_at,
        blocks=[
            Paragraph(said, "lead"),
            Facts(
                [
                    (_("Asientos"), f"{content['entries']:,}"),
                    (_("Del asiento"), content["first"] or "—"),
                    (_("Al asiento"), content["last"] or "—"),
                    (_("Huella de las sumas"), content["sha256"]),
                    *_sealed(content),
                ]
            ),
            Paragraph(
                _(
                    "Antes y después de cerrar se volvieron a sumar todos los asientos de los libros, su numeración, "
                    "sus saldos y los cierres anteriores, y todo coincidió."
                )
            ),
            *(_results(content) if of_year else []),
            Heading(_("Sumas por cuenta y bolsa")),
            _sums(content),
            *(_months(content) if of_year else []),
            Space(12),
            Signature(
                name=content["closed_by"] or _("El sistema"),
                role=_("Tesorería. Confirmó su identidad con su contraseña al cerrar.")
                if content["confirmed"] == "password"
                else _("Tesorería"),
                date=moment,
                hash=content["sha256"],
            ),
        ],
    )


def _sealed(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say what the act answers for beside the sums; acts of earlier releases say nothing of it."""
    facts = []
    if "entries_sha256" in content:
        facts.append((_("Huella de los asientos, con quién, cuándo y a qué tipo de cambio"), content["entries_sha256"]))
    if sealed := content.get("audit"):
        facts.append((_("Hechos de la bitácora desde el acta anterior"), f"{sealed['events']:,}"))
        facts.append((_("Huella de la bitácora"), sealed["sha256"]))
    return facts


def _sums(content: Mapping[str, Any]) -> Table | Paragraph:
    rows = [
        [
            f"{line['account']} {line['account_name']}",
            line["fund_name"],
            line["currency"],
            bare(Money(line["cents"], line["currency"])),
        ]
        for line in content["lines"]
    ]
    if not rows:
        return Paragraph(_("No hubo asientos."))
    columns = [Column(_("Cuenta")), Column(_("Bolsa")), Column(_("Moneda")), Column(_("Movimiento"), "right")]
    return Table(columns, rows)


def _results(content: Mapping[str, Any]) -> list[Heading | Paragraph | Table]:
    """Say what the year's income and expense made of each fund's net assets, money and things apart."""
    found: dict[tuple[Part, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    named: dict[str, tuple[str, str]] = {}
    for line in content["lines"]:
        account, cents = line["account"], line["cents"]
        if account.startswith(BUDGET) or account[0] not in "345":
            continue
        named[line["fund"]] = (line["fund_name"], line["kind"])
        cell = found[part_of(account), line["fund"], line["currency"]]
        cell[2 if account.startswith(("3", TRANSFERS)) else 0 if account[0] == "4" else 1] += cents
    rows = []
    for (part, code, currency), (income, expense, other) in sorted(found.items()):
        fund, kind = named[code]
        amounts = (-income, expense, -other, -income - expense - other)
        rows.append(
            [
                fund if part is Part.CASH else _("%(fund)s (en especie)", fund=fund),
                _(FUND_KINDS[FundKind(kind)][0]),
                currency,
                *(bare(Money(cents, currency)) for cents in amounts),
            ]
        )
    if not rows:
        return []
    columns = [
        *(Column(head) for head in (_("Bolsa"), _("Tipo"), _("Moneda"))),
        *(Column(head, "right") for head in (_("Ingresos"), _("Gastos"), _("Otros cambios"), _("Resultado"))),
    ]
    return [
        Heading(_("Resultado del ejercicio por bolsa")),
        Paragraph(
            _(
                "El resultado pasa al patrimonio por fecha: los libros no asientan una póliza de cierre, y las cuentas "
                "de ingresos y gastos conservan lo que pasó en el año."
            )
        ),
        Table(columns, rows),
    ]


def _months(content: Mapping[str, Any]) -> list[Heading | Table | Notice]:
    return [
        Heading(_("Cierres de los doce meses")),
        Table([Column(_("Mes")), Column(_("Huella de las sumas"), width=4)], content["months"]),
    ]
