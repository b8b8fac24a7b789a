"""The acknowledgement of each submission: as a page, as a PDF, and the very bytes it is of."""

import json

from flask import Response, request

from core.access import ensure, signed_in
from core.language import _, current_language
from core.moments import exact_moment
from core.money import Money
from core.web_files import send_bytes
from grants.documents.acuse import acuse_pdf
from grants.errors.calls import (
    ApplicationNotFound,
)
from grants.errors.retention import ContentDestroyed
from grants.models import Application, ApplicationVersion
from grants.queries import applications as queries
from grants.routes.applications import readable_application
from grants.routes.room import blueprint, show
from grants.services.corrections import told_of
from grants.states.application import KIND_LABELS
from grants.states.correction import CORRECTION, CorrectionState


def _version(application: Application) -> ApplicationVersion:
    versions = queries.versions_of(application)
    wanted = request.args.get("envio", "")
    chosen = [one for one in versions if str(one.number) == wanted] if wanted else versions[-1:]
    ensure(chosen, ApplicationNotFound())
    ensure(chosen[0].content, ContentDestroyed())
    return chosen[0]


@blueprint.get("/solicitudes/<int:application_id>/acuse")
@signed_in
def acuse_show(application_id: int) -> Response:
    """The acuse as a page."""
    application = readable_application(application_id)
    version = _version(application)
    return show(
        "grants/acuse_show.html",
        application=application,
        call=application.call,
        version=version,
        content=json.loads(version.content),
        kind=_(KIND_LABELS[application.kind]),
        received=exact_moment(version.submitted_at),
        cents=Money,
        corrections=[one for one in told_of(application) if one.correction.state is CorrectionState.CORRECTED],
        correction_states=CORRECTION,
    )


@blueprint.get("/solicitudes/<int:application_id>/acuse.pdf")
@signed_in
def acuse_document(application_id: int) -> Response:
    """The acuse as a PDF."""
    application = readable_application(application_id)
    version = _version(application)
    data = acuse_pdf(application, version, current_language())
    return send_bytes(data, f"acuse-{application.folio}-{version.number}.pdf", "application/pdf")


@blueprint.get("/solicitudes/<int:application_id>/acuse.json")
@signed_in
def acuse_content(application_id: int) -> Response:
    """The very bytes that the acuse's fingerprint is of."""
    application = readable_application(application_id)
    version = _version(application)
    name = f"solicitud-{application.folio}-{version.number}.json"
    return send_bytes(version.content.encode(), name, "application/json")
