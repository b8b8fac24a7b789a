"""What the server has of a step, for a page that was open while somebody else wrote."""

from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify

from core.access import signed_in
from core.errors import NotFound
from grants.routes.applications import own_application
from grants.routes.last_edits import files_of, last_editor, told_of_edits
from grants.routes.room import blueprint
from grants.routes.steps import step_form
from grants.rules import form as rules

NOT_TYPED = frozenset({"csrf_token", "version", "edition"})


@blueprint.get("/solicitudes/<int:application_id>/<step_id>/borrador.json")
@signed_in
def application_draft(application_id: int, step_id: str) -> Response:
    """The version of the draft, what each control of the step would show, and who else changed it last."""
    application = own_application(application_id, editing=True)
    step = rules.step(application.call.form, step_id)
    if step is None:
        raise NotFound()
    form = step_form(application, step, fresh=False)
    return jsonify(
        version=application.version,
        values=dict(_values(form)),
        files=files_of(application),
        who=last_editor(application, step),
        told=told_of_edits(application, step),
    )


def _values(form: Any) -> Iterator[tuple[str, list[str]]]:
    for field in form:
        if hasattr(field, "entries"):
            for entry in field.entries:
                yield from _values(entry.form)
        elif field.name not in NOT_TYPED and field.type != "FileField":
            shown = field._value() if hasattr(field, "_value") else field.data
            yield field.name, [str(shown)] if shown else []
