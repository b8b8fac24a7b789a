"""Receipts as a whole: which answer some filters, in parts, and the files made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from core.database import session
from core.files import StoredFile
from trust.errors import BundleNotFound
from trust.models import Contribution, Fund, Receipt, ReceiptBundle

PART = 200


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts: by the day the contribution came, series, fund and giver. `whole` is everybody's."""

    start: date | None = None
    end: date | None = None
    series: str | None = None
    fund: str | None = None
    whole: bool = False
    organisation_ids: tuple[int, ...] = ()
    user_id: int | None = None

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept with a wish."""
        return {
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "series": self.series,
            "fund": self.fund,
            "whole": self.whole,
            "organisation_ids": list(self.organisation_ids),
            "user_id": self.user_id,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "ReceiptFilter":
        """Return what was kept with a wish."""
        return cls(
            start=date.fromisoformat(kept["start"]) if kept["start"] else None,
            end=date.fromisoformat(kept["end"]) if kept["end"] else None,
            series=kept["series"],
            fund=kept["fund"],
            whole=kept["whole"],
            organisation_ids=tuple(kept["organisation_ids"]),
            user_id=kept["user_id"],
        )


def receipts(wanted: ReceiptFilter) -> Select[Receipt]:
    """Return the query of receipts that answer the filters, newest first, with contribution and fund."""
    query = (
        select(Receipt)
        .join(Receipt.contribution)
        .join(Contribution.fund)
        .options(contains_eager(Receipt.contribution).contains_eager(Contribution.fund))
    )
    if wanted.start is not None:
        query = query.where(Contribution.received_on >= wanted.start)
    if wanted.end is not None:
        query = query.where(Contribution.received_on <= wanted.end)
    if wanted.series is not None:
        query = query.where(Receipt.series == wanted.series)
    if wanted.fund is not None:
        query = query.where(Fund.code == wanted.fund)
    if not wanted.whole:
        mine = Contribution.giver_organisation_id.in_(wanted.organisation_ids)
        query = query.where(mine | (Contribution.giver_user_id == (wanted.user_id or -1)))
    return query.order_by(Receipt.id.desc())


def receipt_count(wanted: ReceiptFilter, last_id: int | None = None) -> int:
    """Return how many receipts answer the filters, up to a number where one is given."""
    query = receipts(wanted).order_by(None)
    if last_id is not None:
        query = query.where(Receipt.id <= last_id)
    return session().scalar(select(func.count()).select_from(query.subquery())) or 0


def last_receipt_id(wanted: ReceiptFilter) -> int:
    """Return the newest receipt that answers the filters; 0 where there is none."""
    return session().scalar(select(func.max(receipts(wanted).order_by(None).subquery().c.id))) or 0


def receipt_parts(wanted: ReceiptFilter, last_id: int) -> Iterator[list[Receipt]]:
    """Yield the receipts in parts, oldest first. A transaction may end between two parts."""
    after = 0
    query = receipts(wanted).order_by(None).order_by(Receipt.id).limit(PART)
    while part := list(session().scalars(query.where(Receipt.id > after, Receipt.id <= last_id))):
        after = part[-1].id
        yield part


def files_of(part: Sequence[Receipt]) -> list[StoredFile]:
    """Return the kept files of some receipts."""
    ids = [one.stored_file_id for one in part]
    return list(session().scalars(select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)))


def bundle(bundle_id: int, requested_by_id: int | None) -> ReceiptBundle:
    """Return a file of receipts that this person asked for, with its work.

    Raises:
        BundleNotFound: there is none, or somebody else asked for it.
    """
    found = session().scalar(
        select(ReceiptBundle)
        .options(joinedload(ReceiptBundle.job), joinedload(ReceiptBundle.stored_file))
        .where(ReceiptBundle.id == bundle_id, ReceiptBundle.requested_by_id == requested_by_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise BundleNotFound()
    return found


def bundle_to_make(bundle_id: int) -> ReceiptBundle | None:
    """Return a wish for a file whose file is not there yet."""
    found = session().get(ReceiptBundle, bundle_id, populate_existing=True)
    return None if found is None or found.stored_file_id is not None else found


def bundles_of(requested_by_id: int | None, after: datetime) -> list[ReceiptBundle]:
    """Return the files of receipts that a person asked for since a moment, newest first."""
    query = (
        select(ReceiptBundle)
        .options(joinedload(ReceiptBundle.job), joinedload(ReceiptBundle.stored_file))
        .where(ReceiptBundle.requested_by_id == requested_by_id, ReceiptBundle.requested_at > after)
        .order_by(ReceiptBundle.id.desc())
    )
    return list(session().scalars(query))


def bundles_expired(moment: datetime) -> list[ReceiptBundle]:
    """Return the files whose days are over and that are still there, held until the transaction ends."""
    query = (
        select(ReceiptBundle)
        .where(ReceiptBundle.expires_at <= moment, ReceiptBundle.cleared_at.is_(None))
        .order_by(ReceiptBundle.id)
        .with_for_update()
    )
    return list(session().scalars(query))
