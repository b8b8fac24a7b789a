"""The audit trail as auditors and administrators read it: who did what to which thing, when, and from what to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from accounts.queries import user_by_email, user_names
from core.access import roles
from core.audit import AuditEvent
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.roles import Role
from web import queries

ACTORS = {"system": N_("El sistema"), "anonymous": N_("Alguien sin cuenta"), "pending": N_("Alguien a medio entrar")}
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One event with its person named, and what changed as lines of name, before and after."""

    event: AuditEvent
    who: str
    changes: tuple[tuple[str, str, str], ...]


def install(blueprint: Blueprint) -> None:
    """Hang the page on the roof's blueprint."""
    blueprint.get("/bitacora")(audit_list)


@roles(Role.ADMINISTRATOR)
def audit_list() -> str:
    """Everything that happened, newest first. Nobody can change or remove a line of it."""
    subjects = queries.audited_subjects()
    person = searched(request.args, "persona")
    found = user_by_email(person) if person else None
    query = queries.audit_events(
        search=searched(request.args),
        subject=chosen(request.args, "asunto", subjects),
        subject_id=searched(request.args, "numero"),
        actor_id=(found.id if found else NOBODY) if person else None,
        request_id=searched(request.args, "referencia"),
    )
    listing = paginate(query, page=page_number(request.args), per_page=50)
    names = user_names({event.actor_id for event in listing.rows if event.actor_id})
    rows = [Told(event, who(event, names), tuple(changes(event))) for event in listing.rows]
    options = [("", _("Todos")), *((subject, subject) for subject in subjects)]
    return render_template("web/audit_list.html", listing=listing, rows=rows, subject_options=options)


def who(event: AuditEvent, names: dict[int, str]) -> str:
    """Return who acted, in words."""
    if event.actor_id is not None:
        return names.get(event.actor_id) or _("Cuenta %(number)s", number=event.actor_id)
    return _(ACTORS.get(event.actor_kind, event.actor_kind))


def changes(event: AuditEvent) -> Iterator[tuple[str, str, str]]:
    """Yield each value that is not the same after as before, in the order of its name."""
    before, after = event.before or {}, event.after or {}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name) or event.before is None:
            yield name, shown(before.get(name)), shown(after.get(name))


def shown(value: Any) -> str:
    """Return a stored value for a person's eye; nothing for nothing."""
    return "" if value is None else str(value)
