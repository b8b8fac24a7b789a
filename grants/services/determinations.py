"""Turn the committee's order into decisions, keep them until the money is there, and release them all at once."""

from collections.abc import Callable
from dataclasses import dataclass

from core.audit import record
from core.clock import end_of_day, now, today
from core.database import session
from core.jobs import enqueue
from core.language import in_language
from grants.emails import letters
from grants.errors.awards import AlreadyDetermined, NothingToRelease, RankingNotReleased, UncommittedAwards
from grants.models.application import Application
from grants.models.call import Call
from grants.models.determination import Determination
from grants.queries import determinations as queries
from grants.queries.calls import call_by_slug
from grants.rules.appeals import last_day
from grants.services.awards import decline_award
from grants.services.course import bring_to
from grants.services.impartiality import ensure_impartial_in
from grants.services.letters import send_letter
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.call import CallState
from grants.states.determination import DETERMINATION, DeterminationState, Outcome
from scoring import queries as scoring_queries
from scoring.queries import DeterminationRow
from scoring.services import tells_results
from scoring.states import Determination as Decided

Progress = Callable[[int, int], None]
LETTER_BATCH = 100
WITHDRAWN_REASON = "La solicitud se retiró antes de publicarse los resultados."
_OUTCOME = {
    Decided.AWARDED: Outcome.AWARDED,
    Decided.WAITLISTED: Outcome.WAITLISTED,
    Decided.NOT_SELECTED: Outcome.NOT_SELECTED,
    Decided.BELOW_THRESHOLD: Outcome.NOT_SELECTED,
}
_STATE = {
    Outcome.AWARDED: ApplicationState.AWARDED,
    Outcome.WAITLISTED: ApplicationState.WAITLISTED,
    Outcome.NOT_SELECTED: ApplicationState.NOT_SELECTED,
}


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """How many determinations went out, and how many letters are on their way."""

    released: int
    letters: int


@tells_results
def are_results_out(call_key: str) -> bool:
    """Return whether the results of the call that a committee's key names are public."""
    call = call_by_slug(call_key.partition("/")[0])
    return call is not None and queries.count_released(call) > 0


def prepare_determinations(call: Call) -> list[Determination]:
    """Write down, still for us alone, what the committee's released order decides for each application.

    Those found ineligible get their determination from the screening. Doing it again while all are pending starts anew.

    Raises:
        RankingNotReleased: the order is not final. AlreadyDetermined: people were told.
        OwnCaseInCall: whoever prepares has a stake in one of them.
    """
    ensure_impartial_in(call)
    rows = scoring_queries.determinations(call.slug)
    if not rows:
        raise RankingNotReleased()
    if queries.count_released(call):
        raise AlreadyDetermined()
    for old in queries.determinations_of(call):
        session().delete(old)
    session().flush()
    moment = now()
    applications = queries.applications_by_code(call)
    prepared = [
        _from_row(call, applications[row.dossier_code], row)
        for row in rows
        if row.dossier_code in applications and applications[row.dossier_code].state is ApplicationState.IN_REVIEW
    ]
    for application, screening in queries.found_ineligible(call):
        prepared.append(
            Determination(
                call_id=call.id,
                application_id=application.id,
                outcome=Outcome.INELIGIBLE,
                currency=call.currency,
                reason=screening.note,
                reason_params={"rules": screening.reasons},
            )
        )
    for found in prepared:
        found.state, found.prepared_at = DeterminationState.PENDING, moment
    session().add_all(prepared)
    session().flush()
    bring_to(call, CallState.DELIBERATION)
    record("determinations.prepared", "call", call.id, None, {"count": len(prepared)})
    return prepared


def release_determinations(call: Call) -> ReleaseOutcome:
    """Make every determination of a call known at once, open the window for appeals, and send the letters.

    Raises:
        NothingToRelease: none waits. UncommittedAwards: somebody's money is not committed; nothing went out.
        OwnCaseInCall: whoever releases has a stake in one of them.
    """
    ensure_impartial_in(call)
    pending = queries.pending_with_applications(call)
    if not pending:
        raise NothingToRelease()
    _drop_withdrawn(pending)
    pending = [found for found in pending if found.application.state is not ApplicationState.WITHDRAWN]
    missing = queries.count_uncommitted(call)
    if missing:
        raise UncommittedAwards(count=missing)
    moment = now()
    closes_at = end_of_day(last_day(today(), call.appeal_days)) if call.appeal_days else None
    for found in pending:
        DETERMINATION.check(found.state, DeterminationState.RELEASED)
        found.state, found.released_at, found.appeal_closes_at = DeterminationState.RELEASED, moment, closes_at
        _move_application(found.application, found.outcome)
    session().flush()
    bring_to(call, CallState.APPEALS if call.appeal_days else CallState.RESOLVED)
    record("determinations.released", "call", call.id, None, {"count": len(pending)})
    enqueue("grants.send_letters", {"call_id": call.id}, unique_key=f"grants.send_letters:{call.id}")
    return ReleaseOutcome(len(pending), len(pending))


def send_letters(call: Call, *, progress: Progress | None = None) -> int:
    """Send the letter of every released determination that has none yet; return how many went to the outbox."""
    total, sent, last = queries.count_without_letter(call), 0, 0
    while batch := queries.without_letter(call, last, LETTER_BATCH):
        for found in batch:
            with in_language(found.application.applicant.language):
                text = letters.determination(found)
            send_letter(found.application, text, about=f"determination:{found.id}")
        sent += len(batch)
        last = batch[-1].id
        session().flush()
        if progress is not None:
            progress(sent, total)
    return sent


def _from_row(call: Call, application: Application, row: DeterminationRow) -> Determination:
    outcome = _OUTCOME[row.determination]
    return Determination(
        call_id=call.id,
        application_id=application.id,
        outcome=outcome,
        dossier_code=row.dossier_code,
        position=row.position,
        score_text=row.score_text,
        granted_cents=row.granted_cents if outcome is Outcome.AWARDED else None,
        currency=row.currency,
        reason=str(row.reason),
        reason_params=dict(row.reason_params),
    )


def _drop_withdrawn(pending: list[Determination]) -> None:
    for found in pending:
        if found.application.state is ApplicationState.WITHDRAWN:
            award = queries.award_of(found.application)
            if award is not None:
                decline_award(award, reason=WITHDRAWN_REASON)
            session().delete(found)
    session().flush()


def _move_application(application: Application, outcome: Outcome) -> None:
    if outcome is Outcome.INELIGIBLE:
        return  # it has been there since the screening
    target = _STATE[outcome]
    APPLICATION_STATES.check(application.state, target)
    before, application.state = application.state, target
    record("application.determined", "application", application.id, {"state": before.value}, {"state": target.value})
