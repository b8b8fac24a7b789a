"""What became of a draft after its consultation, in public."""

from flask import Response

from core.access import public
from core.language import current_language
from core.settings import setting
from grants.errors.calls import CallNotFound
from grants.routes.room import blueprint, show, visible_call
from grants.rules.comparison import changes
from grants.services.consultation import consulted_content
from grants.states.call import CallState


@blueprint.get("/convocatorias/<slug>/consulta/cambios")
@public
def consultation_changes(slug: str) -> Response:
    """The consulted draft beside the call as it stands."""
    call = visible_call(slug)
    if call.consulted is None:
        raise CallNotFound()
    today = {part: value for part, value in consulted_content(call).items() if part in call.consulted}
    catalogue = {part: {one["id"]: one["name"] for one in setting(part.upper())} for part in ("axes", "regions")}
    return show(
        "grants/consultation_changes.html",
        call=call,
        changes=changes(call.consulted, today, current_language(), catalogue),
        is_final=call.state is not CallState.CONSULTATION,
    )
