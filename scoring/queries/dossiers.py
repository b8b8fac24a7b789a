"""Dossiers and who may not read them."""

from collections.abc import Iterable

from sqlalchemy import exists, select

from core.database import session
from scoring.models import ConflictDeclaration, Dossier, Panel, PanelSeat


def dossier_by_code(code: str) -> Dossier | None:
    """Return the dossier of this code, whatever its state: not for a reviewer's page."""
    return session().scalar(select(Dossier).where(Dossier.code == code))


def dossiers_by_code(panel: Panel, codes: Iterable[str]) -> dict[str, Dossier]:
    """Return a panel's dossiers among `codes`, reading no others."""
    query = select(Dossier).where(Dossier.panel_id == panel.id, Dossier.code.in_(sorted(set(codes))))
    return {dossier.code: dossier for dossier in session().scalars(query.order_by(Dossier.code))}


def dossiers_of_panel(panel: Panel) -> list[Dossier]:
    """Return every dossier a panel received, in the order of their codes, which tells nothing."""
    return list(session().scalars(select(Dossier).where(Dossier.panel_id == panel.id).order_by(Dossier.code)))


def open_dossiers(panel: Panel) -> list[Dossier]:
    """Return the dossiers reviewers may read: cleared and not withdrawn."""
    return [dossier for dossier in dossiers_of_panel(panel) if dossier.is_open]


def conflicted_pairs(panel: Panel, among: Iterable[Dossier] | None = None) -> set[tuple[int, int]]:
    """Return (dossier id, seat id) of every conflict on record in a panel, or `among` some dossiers."""
    query = (
        select(ConflictDeclaration.dossier_id, ConflictDeclaration.seat_id)
        .join(Dossier, Dossier.id == ConflictDeclaration.dossier_id)
        .where(Dossier.panel_id == panel.id, ConflictDeclaration.conflicted)
        .order_by(ConflictDeclaration.id)
    )
    if among is not None:
        query = query.where(Dossier.id.in_([dossier.id for dossier in among]))
    return {(dossier_id, seat_id) for dossier_id, seat_id in session().execute(query)}


def is_in_conflict(seat: PanelSeat, dossier: Dossier) -> bool:
    """Return whether a conflict between the two is on record."""
    query = select(
        exists().where(
            ConflictDeclaration.seat_id == seat.id,
            ConflictDeclaration.dossier_id == dossier.id,
            ConflictDeclaration.conflicted,
        )
    )
    return bool(session().scalar(query))
