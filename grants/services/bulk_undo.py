"""Bring every application of an act back to where it was while the window lasts; afterwards let its letters go."""

from core.audit import record
from core.clock import now
from core.context import acting_as, actor
from core.database import session
from core.errors import Refusal
from core.jobs import enqueue
from grants.errors.queue import BulkNotFound, UndoWindowOver
from grants.models.application import Application
from grants.models.queue import BulkAction, BulkRow
from grants.queries import bulk as queries
from grants.queries.screening import cure_of
from grants.rules.bulk import undo_obstacle
from grants.services.bulk import AT_ONCE, BATCH, Progress, acting_person, assign_officer, said
from grants.services.screening import send_cure_letter
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.bulk import BULK, BULK_ROW, BulkKind, BulkRowState, BulkState
from grants.states.screening import CURE, CureState


def held_action(number: int) -> BulkAction:
    """Return an act, held until the transaction ends: of two who confirm or undo it at once, the second sees the first.

    Raises:
        BulkNotFound: there is none.
    """
    action = queries.bulk_action(number, lock=True)
    if action is None:
        raise BulkNotFound()
    return action


def undo_bulk(action: BulkAction) -> None:
    """Bring its applications back: at once when they are few, in the background when they are many.

    Raises:
        UndoWindowOver: too late, or undone before.
    """
    if action.state is not BulkState.DONE or action.undo_until is None or now() >= action.undo_until:
        raise UndoWindowOver()
    BULK.check(action.state, BulkState.UNDOING)
    action.state, action.undone_by_id = BulkState.UNDOING, actor().user_id
    session().flush()
    if queries.count_rows(action).get(BulkRowState.DONE, 0) <= AT_ONCE:
        perform_undo(action)
    else:
        enqueue("grants.undo_bulk", {"bulk_id": action.id}, unique_key=f"grants.undo_bulk:{action.id}")


def perform_undo(action: BulkAction, *, progress: Progress | None = None) -> None:
    """Bring back every row that nobody touched since, as the person who undid it."""
    with acting_as(acting_person(action.undone_by_id)):
        total = sum(queries.count_rows(action).values())
        last = seen = 0
        while rows := queries.next_rows(action, BulkRowState.DONE, last, BATCH):
            applications = queries.held([row.application_id for row in rows])
            standings = queries.standings(list(applications))
            for row in rows:
                refusal = undo_obstacle(
                    action.kind,
                    standings[row.application_id],
                    screening_id=row.screening_id,
                    officer_id=int(action.terms.get("officer_id") or 0),
                )
                _bring_back(action, row, applications[row.application_id], refusal)
            last, seen = rows[-1].application_id, seen + len(rows)
            session().flush()
            if progress is not None:
                progress(seen, total)
        BULK.check(action.state, BulkState.UNDONE)
        action.state = BulkState.UNDONE
        session().flush()
        record("bulk.undone", "call", action.call_id, None, {"bulk": action.id})


def settle_bulk(action: BulkAction, *, progress: Progress | None = None) -> None:
    """Let the letters of an act go once its window is over. One undone, or still within its window, is left alone."""
    if action.state is BulkState.DONE:
        if action.undo_until is None or now() < action.undo_until:
            return
        BULK.check(action.state, BulkState.SETTLED)
        action.state = BulkState.SETTLED
        session().flush()
        record("bulk.settled", "call", action.call_id, None, {"bulk": action.id})
    if action.state is not BulkState.SETTLED or action.kind is not BulkKind.CURE:
        return
    last = 0
    while rows := queries.next_rows(action, BulkRowState.DONE, last, BATCH):
        for cure in queries.held_cures([row.application_id for row in rows]):
            if cure.state is CureState.OPEN and cure.application.state is ApplicationState.IN_CURE:
                send_cure_letter(cure)
        last = rows[-1].application_id
        session().flush()
        if progress is not None:
            progress(last, last)


def _bring_back(action: BulkAction, row: BulkRow, application: Application, refusal: Refusal | None) -> None:
    if refusal is not None:
        BULK_ROW.check(row.state, BulkRowState.KEPT)
        row.state, row.refusal = BulkRowState.KEPT, said(refusal)
        return
    before = row.before or {}
    if action.kind is BulkKind.ASSIGN:
        assign_officer(application, before.get("officer_id"), before=int(action.terms["officer_id"]))
    else:
        _take_back_verdict(action, application, ApplicationState(before["state"]), bool(before.get("cure_expired")))
    BULK_ROW.check(row.state, BulkRowState.UNDONE)
    row.state = BulkRowState.UNDONE


def _take_back_verdict(
    action: BulkAction, application: Application, target: ApplicationState, cure_expired: bool
) -> None:
    cure = cure_of(application)
    if cure is not None and action.kind is BulkKind.CURE:
        session().delete(cure)
    elif cure is not None and cure_expired:
        CURE.check(cure.state, CureState.OPEN)
        cure.state = CureState.OPEN
    APPLICATION_STATES.check(application.state, target)
    left, application.state = application.state, target
    record(
        "application.screening_undone", "application", application.id, {"state": left.value}, {"state": target.value}
    )
