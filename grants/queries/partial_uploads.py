"""Files on their way, by whom they concern."""

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from core.database import session
from grants.models.application import Application
from grants.models.partial_upload import PartialUpload, UploadPurpose


def partial_upload(application: Application, user: User, number: int) -> PartialUpload | None:
    """Return a person's own upload to an application; anybody else's does not exist for them."""
    upload = session().get(PartialUpload, number)
    mine = upload is not None and upload.application_id == application.id and upload.user_id == user.id
    return upload if mine else None


def same_upload(
    application: Application, user: User, purpose: UploadPurpose, slot: str, *, size_bytes: int, sha256: str
) -> PartialUpload | None:
    """Return the upload of the very same file to the same place, begun before by the same person."""
    query = select(PartialUpload).where(
        PartialUpload.application_id == application.id,
        PartialUpload.user_id == user.id,
        PartialUpload.purpose == purpose,
        PartialUpload.slot == slot,
        PartialUpload.size_bytes == size_bytes,
        PartialUpload.sha256 == sha256,
    )
    return session().scalars(query.order_by(PartialUpload.id.desc()).limit(1)).first()


def unfinished_uploads(
    user: User, application: Application | None = None, purpose: UploadPurpose = UploadPurpose.APPLICATION
) -> list[PartialUpload]:
    """Return what a person has half sent, for one purpose of one application or at all, longest untouched first."""
    query = select(PartialUpload).where(PartialUpload.user_id == user.id, PartialUpload.attachment_id.is_(None))
    if application is not None:
        query = query.where(PartialUpload.application_id == application.id, PartialUpload.purpose == purpose)
    return list(session().scalars(query.order_by(PartialUpload.touched_at, PartialUpload.id)))


def uploads_to(application: Application, purpose: UploadPurpose | None = None) -> list[PartialUpload]:
    """Return everything that anybody sent piece by piece around an application, or for one purpose of it."""
    query = select(PartialUpload).where(PartialUpload.application_id == application.id).order_by(PartialUpload.id)
    return list(session().scalars(query if purpose is None else query.where(PartialUpload.purpose == purpose)))


def untouched_since(moment: datetime, limit: int = 500) -> list[PartialUpload]:
    """Return the uploads of which nothing was heard since before a moment, oldest first."""
    query = select(PartialUpload).where(PartialUpload.touched_at < moment)
    return list(session().scalars(query.order_by(PartialUpload.touched_at, PartialUpload.id).limit(limit)))
