"""Where a file that arrives piece by piece goes: into a draft, or among what the form of a cure or a report holds."""

from typing import Protocol

from accounts.models import User
from core.files import StoredFile
from grants.errors.calls import TooManyFiles, UnknownQuestion
from grants.errors.uploads import UploadTooLate
from grants.models import Application, Attachment, Award, CureRequest, HeldUpload, UploadPurpose
from grants.queries.calls import accepts_now
from grants.queries.determinations import award_of
from grants.queries.screening import cure_of
from grants.rules import form
from grants.services.applications import ensure_editable
from grants.services.attachments import LARGEST_FILES, attach_file
from grants.services.expense_reports import ensure_reportable, is_receipt_slot, receipts_place
from grants.services.held_uploads import held_already, hold_upload
from grants.services.screening import ensure_cure_open

CURE_SLOT = "files"


class UploadPlace(Protocol):
    """What takes files in for one purpose around one application."""

    def ensure_wanted(self, slot: str, name: str) -> None:
        """Refuse what nobody asks for, or not any more."""

    def already(self, slot: str, user: User, size_bytes: int, sha256: str | None) -> HeldUpload | None:
        """Return the very same file where it waits already; refuse another where there is no more room."""

    def receive(self, slot: str, user: User, stored: StoredFile) -> Attachment | HeldUpload:
        """Take the whole file in."""


def upload_place(application: Application, purpose: UploadPurpose) -> UploadPlace:
    """Return what takes files for a purpose.

    Raises:
        UnknownQuestion: this application has no such thing.
    """
    if purpose is UploadPurpose.APPLICATION:
        return _Draft(application)
    if purpose is UploadPurpose.CURE and (cure := cure_of(application)) is not None:
        return _Cure(cure)
    if purpose is UploadPurpose.RECEIPT and (award := award_of(application)) is not None:
        return _Report(award)
    raise UnknownQuestion(question=purpose.value)


def cure_place(cure: CureRequest) -> str:
    """Return where the files of an answer that was not sent yet are held."""
    return f"cure:{cure.id}"


class _Draft:
    def __init__(self, application: Application) -> None:
        self.application = application

    def ensure_wanted(self, slot: str, name: str) -> None:
        item = form.question(self.application.call.form, slot)
        if item is None or item["type"] != "file":
            raise UnknownQuestion(question=slot[:60])
        if not accepts_now(self.application.call):
            raise UploadTooLate(name=name)
        ensure_editable(self.application)

    def already(self, _slot: str, _user: User, _size_bytes: int, _sha256: str | None) -> HeldUpload | None:
        if len(self.application.attachments) >= LARGEST_FILES:
            raise TooManyFiles(most=LARGEST_FILES)
        return None

    def receive(self, slot: str, _user: User, stored: StoredFile) -> Attachment:
        return attach_file(self.application, slot, stored)


class _Cure:
    def __init__(self, cure: CureRequest) -> None:
        self.cure, self.place = cure, cure_place(cure)

    def ensure_wanted(self, slot: str, name: str) -> None:
        if slot != CURE_SLOT:
            raise UnknownQuestion(question=slot[:60])
        ensure_cure_open(self.cure)

    def already(self, slot: str, user: User, size_bytes: int, sha256: str | None) -> HeldUpload | None:
        return held_already(self.place, slot, user, size_bytes=size_bytes, sha256=sha256)

    def receive(self, slot: str, user: User, stored: StoredFile) -> HeldUpload:
        return hold_upload(self.place, slot, user, stored)


class _Report:
    def __init__(self, award: Award) -> None:
        self.award, self.place = award, receipts_place(award)

    def ensure_wanted(self, slot: str, name: str) -> None:
        if not is_receipt_slot(slot):
            raise UnknownQuestion(question=slot[:60])
        ensure_reportable(self.award)

    def already(self, slot: str, user: User, size_bytes: int, sha256: str | None) -> HeldUpload | None:
        return held_already(self.place, slot, user, size_bytes=size_bytes, sha256=sha256, replacing=True)

    def receive(self, slot: str, user: User, stored: StoredFile) -> HeldUpload:
        return hold_upload(self.place, slot, user, stored, replacing=True)
