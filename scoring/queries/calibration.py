"""Sample dossiers and how members scored them."""

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from core.database import session
from scoring.models import Calibration, Panel, PanelSeat, SampleDossier, SampleReading
from scoring.states import PanelState

OVER = (PanelState.RELEASED, PanelState.CANCELLED)


def samples_of(panel: Panel, *, retired: bool = False) -> list[SampleDossier]:
    """Return a committee's samples in order; those taken out of use too when `retired`."""
    query = select(SampleDossier).where(SampleDossier.panel_id == panel.id).order_by(SampleDossier.number)
    return list(session().scalars(query if retired else query.where(SampleDossier.retired_at.is_(None))))


def sample_in(panel: Panel, number: int) -> SampleDossier | None:
    """Return one sample of a committee."""
    query = select(SampleDossier).where(SampleDossier.panel_id == panel.id, SampleDossier.number == number)
    return session().scalar(query)


def sample_for(reviewer_id: int, sample_id: int) -> tuple[SampleDossier, PanelSeat] | None:
    """Return a sample with the seat of a reviewer in its committee; None when they do not sit there."""
    query = (
        select(SampleDossier, PanelSeat)
        .join(SampleDossier.panel)
        .join(PanelSeat, PanelSeat.panel_id == SampleDossier.panel_id)
        .where(SampleDossier.id == sample_id, PanelSeat.reviewer_id == reviewer_id, PanelSeat.left_at.is_(None))
        .options(contains_eager(SampleDossier.panel).joinedload(Panel.rulebook))
    )
    row = session().execute(query).first()
    return (row[0], row[1]) if row is not None else None


def samples_for(reviewer_id: int) -> list[tuple[SampleDossier, SampleReading | None, bool]]:
    """Return the samples of a reviewer's committees at work: each with their reading, and whether it comes first."""
    query = (
        select(SampleDossier, SampleReading, func.coalesce(Calibration.is_required, False))
        .join(SampleDossier.panel)
        .join(PanelSeat, PanelSeat.panel_id == Panel.id)
        .outerjoin(
            SampleReading, (SampleReading.sample_id == SampleDossier.id) & (SampleReading.seat_id == PanelSeat.id)
        )
        .outerjoin(Calibration, Calibration.panel_id == Panel.id)
        .where(
            PanelSeat.reviewer_id == reviewer_id,
            PanelSeat.left_at.is_(None),
            Panel.state.not_in(OVER),
            SampleDossier.retired_at.is_(None) | SampleReading.id.is_not(None),
        )
        .options(contains_eager(SampleDossier.panel))
        .order_by(SampleDossier.panel_id, SampleDossier.number)
    )
    return [(sample, reading, bool(required)) for sample, reading, required in session().execute(query)]


def count_samples_owed(seat: PanelSeat) -> int:
    """Return how many samples a member has still to score before real dossiers open; none where nobody asks."""
    read = select(SampleReading.sample_id).where(SampleReading.seat_id == seat.id)
    query = (
        select(func.count(SampleDossier.id))
        .join(Calibration, Calibration.panel_id == SampleDossier.panel_id)
        .where(
            SampleDossier.panel_id == seat.panel_id,
            SampleDossier.retired_at.is_(None),
            Calibration.is_required,
            SampleDossier.id.not_in(read),
        )
    )
    return session().scalar(query) or 0


def hold_seat(seat: PanelSeat) -> None:
    """Until the transaction ends nobody else writes for this member."""
    session().execute(select(PanelSeat.id).where(PanelSeat.id == seat.id).order_by(PanelSeat.id).with_for_update())


def reading_of(sample: SampleDossier, seat: PanelSeat) -> SampleReading | None:
    """Return how a member scored a sample."""
    query = select(SampleReading).where(SampleReading.sample_id == sample.id, SampleReading.seat_id == seat.id)
    return session().scalar(query)


def readings_in(panel: Panel) -> list[SampleReading]:
    """Return how the members of a committee scored its samples, by letter."""
    query = (
        select(SampleReading)
        .join(SampleReading.sample)
        .join(SampleReading.seat)
        .where(SampleDossier.panel_id == panel.id)
        .options(contains_eager(SampleReading.sample), contains_eager(SampleReading.seat))
        .order_by(PanelSeat.id, SampleDossier.number)
    )
    return list(session().scalars(query))


def calibration_of(panel: Panel) -> Calibration | None:
    """Return what a committee asks for."""
    return session().scalar(select(Calibration).where(Calibration.panel_id == panel.id))
