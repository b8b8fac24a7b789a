"""Decide who meets the requirements: one by one, or all those whose rules are clear."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.audit import record
from core.clock import end_of_day, now, today
from core.context import actor
from core.database import session
from core.errors import IllegalTransition
from core.files import StoredFile
from core.language import in_language
from core.moments import spoken_deadline
from core.settings import setting
from grants.emails import letters
from grants.errors.awards import CureClosed, CureRunning, CureUsed, ReasonMissing
from grants.models.application import Application
from grants.models.call import Call
from grants.models.screening import CureRequest, Screening
from grants.queries import screening as queries
from grants.queries.applications import hold
from grants.rules import draft, eligibility
from grants.rules.bulk import UNDECIDED
from grants.rules.deadlines import is_before_closing
from grants.rules.earlier_awards import EarlierAward
from grants.rules.itinerary import read_legs
from grants.services.applications import known_awards, terms_of
from grants.services.course import bring_to
from grants.services.impartiality import ensure_impartial, own_cases_in
from grants.services.letters import send_letter
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.call import CallState
from grants.states.screening import CURE, CureState, ScreeningVerdict

BATCH = 1_000
Progress = Callable[[int, int], None]
_TARGET = {
    ScreeningVerdict.ELIGIBLE: ApplicationState.ELIGIBLE,
    ScreeningVerdict.INELIGIBLE: ApplicationState.INELIGIBLE,
    ScreeningVerdict.NEEDS_CURE: ApplicationState.IN_CURE,
}


@dataclass(frozen=True, slots=True)
class ScreeningTally:
    """What a bulk screening did: how many became eligible, ineligible, and how many still wait for a person."""

    eligible: int
    ineligible: int
    waiting: int


def evaluate(
    application: Application, known: Mapping[int, Sequence[EarlierAward]] | None = None
) -> eligibility.Eligibility:
    """Return how an application fares by its call's published rules, from what was submitted and our own awards.

    `known` is what `known_awards` found for many; without it, it is asked for this one.
    """
    known = known_awards([application]) if known is None else known
    return draft.eligibility_of(
        terms_of(application.call),
        kind=application.kind.value,
        direction=application.direction.value,
        answers=application.answers,
        legs=read_legs(application.itinerary),
        territories=setting("TERRITORIES"),
        known_award=bool(known.get(application.id)),
    )


def screen_application(application: Application, *, verdict: ScreeningVerdict, note: str = "") -> Screening:
    """Decide whether an application goes on. The verdicts of the rules are kept beside the officer's words.

    Raises:
        ReasonMissing: an application is refused without a reason in writing.
        IllegalTransition: it is not waiting for a verdict, or the call still takes applications.
        CureRunning: it is refused while the applicant still has time to answer.
        OwnCase: whoever decides has a stake in it.
    """
    ensure_impartial(application)
    hold(application)  # two officers at once: the second waits and sees the first
    bring_to(application.call, CallState.SCREENING)
    if verdict is ScreeningVerdict.INELIGIBLE and not note.strip():
        raise ReasonMissing()
    cure = queries.cure_of(application)
    unanswered = cure if cure is not None and cure.state is CureState.OPEN else None
    running = unanswered is not None and is_before_closing(unanswered.due_at, now())
    if verdict is ScreeningVerdict.INELIGIBLE and unanswered is not None and running:
        raise CureRunning(due_at=spoken_deadline(unanswered.due_at))
    screening = _decide(application, verdict, _reasons(evaluate(application)), note.strip())
    if unanswered is not None and not running:
        CURE.check(unanswered.state, CureState.EXPIRED)
        unanswered.state = CureState.EXPIRED
    session().flush()
    return screening


def screen_applications(
    call: Call, *, refuse_failing: bool = False, progress: Progress | None = None
) -> ScreeningTally:
    """Decide every waiting application whose rules leave no doubt: all passed, and on request, one failed.

    What the rules cannot tell stays for a person, and one's own case for another one. Runs in batches; the number of
    SELECTs does not grow with a batch.
    """
    bring_to(call, CallState.SCREENING)
    total = queries.count_in_state(call, ApplicationState.SUBMITTED)
    mine = own_cases_in(call)
    eligible = ineligible = seen = last = 0
    while batch := queries.awaiting_verdict(call, last, BATCH):
        known = known_awards(batch)
        for application in batch:
            if application.id in mine:
                continue
            outcome = evaluate(application, known)
            if outcome.eligible:
                _decide(application, ScreeningVerdict.ELIGIBLE, _reasons(outcome), "")
                eligible += 1
            elif outcome.eligible is False and refuse_failing:
                _decide(application, ScreeningVerdict.INELIGIBLE, _reasons(outcome), refusal_note(outcome))
                ineligible += 1
        last = batch[-1].id
        seen += len(batch)
        session().flush()
        if progress is not None:
            progress(seen, total)
    return ScreeningTally(eligible, ineligible, seen - eligible - ineligible)


def request_cure(application: Application, *, what: str, days: int = 5) -> CureRequest:
    """Ask the applicant for what is missing, once, by letter, with a deadline at the end of a day in the city.

    Raises:
        ReasonMissing: the request does not say what is missing. CureUsed: the one chance was given already.
    """
    cure = open_cure(application, what=what, days=days)
    send_cure_letter(cure)
    return cure


def open_cure(application: Application, *, what: str, days: int) -> CureRequest:
    """Give an application its one chance to cure, and leave the letter for later.

    Raises:
        ReasonMissing: the request does not say what is missing. CureUsed: the one chance was given already.
    """
    if not what.strip():
        raise ReasonMissing()
    if queries.cure_of(application) is not None:
        raise CureUsed()
    screen_application(application, verdict=ScreeningVerdict.NEEDS_CURE, note=what)
    cure = CureRequest(
        application=application,
        state=CureState.OPEN,
        what=what.strip(),
        due_at=end_of_day(today() + timedelta(days=max(1, min(days, 60)))),
        requested_by_id=actor().user_id,
        requested_at=now(),
        answer_files=[],
    )
    session().add(cure)
    session().flush()
    record("cure.requested", "application", application.id, None, {"due_at": cure.due_at.isoformat()})
    return cure


def send_cure_letter(cure: CureRequest) -> None:
    """Tell the applicant what is missing and until when."""
    application = cure.application
    with in_language(application.applicant.language):
        letter = letters.cure_request(application, cure)
    send_letter(application, letter, about=f"cure:{cure.id}")


def answer_cure(cure: CureRequest, *, text: str, files: Sequence[StoredFile] = ()) -> CureRequest:
    """Take the applicant's answer, to the second of the deadline. The verdict stays with a person.

    Raises:
        CureClosed: too late, or answered before. ReasonMissing: an empty answer.
    """
    session().refresh(cure, with_for_update=True)  # two people of one organisation at once: the first answer counts
    ensure_cure_open(cure)
    if not text.strip() and not files:
        raise ReasonMissing()
    CURE.check(cure.state, CureState.ANSWERED)
    cure.state, cure.answered_at, cure.answer = CureState.ANSWERED, now(), text.strip()
    cure.answer_files = [stored.id for stored in files]
    session().flush()
    record("cure.answered", "application", cure.application_id, None, {"files": len(files)})
    return cure


def ensure_cure_open(cure: CureRequest) -> None:
    """Refuse what comes to a request to cure that takes nothing any more.

    Raises:
        CureClosed: its last second is over, or it was answered.
    """
    if cure.state is not CureState.OPEN or not is_before_closing(cure.due_at, now()):
        raise CureClosed(closed_at=spoken_deadline(cure.due_at))


def _decide(
    application: Application, verdict: ScreeningVerdict, reasons: list[Mapping[str, Any]], note: str
) -> Screening:
    target = _TARGET[verdict]
    APPLICATION_STATES.check(application.state, target)
    if application.state not in UNDECIDED:  # the table lets an upheld appeal undo a refusal; a second look does not
        raise IllegalTransition(
            from_state=APPLICATION_STATES.label(application.state), to_state=APPLICATION_STATES.label(target)
        )
    before, application.state = application.state, target
    screening = Screening(
        application_id=application.id,
        verdict=verdict,
        reasons=[dict(reason) for reason in reasons],
        note=note,
        decided_by_id=actor().user_id,
        decided_at=now(),
    )
    session().add(screening)
    record("application.screened", "application", application.id, {"state": before.value}, {"state": target.value})
    return screening


def refusal_note(outcome: eligibility.Eligibility) -> str:
    """Return the reasons of the rules that say no, as the letter gives them."""
    return " ".join(str(reason.reason["es"]) for reason in outcome.failed)


def _reasons(outcome: eligibility.Eligibility) -> list[Mapping[str, Any]]:
    return [{"rule": item.rule, "passed": item.passed, "reason": dict(item.reason)} for item in outcome.reasons]
