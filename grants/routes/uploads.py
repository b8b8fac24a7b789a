"""Files that arrive piece by piece: said to be coming, taken in, looked after, given up.

Spoken by `static/js/uploads.js`; a form without scripts sends the whole file with its other fields, as ever.
"""

import json
from typing import Any

from flask import Response, jsonify, render_template, request, url_for

from core.access import ensure, signed_in
from core.database import session
from core.errors import InvalidInput, Refusal
from grants import services
from grants.errors.uploads import PartOutOfOrder, UploadNotFound
from grants.models import Application, HeldUpload, PartialUpload, UploadPurpose
from grants.queries.held_uploads import held_uploads
from grants.queries.partial_uploads import partial_upload, unfinished_uploads
from grants.routes.applications import own_application
from grants.routes.room import blueprint, this_person

HEXADECIMAL = frozenset("0123456789abcdef")


@blueprint.post("/solicitudes/<int:application_id>/subidas")
@signed_in
def upload_begin(application_id: int) -> Response:
    """Say what file is coming; the answer says from which byte on."""
    application = own_application(application_id, editing=True)
    sent = request.form
    try:
        upload = services.begin_upload(
            application,
            this_person(),
            sent.get("pregunta", ""),
            name=sent.get("nombre", ""),
            size_bytes=_number(sent.get("bytes")) or 0,
            sha256=_digest(sent.get("sha256")),
            purpose=_purpose(sent.get("para")),
        )
    except Refusal as refusal:
        session().rollback()
        return _refused(refusal)
    session().commit()
    return _state(application, upload)


@blueprint.get("/solicitudes/<int:application_id>/subidas/<int:upload_id>")
@signed_in
def upload_show(application_id: int, upload_id: int) -> Response:
    """How much has arrived."""
    application = own_application(application_id, editing=True)
    return _state(application, _mine(application, upload_id))


@blueprint.post("/solicitudes/<int:application_id>/subidas/<int:upload_id>/parte")
@signed_in
def upload_part(application_id: int, upload_id: int) -> Response:
    """The next piece: the request's body is its bytes, `desde` says where in the file it begins."""
    application = own_application(application_id, editing=True)
    upload = _mine(application, upload_id)
    offset = _number(request.args.get("desde"))
    try:
        taken = services.take_part(upload, this_person(), -1 if offset is None else offset, request.get_data())
    except PartOutOfOrder as refusal:
        session().rollback()
        return _refused(refusal, offset=refusal.offset)
    except Refusal as refusal:
        session().rollback()
        services.give_up_upload(_mine(own_application(application_id, editing=True), upload_id))
        session().commit()
        return _refused(refusal)
    session().commit()
    return _state(application, taken)


@blueprint.post("/solicitudes/<int:application_id>/subidas/<int:upload_id>/cancelar")
@signed_in
def upload_give_up(application_id: int, upload_id: int) -> Response:
    """Forget what has arrived of it."""
    application = own_application(application_id, editing=True)
    services.give_up_upload(_mine(application, upload_id))
    session().commit()
    return jsonify(done=False)


def upload_data(application: Application, purpose: UploadPurpose = UploadPurpose.APPLICATION) -> dict[str, str]:
    """Return what a form says of itself so that its files go piece by piece: where to, what for, what is half sent."""
    waiting = [
        {
            "slot": upload.slot,
            "name": upload.name,
            "offset": upload.received_bytes,
            "bytes": upload.size_bytes,
            "cancel": url_for("grants.upload_give_up", application_id=application.id, upload_id=upload.id),
        }
        for upload in unfinished_uploads(this_person(), application, purpose)
    ]
    return {
        "uploads": url_for("grants.upload_begin", application_id=application.id),
        "upload-for": purpose.value,
        "upload-key": f"{purpose.value}-{application.id}",
        "waiting": json.dumps(waiting),
    }


def _mine(application: Application, number: int) -> PartialUpload:
    upload = partial_upload(application, this_person(), number)
    if upload is None:
        raise UploadNotFound()
    return upload


def _state(application: Application, upload: PartialUpload | HeldUpload) -> Response:
    if isinstance(upload, HeldUpload):
        return _unseen(_held(upload))
    number, whole = application.id, upload.attachment
    told = {
        "offset": upload.received_bytes,
        "bytes": upload.size_bytes,
        "name": upload.name,
        "done": upload.attachment_id is not None,
        "version": application.version,
        "part": url_for("grants.upload_part", application_id=number, upload_id=upload.id),
        "cancel": url_for("grants.upload_give_up", application_id=number, upload_id=upload.id),
    }
    if whole is not None:
        told["name"], told["sha256"] = whole.stored_file.original_name, whole.stored_file.sha256
        told["file"] = url_for("grants.application_file", application_id=number, attachment_id=whole.id)
    return _unseen(told)


def _held(upload: HeldUpload) -> dict[str, Any]:
    stored = upload.stored_file
    items = held_uploads(upload.place, this_person()).get(upload.slot, [])
    return {
        "offset": stored.size_bytes,
        "bytes": stored.size_bytes,
        "name": stored.original_name,
        "sha256": stored.sha256,
        "done": True,
        "held": render_template("grants/held_list.html", items=items),
    }


def _unseen(told: dict[str, Any]) -> Response:
    response = jsonify(told)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(refusal: Refusal, **more: int) -> Response:
    response = jsonify(message=" ".join(filter(None, (refusal.message(), refusal.advice()))), **more)
    response.status_code = refusal.status
    return response


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _purpose(text: str | None) -> UploadPurpose:
    ensure(not text or text in list(UploadPurpose), InvalidInput())
    return UploadPurpose(text or UploadPurpose.APPLICATION)


def _digest(text: str | None) -> str | None:
    ensure(not text or (len(text) == 64 and set(text) <= HEXADECIMAL), InvalidInput())
    return text or None
