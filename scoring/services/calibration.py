"""Samples before real dossiers: the programme writes them, members score them once and see what was agreed."""

from collections.abc import Mapping

import rfc8785

from core.audit import record
from core.clock import now
from core.database import session
from core.language import localised
from scoring import queries
from scoring.errors.calibration import CalibrationWithoutSamples, SampleIncomplete, SampleRead
from scoring.models import Calibration, Panel, PanelSeat, SampleDossier, SampleReading
from scoring.rules.rulebook import plain
from scoring.rules.samples import SAMPLES, agreement
from scoring.services.phases import BEFORE_RANKING, require_phase
from scoring.services.reviews import ScoreEntry, require_whole

LONGEST_HEADING, LONGEST_TEXT = 200, 10_000


def add_sample(
    panel: Panel, *, heading: str, summary: str, body: str, agreed: Mapping[str, ScoreEntry]
) -> SampleDossier:
    """Write an invented dossier with what the committee agreed on for each criterion.

    Raises:
        SampleIncomplete, WrongPhase. ReviewIncomplete, ScoreOffScale, UnknownCriterion: an agreed score is not whole.
    """
    require_phase(panel, *BEFORE_RANKING)
    texts = [heading.strip()[:LONGEST_HEADING], summary.strip()[:LONGEST_TEXT], body.strip()[:LONGEST_TEXT]]
    if not all(texts):
        raise SampleIncomplete()
    whole = require_whole(panel.rulebook.rules, agreed, least=1)
    queries.hold_panel(panel)
    sample = SampleDossier(
        panel=panel,
        number=len(queries.samples_of(panel, retired=True)) + 1,
        heading=texts[0],
        summary=texts[1],
        body=texts[2],
        agreed=rfc8785.dumps({name: [plain(value), reason] for name, (value, reason) in whole.items()}).decode(),
        written_at=now(),
    )
    session().add(sample)
    session().flush()
    record("sample.written", "panel", panel.id, after={"sample": sample.number})
    return sample


def add_invented_samples(panel: Panel) -> list[SampleDossier]:
    """Add the two samples that come with the rules, in the language being spoken."""
    rules = panel.rulebook.rules
    return [
        add_sample(
            panel,
            heading=localised(one.heading),
            summary=localised(one.summary),
            body=localised(one.body),
            agreed={
                name: ScoreEntry(plain(value), localised(reason))
                for name, (value, reason) in agreement(rules, one).items()
            },
        )
        for one in SAMPLES
    ]


def retire_sample(sample: SampleDossier) -> SampleDossier:
    """Take a sample out of use; who scored it keeps seeing it."""
    queries.hold_panel(sample.panel)
    session().refresh(sample)
    if sample.retired_at is None:
        sample.retired_at = now()
        session().flush()
        record("sample.retired", "panel", sample.panel_id, after={"sample": sample.number})
    return sample


def require_calibration(panel: Panel, required: bool) -> Calibration:
    """Ask every member to score the samples before real dossiers open to them, or no longer.

    Raises:
        CalibrationWithoutSamples. WrongPhase.
    """
    require_phase(panel, *BEFORE_RANKING)
    if required and not queries.samples_of(panel):
        raise CalibrationWithoutSamples()
    queries.hold_panel(panel)
    found = queries.calibration_of(panel)
    if found is None:
        found = Calibration(panel_id=panel.id, is_required=required)
        session().add(found)
    found.is_required = required
    session().flush()
    record("panel.calibration_required", "panel", panel.id, after={"required": required})
    return found


def read_sample(sample: SampleDossier, seat: PanelSeat, scores: Mapping[str, ScoreEntry]) -> SampleReading:
    """Score a sample, once. It counts for nothing: the member sees how far it is from what was agreed.

    Raises:
        SampleRead. ReviewIncomplete, ScoreOffScale, UnknownCriterion.
    """
    queries.hold_seat(seat)
    if queries.reading_of(sample, seat) is not None:
        raise SampleRead()
    rules = sample.panel.rulebook.rules
    whole = require_whole(rules, scores, least=rules.justification_min)
    answers = {name: [plain(value), reason] for name, (value, reason) in whole.items()}
    reading = SampleReading(sample=sample, seat=seat, answers=answers, read_at=now())
    session().add(reading)
    session().flush()
    record("sample.read", "panel", sample.panel_id, after={"sample": sample.number, "seat": seat.id})
    return reading
