"""Many receipts in one ZIP: asked for, made in the background without holding them in memory, cleared after a week."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import IO

from core.audit import record
from core.clock import end_of_day, now, today
from core.context import actor
from core.database import session
from core.files import StoredFile, forget, store_stream
from core.jobs import enqueue
from core.language import _, in_language, localised
from rendering.spreadsheets import Cell, render_csv
from trust import queries
from trust.errors import BundleCleared, BundleNotFound, NothingToBundle, ReceiptTampered
from trust.models import CONTRIBUTION_KINDS, Receipt, ReceiptBundle
from trust.services.receipts import receipt_bytes
from trust.states import RECEIPT_STATES

BUNDLE, CLEAR = "trust.bundle_receipts", "trust.clear_bundles"
KEPT_DAYS = 7
AFTER_MIDNIGHT = timedelta(hours=3)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed moment, so that the same receipts give the same file
Progress = Callable[[int, int], None]


def ask_bundle(wanted: queries.ReceiptFilter, language: str) -> ReceiptBundle:
    """Write down that somebody wants these receipts in one file, and have it made in the background.

    Raises:
        NothingToBundle: no receipt answers the filters.
    """
    last = queries.last_receipt_id(wanted)
    user_id = actor().user_id
    if not last or user_id is None:
        raise NothingToBundle()
    asked = ReceiptBundle(
        requested_by_id=user_id,
        requested_at=now(),
        filters={**wanted.kept(), "language": language},
        last_receipt_id=last,
    )
    session().add(asked)
    session().flush()
    asked.job_id = enqueue(BUNDLE, {"bundle": asked.id}).id
    session().flush()
    record("receipts.bundled", "receipt_bundle", asked.id, None, {"filters": wanted.kept()})
    return asked


def make_bundle(asked: ReceiptBundle, progress: Progress) -> None:
    """Write the ZIP part by part to a file aside, keep it, and plan its clearing. Begun again, it starts from nothing.

    `progress` ends the transaction after each part. A receipt whose file is not the one that was issued is left out,
    and the index says so.
    """
    wanted, bundle_id, last_id = queries.ReceiptFilter.of(asked.filters), asked.id, asked.last_receipt_id
    language = asked.filters["language"]
    total = queries.receipt_count(wanted, last_id)
    with tempfile.TemporaryFile() as aside, tempfile.TemporaryFile() as index:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as archive:
            rows = _put_receipts(archive, queries.receipt_parts(wanted, last_id), total, progress)
            with in_language(language):
                for chunk in render_csv(_headings(), rows):
                    index.write(chunk)
            _put_index(archive, index)
        kept = store_stream(aside, f"recibos-{bundle_id}.zip", "application/zip", "receipts")
    found = queries.bundle_to_make(bundle_id)
    if found is None:
        return
    found.stored_file_id = kept.id
    found.expires_at = now() + timedelta(days=KEPT_DAYS)
    session().flush()
    last_day = today() + timedelta(days=KEPT_DAYS)
    enqueue(CLEAR, run_after=end_of_day(last_day) + AFTER_MIDNIGHT, unique_key=f"{CLEAR}:{last_day}")


def _put_receipts(
    archive: zipfile.ZipFile, parts: Iterator[Sequence[Receipt]], total: int, progress: Progress
) -> Iterator[Sequence[Cell]]:
    """Yield the line of each receipt in the index, once its file is in the archive."""
    done = 0
    for part in parts:
        files = queries.files_of(part)  # kept in the session while the part is, instead of being asked for one by one
        for receipt in part:
            name = f"recibo-{receipt.code}.pdf"
            try:
                archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), receipt_bytes(receipt))
            except ReceiptTampered as wrong:
                name = wrong.message()
            yield _line(receipt, name)
        done += len(files)
        progress(done, total)


def _put_index(archive: zipfile.ZipFile, index: IO[bytes]) -> None:
    index.seek(0)
    with archive.open(zipfile.ZipInfo("indice.csv", ZIP_EPOCH), "w") as target:
        while chunk := index.read(1 << 16):
            target.write(chunk)


def _headings() -> list[str]:
    return [
        _("Recibo"), _("Estado"), _("Fecha en que se recibió"), _("A nombre de"), _("Tipo"), _("Bolsa"), _("Cantidad"),
        _("Moneda"), _("Se devolvió"), _("Archivo"), _("SHA-256"),
    ]  # fmt: skip


def _line(receipt: Receipt, name: str) -> list[Cell]:
    contribution = receipt.contribution
    return [
        receipt.code,
        RECEIPT_STATES.label(receipt.state),
        contribution.received_on,
        receipt.content["holder"] or "",
        _(CONTRIBUTION_KINDS[contribution.kind]),
        localised(contribution.fund.name),
        contribution.money,
        contribution.currency,
        contribution.refunded,
        name,
        receipt.sha256,
    ]


def clear_bundles() -> int:
    """Destroy the files whose days are over; their rows stay. Returns how many went."""
    expired = queries.bundles_expired(now())
    for one in expired:
        stored = session().get(StoredFile, one.stored_file_id)
        if stored is not None:
            forget(stored)
        one.cleared_at = now()
    session().flush()
    return len(expired)


def bundle_file(found: ReceiptBundle) -> StoredFile:
    """Return the file of a wish.

    Raises:
        BundleNotFound: it is not made yet. BundleCleared: its days are over.
    """
    if found.stored_file is None or found.expires_at is None:
        raise BundleNotFound()
    if found.cleared_at is not None or found.expires_at <= now():
        raise BundleCleared(days=KEPT_DAYS)
    return found.stored_file
