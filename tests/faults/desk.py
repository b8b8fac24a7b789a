"""The treasury's desk under trouble: what a person sends there, and what the books must say afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core.database import db
from core.files import StoredFile
from tests.web.dom import parse, text_of
from trust.models import Contribution, JournalEntry, Receipt
from trust.services import verify_ledger

ADDRESS = "/es/tesoreria/aportaciones/nueva"
TROUBLE = {503: "El servicio está ocupado", 507: "No hay espacio para guardar"}
KEPT = "Lo que escribiste sigue en la página anterior"


def transfer(fund: str, key: str, amount: str = "1,000") -> dict[str, str]:
    """Return the form of a contribution that arrived by transfer."""
    return {
        "key": key, "kind": "donation", "fund": fund, "amount": amount, "currency": "MXN",
        "received_on": "2026-03-02", "giver": "", "name": "Fundación Puente", "email": "dona@example.org",
    }  # fmt: skip


def assert_told(answer: Any, status: int) -> None:
    """The answer is a whole page that says what happened, what was kept and when to come back."""
    assert answer.status_code == status, answer.get_data(as_text=True)[-3000:]
    page = text_of(parse(answer.get_data()))
    assert TROUBLE[status] in page
    assert KEPT in page
    assert int(answer.headers["Retry-After"]) > 0


def assert_books(gifts: int) -> None:
    """The books hold so many gifts, whole, numbered without a gap, each with its receipt and its file, and agree."""
    db.session.rollback()
    db.session.expire_all()
    for column in (JournalEntry.number, Receipt.number):
        numbers = list(db.session.scalars(select(column).order_by(column)))
        assert numbers == list(range(1, gifts + 1)), str(column)
    for table in (Contribution, StoredFile):
        assert db.session.scalar(select(func.count()).select_from(table)) == gifts
    assert verify_ledger() == []
    db.session.rollback()


@contextmanager
def files_in(app: Flask, folder: Path) -> Iterator[Path]:
    """Keep files in a folder of the disk while the block lasts."""
    from core.settings import install_settings  # local: a test's settings are installed by its fixture first

    previous = app.config["FILES_URL"]
    app.config["FILES_URL"] = f"file://{folder}"
    install_settings(app.config)
    yield folder
    app.config["FILES_URL"] = previous
    install_settings(app.config)
