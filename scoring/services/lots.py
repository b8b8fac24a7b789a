"""Commit to a lot before the randomness exists; draw it after."""

import secrets

from core.audit import record
from core.clock import now
from core.database import session
from scoring import queries
from scoring.errors import (
    LotAlreadyCommitted,
    LotBeforeOrder,
    LotNotCommitted,
    LotTooEarly,
    NothingToRank,
    RandomnessMissing,
)
from scoring.models import Draw, Panel
from scoring.rules.lots import Commitment, Reveal, commit, draw
from scoring.services.phases import require_phase
from scoring.states import PanelState

SECRET_BYTES = 32


def commit_lot(panel: Panel) -> Draw:
    """Fix the labels, the named source of randomness and the hash of a new secret, to be published at once.

    Raises:
        LotAlreadyCommitted, NothingToRank, WrongPhase: dossiers may still arrive, or the ranking is public.
    """
    require_phase(panel, PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION, PanelState.RANKED)
    if queries.draw_of_panel(panel) is not None:
        raise LotAlreadyCommitted()
    # Also those that nobody has cleared yet: once cleared they compete, and a lot is committed to only once.
    labels = [dossier.code for dossier in queries.dossiers_of_panel(panel) if dossier.withdrawn_at is None]
    if not labels:
        raise NothingToRank()
    source = panel.rulebook.document["lot"]["randomness_source"]
    secret = secrets.token_hex(SECRET_BYTES)
    commitment = commit(labels, source["es"], secret.encode(), panel.rulebook.rules.lot_iterations)
    committed = Draw(
        panel_id=panel.id,
        labels=list(commitment.labels),
        randomness_source=source,
        iterations=commitment.iterations,
        commitment=commitment.digest,
        secret_hex=secret,
        committed_at=now(),
        places={},
    )
    session().add(committed)
    session().flush()
    record("lot.committed", "panel", panel.id, after={"commitment": commitment.digest, "labels": len(labels)})
    return committed


def draw_lots(panel: Panel, randomness: str) -> Draw:
    """Draw the committed lot with the public randomness, exactly as its source published it.

    Only once the order is computed, and the deliberation does not open again: nobody changes a score who could know
    what that does to a tie. The ranking is computed again to use it.

    Raises:
        LotNotCommitted, LotAlreadyCommitted: there is nothing to draw, or it is drawn. RandomnessMissing.
        LotTooEarly, LotBeforeOrder: some reviews are still to come, or scores may still change.
    """
    queries.hold_panel(panel)
    session().refresh(panel)
    require_phase(panel, PanelState.REVIEW, PanelState.DISCUSSION, PanelState.RANKED)
    committed = queries.draw_of_panel(panel)
    if committed is None:
        raise LotNotCommitted()
    if committed.drawn_at is not None:
        raise LotAlreadyCommitted()
    if awaited := queries.count_readings_due(panel):
        raise LotTooEarly(count=awaited)
    if panel.state != PanelState.RANKED:
        raise LotBeforeOrder()
    randomness = randomness.strip()
    if not randomness or len(randomness) > 400:
        raise RandomnessMissing()
    commitment = Commitment(
        tuple(committed.labels), committed.randomness_source["es"], committed.iterations, committed.commitment
    )
    order = draw(commitment, Reveal(committed.secret_hex.encode(), randomness))
    committed.randomness = randomness
    committed.drawn_at = now()
    committed.places = {label: place for place, label in enumerate(order, start=1)}
    session().flush()
    record("lot.drawn", "panel", panel.id, after={"randomness": randomness})
    return committed
