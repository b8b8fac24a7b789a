"""The awards as open data: 360Giving JSON, tables, and the description that goes with them (Frictionless)."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from core.language import N_, _, localised
from core.settings import setting
from grants.states.application import KIND_LABELS, ApplicantKind
from rendering.spreadsheets import CellKind, Sheet, SheetColumn, render_csv, render_xlsx
from scoring.queries import CommitteeAccount
from scoring.rules.provisions import plain
from transparency.queries import Beneficiary, PublishedReason, PublishedScore

PREFIX = "360G-puente"
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
# name, Frictionless type, kind of cell, what it is
GRANT_FIELDS: tuple[tuple[str, str, CellKind, str], ...] = (
    ("folio", "string", CellKind.TEXT, N_("Folio de la solicitud apoyada")),
    ("beneficiary", "string", CellKind.TEXT, N_("Nombre público de quien recibe el apoyo")),
    ("profile", "string", CellKind.TEXT, N_("person, collective u organisation")),
    ("project", "string", CellKind.TEXT, N_("Título del proyecto")),
    ("call", "string", CellKind.TEXT, N_("Clave de la convocatoria")),
    ("call_title", "string", CellKind.TEXT, N_("Título de la convocatoria")),
    ("amount", "number", CellKind.MONEY, N_("Monto del apoyo")),
    ("currency", "string", CellKind.TEXT, N_("Moneda, norma ISO 4217")),
    ("awarded_on", "date", CellKind.DATE, N_("Día en que se publicó el resultado")),
    ("state", "string", CellKind.TEXT, N_("Estado del apoyo")),
    (
        "name_corrected_on",
        "date",
        CellKind.DATE,
        N_("Día en que se corrigió el nombre ya publicado; vacío si no cambió"),
    ),
)
ENTRY_FIELDS: tuple[tuple[str, str, CellKind, str], ...] = (
    ("number", "string", CellKind.TEXT, N_("Número del asiento: año y consecutivo sin huecos")),
    ("date", "date", CellKind.DATE, N_("Día del asiento")),
    ("kind", "string", CellKind.TEXT, N_("Clase de asiento")),
    ("line", "integer", CellKind.INTEGER, N_("Renglón dentro del asiento")),
    ("account", "string", CellKind.TEXT, N_("Cuenta")),
    ("fund", "string", CellKind.TEXT, N_("Clave de la bolsa")),
    ("amount", "number", CellKind.MONEY, N_("Cargo positivo, abono negativo")),
    ("currency", "string", CellKind.TEXT, N_("Moneda, norma ISO 4217")),
    ("amount_base", "number", CellKind.MONEY, N_("Lo mismo en la moneda del fideicomiso")),
)


def grant_rows(awards: Iterable[Beneficiary]) -> Iterator[list[Any]]:
    """Yield the register as rows of `GRANT_FIELDS`."""
    for one in awards:
        yield [
            one.folio,
            one.name,
            one.kind.value,
            one.project,
            one.call_slug,
            localised(one.call_title),
            one.amount,
            one.amount.currency,
            one.awarded_on,
            one.state.value,
            one.name_corrected_on,
        ]


def _columns(fields: tuple[tuple[str, str, CellKind, str], ...]) -> list[SheetColumn]:
    return [SheetColumn(name, kind) for name, _type, kind, _about in fields]


def grants_csv(awards: Iterable[Beneficiary]) -> Iterator[bytes]:
    """Yield the register as CSV with the documented field names."""
    return render_csv(_columns(GRANT_FIELDS), grant_rows(awards))


def grants_xlsx(awards: Iterable[Beneficiary]) -> bytes:
    """Return the register as a workbook."""
    return render_xlsx([Sheet("grants", _columns(GRANT_FIELDS), grant_rows(awards))], title=_("Padrón de apoyos"))


def entries_csv(rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Yield entries, one line of the journal a row, with the documented field names."""
    return render_csv(_columns(ENTRY_FIELDS), rows)


def scores_csv(scores: Iterable[PublishedScore]) -> Iterator[bytes]:
    """Yield the committees' scores as `puente scoring rank` reads them, in no language."""
    names = ("committee", "application", "reviewer", "criterion", "score")
    return render_csv(names, ([str(getattr(one, name)) for name in names] for one in scores))


def reasons_csv(reasons: Iterable[PublishedReason]) -> Iterator[bytes]:
    """Yield what the committees wrote, under the codes and letters of their scores."""
    names = ("committee", "application", "reviewer", "criterion", "reason")
    return render_csv(names, ([str(getattr(one, name)) for name in names] for one in reasons))


def committee(slug: str, account: CommitteeAccount) -> dict[str, Any]:
    """Return how a committee judged: a row of `marking` is one reviewer, counted by the parts of the scale."""
    guesses, marking = account.guesses, account.marking
    return {
        "call": slug,
        "reviewers": account.reviewers,
        "reviews": account.reviews,
        "alpha": account.alpha,
        "discrepancies": None if account.apart is None else {"reached": account.apart, "compared": account.compared},
        "further_reviews": account.further,
        "recusals": account.recusals,
        "guesses": None if guesses is None else {"made": guesses.made, "asked": guesses.asked},
        "scale_parts": [[plain(low), plain(high)] for low, high in pairwise(account.ends)],
        "marking": [list(row) for row in marking.rows],
        "reviewers_left_out": marking.few,
        "withheld": marking.withheld,
    }


def giving_360(awards: Iterable[Beneficiary]) -> dict[str, Any]:
    """Return the awards as a 360Giving 1.4 package."""
    return {"grants": [_grant(one) for one in awards]}


def _grant(one: Beneficiary) -> dict[str, Any]:
    public_url = str(setting("PUBLIC_URL"))
    grant: dict[str, Any] = {
        "id": f"{PREFIX}-{one.folio}",
        "title": one.project or one.folio,
        "description": localised(one.call_title) + (f": {one.project}" if one.project else ""),
        "currency": one.amount.currency,
        "amountAwarded": float(one.amount.decimal),
        "awardDate": one.awarded_on.isoformat(),
        "fundingOrganization": [{"id": f"{PREFIX}-trust", "name": localised(setting("TRUST_NAME"))}],
        "grantProgramme": [
            {
                "code": one.call_slug,
                "title": localised(one.call_title),
                "url": f"{public_url}/es/convocatorias/{one.call_slug}",
            }
        ],
        "dataSource": f"{public_url}/es/transparencia/datos",
    }
    if one.name_corrected_on is not None:
        grant["dateModified"] = one.name_corrected_on.isoformat()
    recipient = {"id": f"{PREFIX}-recipient-{one.folio}", "name": one.name or one.folio}
    if one.kind is ApplicantKind.PERSON:
        grant["recipientIndividual"] = recipient
    else:
        grant["recipientOrganization"] = [recipient]
    return grant


def profile_name(one: Beneficiary) -> str:
    """Return who was supported: a person, a collective or an organisation."""
    return _(KIND_LABELS[one.kind])


def as_json(content: Any) -> bytes:
    """Return a value as readable JSON."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def data_package(addresses: dict[str, str]) -> dict[str, Any]:
    """Return the Frictionless description of the open data; `addresses` says where each table is."""
    tables = (("grants", GRANT_FIELDS, _("Padrón de apoyos")), ("entries", ENTRY_FIELDS, _("Asientos de los libros")))
    return {
        "profile": "tabular-data-package",
        "name": "puente",
        "title": localised(setting("TRUST_NAME")),
        "licenses": [LICENCE],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "title": title,
                "path": addresses[name],
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "schema": {
                    "fields": [
                        {"name": field, "type": kind, "description": _(about)} for field, kind, _cell, about in fields
                    ]
                },
            }
            for name, fields, title in tables
        ],
    }
