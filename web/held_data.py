"""Everything the site holds on a person, for that person: what there is of each kind, and one file with all of it.

Every table that points at a person is named below or excused in the test that looks for new ones.
"""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from core.database import Base, session
from core.files import StoredFile, read
from core.language import N_
from web import queries

SECRET = ("password", "secret", "token", "_hash", "idempotency_key", "code_hash")  # what would open a door
OTHERS = ("_by", "_by_id", "alike")  # ends of columns that name who attended to something, or tell of other people
FILES = ("stored_file_id", "receipt_file_id", "evidence_file_id", "xml_file_id")


@dataclass(frozen=True, slots=True)
class Part:
    """A table of which some rows are about a person: `by` holds their id, or, with a parent, the parent's key."""

    table: str
    label: str
    by: str
    email: bool = False
    parent: tuple[str, str] | None = None  # a part before this one, and which of its columns `by` repeats
    told: str | None = None  # not before this column has a moment: nobody learns a result here first


def _of(table: str, label: str, by: str = "user_id", **more: Any) -> Part:
    return Part(table, label, by, **more)


def _in(table: str, label: str, parent: str, *, key: str = "id", **more: Any) -> Part:
    return Part(table, label, more.pop("by", f"{parent}_id"), parent=(parent, key), **more)


PARTS = (
    _of("user_account", N_("Tu cuenta"), "id"),
    _of("role_grant", N_("Tus funciones")),
    _of("user_session", N_("Tus sesiones")),
    _of("email_token", N_("Enlaces que te enviamos")),
    _of("recovery_code", N_("Tus códigos de recuperación: cuándo se usaron")),
    _of("privacy_answer", N_("Los avisos de privacidad que viste y lo que respondiste")),
    _of("membership", N_("Las organizaciones de las que formas parte")),
    _of("invitation", N_("Invitaciones a tu correo"), "email", email=True),
    _of("audit_event", N_("Lo que hiciste en el sitio"), "actor_id"),
    _of("outbox_message", N_("Correos que te enviamos"), "recipient", email=True),
    _of("call_subscription", N_("Avisos que pediste"), "email", email=True),
    _of("consultation_comment", N_("Tus comentarios a convocatorias")),
    _of("saved_filter", N_("Los filtros que guardaste")),
    _of("held_upload", N_("Archivos que subiste y no enviaste")),
    _of("partial_upload", N_("Archivos que empezaste a subir")),
    _of("application", N_("Tus solicitudes"), "applicant_user_id"),
    _in("application_attachment", N_("Los archivos de tus solicitudes"), "application"),
    _in("application_version", N_("Cada envío de tus solicitudes"), "application"),
    _in("paper_application", N_("De qué registro se leyeron tus solicitudes en papel"), "application"),
    _in("co_applicant", N_("Las personas con quienes viajas"), "application"),
    _of("co_applicant", N_("Solicitudes de otras personas en las que viajas")),
    _in("cure_request", N_("Aclaraciones que te pedimos"), "application"),
    _in("data_correction", N_("Las correcciones que pediste de tus datos"), "application"),
    _in("letter", N_("Cartas sobre tus solicitudes"), "application"),
    _in("application_mail", N_("Los correos sobre tus solicitudes y por qué se repitieron"), "application"),
    _in("determination", N_("Tus resultados"), "application", told="released_at"),
    _in("appeal", N_("Tus inconformidades"), "determination"),
    _in("readmission", N_("Tus inconformidades procedentes que pasaron a evaluación"), "application"),
    _in("award", N_("Tus apoyos"), "determination", key="application_id", by="application_id"),
    _in("agreement", N_("Tus convenios"), "award"),
    _in("tranche", N_("Los pagos de tus apoyos"), "award"),
    _in("expense_report", N_("Tus informes"), "award"),
    _in("expense_line", N_("Los gastos de tus informes"), "expense_report", by="report_id"),
    _of("checkout_order", N_("Tus pagos en línea"), "giver_user_id"),
    _of("contribution", N_("Tus aportaciones"), "giver_user_id"),
    _in("in_kind_item", N_("Lo que diste en especie"), "contribution"),
    _in("offer_contact", N_("Tus datos de contacto en ofertas"), "contribution"),
    _in("receipt", N_("Tus recibos"), "contribution"),
    _in("fiscal_receipt", N_("Tus comprobantes fiscales"), "receipt"),
    _in("invoice_details", N_("Tus datos fiscales"), "contribution"),
    _in("invoice_details", N_("Tus datos fiscales de pagos en línea"), "checkout_order", by="order_id"),
    _in("promised_benefit", N_("Beneficios de tus patrocinios"), "contribution"),
    _in("refund_request", N_("Reembolsos de tus pagos"), "checkout_order", by="order_id"),
    _of("pledge", N_("Tus promesas"), "giver_user_id"),
    _in("pledge_instalment", N_("Las fechas de tus promesas"), "pledge"),
    _of("receipt_bundle", N_("Paquetes de recibos que pediste"), "requested_by_id"),
    _of("reviewer_profile", N_("Tu lugar en el padrón de personas evaluadoras")),
    _of("panel_seat", N_("Tus lugares en comités"), "reviewer_id"),
    _in("assignment", N_("Los expedientes que te tocaron"), "panel_seat", by="seat_id"),
    _in("conflict_declaration", N_("Tus declaraciones de interés"), "panel_seat", by="seat_id"),
    _in("review", N_("Tus evaluaciones"), "assignment"),
    _in("score", N_("Tus calificaciones"), "review"),
    _in("discussion_note", N_("Lo que comentaste en la deliberación"), "panel_seat", by="seat_id"),
    _in("sample_reading", N_("Cómo calificaste las muestras"), "panel_seat", by="seat_id"),
    _in("meeting_member", N_("Las sesiones de comité a las que te convocaron"), "panel_seat", by="seat_id"),
    _in("minutes_objection", N_("Por qué no firmaste un acta"), "meeting_member"),
    _in("meeting_vote", N_("Tus votos en sesiones de comité"), "panel_seat", by="seat_id"),
    _in("reviewer_question", N_("Lo que preguntaste al programa"), "assignment"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds on a person: its label and its rows, without secrets and without other people."""

    part: Part
    rows: list[dict[str, Any]]


def held_on(user_id: int, email: str) -> Iterator[Held]:
    """Yield what every table holds on a person, one statement each, in the order of the list."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in PARTS:
        table = Base.metadata.tables[part.table]
        if part.parent is not None:
            name, key = part.parent
            rows = queries.rows_among(table, part.by, [row[key] for row in found[name]])
        else:
            rows = queries.rows_about(table, part.by, email if part.email else user_id, folded=part.email)
        if part.told is not None:
            rows = [row for row in rows if row[part.told] is not None]
        found[part.table] += rows
        yield Held(part, [_shown(row) for row in rows])


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if not any(word in name for word in SECRET) and not name.endswith(OTHERS)
    }


def package(held: list[Held]) -> bytes:
    """Return a ZIP: `datos.json` with every row, and the files the rows name, under the names they came with."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in held:
            told[one.part.table] += one.rows
        archive.writestr("datos.json", json.dumps(told, ensure_ascii=False, indent=2, default=_plain))
        numbers = {row[name] for one in held for row in one.rows for name in FILES if row.get(name)}
        for number in sorted(numbers):
            stored = session().get_one(StoredFile, number)
            if stored.is_withheld:  # what the antivirus has not called clean is handed to nobody; its row says so
                continue
            archive.writestr(f"archivos/{number}-{stored.original_name}".replace("\\", "/"), read(stored))
    return data.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)
