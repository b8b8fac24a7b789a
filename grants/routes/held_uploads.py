"""How the files of a form survive its refusal: taken in before the rest is judged, shown on it, sent with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from accounts.models import User
from core.database import session
from core.errors import Refusal
from core.files import StoredFile, store_upload
from grants import services
from grants.models import Application, HeldUpload, UploadPurpose
from grants.queries.held_uploads import held_uploads

REMOVE = "quitar-archivo"


@dataclass(frozen=True, slots=True)
class Tray:
    """The files of one person's unfinished form."""

    place: str
    person: User
    purpose: UploadPurpose
    application: Application

    @property
    def held(self) -> dict[str, list[HeldUpload]]:
        """What it holds, by the name of the control."""
        return held_uploads(self.place, self.person)

    def receive(self, *controls: Any) -> bool:
        """Take in what this request sends, take off what it asks to, and commit; tell whether every file was taken.

        Call it after the form was validated: a file refused by name becomes an error of its control.
        """
        unwanted = {int(text) for text in request.form.getlist(REMOVE) if text.isascii() and text.isdigit()}
        services.drop_uploads(self.place, self.person, {number for number in unwanted if number < 2**31})
        taken = True
        for control in controls:
            several = isinstance(control.data, list)
            for sent in _files_of(control.data):
                try:
                    stored = store_upload(sent.stream.read(), sent.filename or "", purpose=self.purpose)
                    services.hold_upload(self.place, control.name, self.person, stored, replacing=not several)
                except Refusal as refusal:
                    control.errors = [*control.errors, refusal.message()]
                    taken = False
        session().commit()
        return taken

    def files(self, slot: str) -> list[StoredFile]:
        """The files that one control holds."""
        return [held.stored_file for held in self.held.get(slot, ())]

    def empty(self) -> None:
        """Hold nothing any longer, and wait for nothing: the form was sent."""
        services.forget_uploads_to(self.application, self.purpose)
        services.release_uploads(upload for files in self.held.values() for upload in files)


def _files_of(data: Any) -> Iterator[FileStorage]:
    for sent in data if isinstance(data, list) else [data]:
        if isinstance(sent, FileStorage) and sent.filename:
            yield sent
