"""Who wrote a step last, as the page of anybody who shares it tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts import queries as people
from core.clock import now
from core.context import actor
from core.language import _
from core.moments import spoken_deadline
from grants.models import Application
from grants.rules import form as rules
from grants.rules.editing import is_at_it


def last_editor(application: Application, step: Mapping[str, Any]) -> str:
    """Return the name of whoever changed a step last; nothing when it was the reader, or nobody yet."""
    by = application.edits.get(step["id"], {}).get("by")
    person = people.user(by) if by is not None and by != actor().user_id else None
    return person.name if person is not None else ""


def told_of_edits(application: Application, step: Mapping[str, Any]) -> str:
    """Return what the reader is told of somebody else's last changes to a step: who, when, what; or nothing."""
    who = last_editor(application, step)
    if not who:
        return ""
    noted = application.edits[step["id"]]
    asked = {item["id"]: rules.label(item) for item in step["questions"]} | {"itinerary": _("Itinerario")}
    what = ", ".join(f"«{asked[one]}»" for one in noted["fields"] if one in asked)
    if is_at_it(noted, now()):
        return _("%(who)s está editando esta página. Cambió %(what)s.", who=who, what=what)
    moment = spoken_deadline(datetime.fromisoformat(noted["at"]))
    return _("%(who)s editó esta página el %(moment)s. Cambió %(what)s.", who=who, moment=moment, what=what)


def files_of(application: Application) -> str:
    """Return a mark of the files a draft has now, which changes when one comes or goes."""
    return ",".join(str(attachment.id) for attachment in application.current_attachments)
