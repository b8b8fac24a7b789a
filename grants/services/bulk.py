"""Act on many applications at once: prepare what will happen, then do it to every row that stands as it did."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from accounts.models import User
from core.audit import record
from core.clock import now
from core.context import Actor, acting_as, actor
from core.database import session
from core.errors import Refusal
from core.jobs import enqueue
from core.moments import spoken_deadline
from core.settings import setting
from grants.errors.awards import ReasonMissing
from grants.errors.queue import ChangedMeanwhile, NothingChosen, OfficerUnknown
from grants.models.application import Application
from grants.models.call import Call
from grants.models.queue import ApplicationOfficer, BulkAction, BulkRow
from grants.queries import bulk as queries
from grants.queries import parties
from grants.rules.bulk import Circumstances, Standing, obstacle
from grants.rules.deadlines import is_before_closing
from grants.services.applications import known_awards
from grants.services.course import bring_to
from grants.services.impartiality import own_cases_in
from grants.services.screening import evaluate, open_cure, refusal_note, screen_application, send_cure_letter
from grants.states.bulk import BULK, BULK_ROW, BulkKind, BulkRowState, BulkState
from grants.states.call import CallState
from grants.states.screening import CureState, ScreeningVerdict

BATCH = 200
AT_ONCE = 40  # more than this is done in the background
VERDICTS = (BulkKind.ELIGIBLE, BulkKind.CURE, BulkKind.INELIGIBLE)
Progress = Callable[[int, int], None]


def prepare_bulk(call: Call, kind: BulkKind, chosen: Sequence[int], terms: Mapping[str, Any]) -> BulkAction:
    """Write down what an act would do to each chosen application, and do none of it yet.

    `terms` is {"officer_id"} to assign, {"what", "days"} to ask for a cure, otherwise empty.

    Raises:
        NothingChosen: no application of the call. OfficerUnknown: not of the staff. ReasonMissing: no word on what is
        missing. IllegalTransition: the call still takes applications, so nobody is judged.
    """
    if kind is BulkKind.ASSIGN and terms.get("officer_id") not in {person.id for person in queries.officers()}:
        raise OfficerUnknown()
    if kind is BulkKind.CURE and not str(terms.get("what", "")).strip():
        raise ReasonMissing()
    if kind in VERDICTS:
        bring_to(call, CallState.SCREENING)
    action = BulkAction(
        call_id=call.id,
        kind=kind,
        state=BulkState.PREPARED,
        terms=dict(terms),
        prepared_by_id=actor().user_id,
        prepared_at=now(),
    )
    session().add(action)
    session().flush()
    many = _Many(action, call)
    taken = 0
    for start in range(0, len(chosen), BATCH):
        numbers = queries.applications_in(call, chosen[start : start + BATCH])
        rows = [_planned(action, standing, many.obstacle(standing)) for standing in many.look(numbers)]
        if rows:
            session().execute(
                insert(BulkRow.metadata.tables[BulkRow.__tablename__]), rows
            )  # by the table: one statement, refused or not
        taken += len(rows)
    if not taken:
        raise NothingChosen()
    record("bulk.prepared", "call", call.id, None, {"bulk": action.id, "kind": kind.value, "rows": taken})
    return action


def start_bulk(action: BulkAction) -> None:
    """Do what was prepared: at once when it is little, in the background when it is much.

    Raises:
        IllegalTransition: it was begun before.
    """
    BULK.check(action.state, BulkState.RUNNING)
    action.state, action.started_at, action.started_by_id = BulkState.RUNNING, now(), actor().user_id
    session().flush()
    record("bulk.started", "call", action.call_id, None, {"bulk": action.id, "kind": action.kind.value})
    if queries.count_rows(action).get(BulkRowState.PLANNED, 0) <= AT_ONCE:
        perform_bulk(action)
    else:
        enqueue("grants.run_bulk", {"bulk_id": action.id}, unique_key=f"grants.run_bulk:{action.id}")


def perform_bulk(action: BulkAction, *, progress: Progress | None = None) -> None:
    """Do every planned row that nobody touched since the preview, as the person who confirmed it."""
    with acting_as(acting_person(action.started_by_id)):
        many = _Many(action, action.call)
        total = sum(queries.count_rows(action).values())
        last = seen = 0
        while rows := queries.next_rows(action, BulkRowState.PLANNED, last, BATCH):
            applications = queries.held([row.application_id for row in rows])
            standings = {standing.application_id: standing for standing in many.look(list(applications))}
            for row in rows:
                _do(action, row, applications[row.application_id], standings[row.application_id], many)
            last, seen = rows[-1].application_id, seen + len(rows)
            session().flush()
            if progress is not None:
                progress(seen, total)
    _finish(action)


def acting_person(user_id: int | None) -> Actor:
    """Return the person in whose name work goes on in the background: their own cases stay theirs."""
    person = session().get(User, user_id) if user_id is not None else None
    return actor() if person is None else Actor(person.id, person.roles, person.name, language=person.language)


def said(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as a row keeps it: its sentence and values, put into words for each reader."""
    return {"sentence": refusal.sentence, "values": {name: str(value) for name, value in refusal.parameters.items()}}


class _Many:
    """What is asked once for all applications of an act, and once a batch."""

    def __init__(self, action: BulkAction, call: Call) -> None:
        self.action = action
        self.officer_id = int(action.terms.get("officer_id") or 0)
        self._mine = own_cases_in(call)
        self._theirs = frozenset(parties.own_cases(call, self.officer_id)) if self.officer_id else frozenset()
        self._running: dict[int, str] = {}
        self._refused: frozenset[int] = frozenset()

    def look(self, numbers: Sequence[int]) -> list[Standing]:
        """Return how a batch stands, and remember what else decides about it."""
        if self.action.kind is BulkKind.INELIGIBLE:
            self._running = {
                number: spoken_deadline(cure.due_at)
                for number, cure in queries.open_cures(numbers).items()
                if is_before_closing(cure.due_at, now())
            }
            applications = queries.with_calls(numbers)
            known = known_awards(applications)
            self._refused = frozenset(
                application.id for application in applications if evaluate(application, known).eligible is False
            )
        return list(queries.standings(numbers).values())

    def obstacle(self, standing: Standing) -> Refusal | None:
        """Return why nothing is done to an application, or None."""
        number = standing.application_id
        around = Circumstances(
            own=number in self._mine,
            rules_refuse=number in self._refused,
            officer_id=self.officer_id,
            officer_has_stake=number in self._theirs,
            cure_runs_until=self._running.get(number),
        )
        return obstacle(self.action.kind, standing, around)


def _planned(action: BulkAction, standing: Standing, refusal: Refusal | None) -> dict[str, Any]:
    return {
        "bulk_action_id": action.id,
        "application_id": standing.application_id,
        "state": BulkRowState.PLANNED if refusal is None else BulkRowState.REFUSED,
        "seen": standing.mark,
        "before": None,
        "screening_id": None,
        "refusal": None if refusal is None else said(refusal),
    }


def _do(action: BulkAction, row: BulkRow, application: Application, standing: Standing, many: _Many) -> None:
    try:
        refusal = ChangedMeanwhile() if standing.mark != row.seen else many.obstacle(standing)
        if refusal is not None:
            raise refusal
        row.before = {"state": application.state.value, "officer_id": standing.officer_id}
        _act(action, row, application, standing)
    except Refusal as why:
        BULK_ROW.check(row.state, BulkRowState.REFUSED)
        row.state, row.refusal, row.before = BulkRowState.REFUSED, said(why), None
        return
    BULK_ROW.check(row.state, BulkRowState.DONE)
    row.state = BulkRowState.DONE


def _act(action: BulkAction, row: BulkRow, application: Application, standing: Standing) -> None:
    match action.kind:
        case BulkKind.ASSIGN:
            assign_officer(application, int(action.terms["officer_id"]), before=standing.officer_id)
        case BulkKind.ELIGIBLE:
            _judge(row, application, ScreeningVerdict.ELIGIBLE, "")
        case BulkKind.INELIGIBLE:
            _judge(row, application, ScreeningVerdict.INELIGIBLE, refusal_note(evaluate(application)))
        case BulkKind.CURE:
            open_cure(application, what=str(action.terms["what"]), days=int(action.terms.get("days") or 5))
            row.screening_id = queries.standings([application.id])[application.id].screening_id
        case BulkKind.LETTERS:
            for cure in queries.held_cures([application.id]):
                send_cure_letter(cure)


def _judge(row: BulkRow, application: Application, verdict: ScreeningVerdict, note: str) -> None:
    open_before = queries.open_cures([application.id])
    screening = screen_application(application, verdict=verdict, note=note)
    row.screening_id = screening.id
    expired = any(cure.state is CureState.EXPIRED for cure in open_before.values())
    row.before = {**(row.before or {}), "cure_expired": expired}


def assign_officer(application: Application, officer_id: int | None, *, before: int | None) -> None:
    """Say who attends to an application; with None, nobody does."""
    duty = session().get(ApplicationOfficer, application.id)
    if officer_id is None:
        if duty is not None:
            session().delete(duty)
    elif duty is None:
        session().add(ApplicationOfficer(application_id=application.id, officer_id=officer_id, assigned_at=now()))
    else:
        duty.officer_id, duty.assigned_at = officer_id, now()
    record("application.assigned", "application", application.id, {"officer": before}, {"officer": officer_id})


def _finish(action: BulkAction) -> None:
    done = queries.count_rows(action).get(BulkRowState.DONE, 0)
    if action.kind is BulkKind.LETTERS or not done:
        BULK.check(action.state, BulkState.SETTLED)
        action.state = BulkState.SETTLED
    else:
        BULK.check(action.state, BulkState.DONE)
        action.state = BulkState.DONE
        action.undo_until = now() + timedelta(minutes=setting("BULK_UNDO_MINUTES"))
        enqueue(
            "grants.settle_bulk",
            {"bulk_id": action.id},
            run_after=action.undo_until,
            unique_key=f"grants.settle_bulk:{action.id}",
        )
    session().flush()
    record("bulk.done", "call", action.call_id, None, {"bulk": action.id, "rows": done})
