"""Files on their way, by whom they concern."""

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from core.database import session
from grants.models.application import Application
from grants.models.partial_upload import PartialUpload


def partial_upload(application: Application, user: User, number: int) -> PartialUpload | None:
    """Return a person's own upload to an application; anybody else's does not exist for them."""
    upload = session().get(PartialUpload, number)
    mine = upload is not None and upload.application_id == application.id and upload.user_id == user.id
    return upload if mine else None


def same_upload(
    application: Application, user: User, question_id: str, size_bytes: int, sha256: str
) -> PartialUpload | None:
    """Return the upload of the very same file to the same question, begun before by the same person."""
    query = select(PartialUpload).where(
        PartialUpload.application_id == application.id,
        PartialUpload.user_id == user.id,
        PartialUpload.question_id == question_id,
        PartialUpload.size_bytes == size_bytes,
        PartialUpload.sha256 == sha256,
    )
    return session().scalars(query.order_by(PartialUpload.id.desc()).limit(1)).first()


def unfinished_uploads(user: User, application: Application | None = None) -> list[PartialUpload]:
    """Return what a person has half sent, to one application or to all, least recently touched first."""
    query = select(PartialUpload).where(PartialUpload.user_id == user.id, PartialUpload.attachment_id.is_(None))
    if application is not None:
        query = query.where(PartialUpload.application_id == application.id)
    return list(session().scalars(query.order_by(PartialUpload.touched_at, PartialUpload.id)))


def uploads_to(application: Application) -> list[PartialUpload]:
    """Return everything that anybody sent piece by piece to an application."""
    query = select(PartialUpload).where(PartialUpload.application_id == application.id).order_by(PartialUpload.id)
    return list(session().scalars(query))


def untouched_since(moment: datetime, limit: int = 500) -> list[PartialUpload]:
    """Return the uploads of which nothing was heard since before a moment, oldest first."""
    query = select(PartialUpload).where(PartialUpload.touched_at < moment)
    return list(session().scalars(query.order_by(PartialUpload.touched_at, PartialUpload.id).limit(limit)))
