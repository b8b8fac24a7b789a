"""Take an appeal in its window, and have somebody else admit it and decide it."""

from collections.abc import Callable

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.language import in_language
from core.moments import spoken_deadline
from grants.emails import letters
from grants.errors.awards import (
    AppealAdmittedByYou,
    AppealAlreadyFiled,
    AppealPanelTainted,
    AppealsOpen,
    AppealWindowClosed,
    NothingToAppeal,
    ReasonMissing,
)
from grants.models.application import Application
from grants.models.call import Call
from grants.models.determination import Appeal, AppealAdmission
from grants.queries import appeals as queries
from grants.queries.applications import hold
from grants.queries.determinations import released_determination_of
from grants.queries.readmissions import count_under_way
from grants.rules.appeals import may_decide, may_object
from grants.rules.deadlines import is_before_closing
from grants.rules.letters import LetterText
from grants.services.course import move_call
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.services.readmissions import readmit
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.determination import APPEAL, AppealStanding, AppealState

LONGEST_APPEAL = 20_000
RECONSIDERED = (ApplicationState.INELIGIBLE, ApplicationState.NOT_SELECTED, ApplicationState.WAITLISTED)


def file_appeal(application: Application, *, text: str) -> Appeal:
    """Take an applicant's disagreement, to the second of the window.

    Raises:
        AppealWindowClosed: not open, or over. AppealAlreadyFiled: there is one. ReasonMissing: it says nothing.
        NothingToAppeal: the application has support.
    """
    window = queries.appeal_window(application)
    found = released_determination_of(application)
    if found is not None and not may_object(found.outcome):
        raise NothingToAppeal()
    if window is None or found is None or not window.is_open:
        raise AppealWindowClosed(closed_at=spoken_deadline(window.closes_at) if window is not None else "—")
    if queries.appeal_of(application) is not None:
        raise AppealAlreadyFiled()
    if not text.strip():
        raise ReasonMissing()
    appeal = Appeal(
        determination=found,
        state=AppealState.FILED,
        text=text.strip()[:LONGEST_APPEAL],
        filed_by_id=actor().user_id,
        filed_at=now(),
    )
    session().add(appeal)
    session().flush()
    record("appeal.filed", "application", application.id, None, {"appeal": appeal.id})
    return appeal


def admit_appeal(appeal: Appeal) -> Appeal:
    """Take an appeal up to be decided, and tell whoever filed it.

    Raises:
        AppealPanelTainted: whoever admits it took part in the first decision. IllegalTransition: that was decided.
        OwnCase: whoever admits it has a stake in the application.
    """
    application = _take_up(appeal, AppealStanding.ADMITTED)
    _judge(appeal, admitted=True)
    record("appeal.admitted", "application", application.id, {"state": "filed"}, {"state": "admitted"})
    return _tell(appeal, lambda: letters.appeal_admitted(appeal), about=f"appeal:{appeal.id}:admitted")


def refuse_appeal(appeal: Appeal, *, reason: str, public_summary: str) -> Appeal:
    """Do not hear an appeal, with the reasons to the applicant and in a sentence that names nobody to the public.

    Raises:
        AppealPanelTainted: whoever refuses it took part in the first decision. ReasonMissing. IllegalTransition: that
            was decided. OwnCase: whoever refuses it has a stake in the application.
    """
    application = _take_up(appeal, AppealStanding.INADMISSIBLE)
    _decide(appeal, AppealState.DISMISSED, reason, public_summary)
    _judge(appeal, admitted=False)
    record("appeal.refused", "application", application.id, {"state": "filed"}, {"state": "inadmissible"})
    return _tell(appeal, lambda: letters.appeal_refused(appeal), about=f"appeal:{appeal.id}")


def resolve_appeal(appeal: Appeal, *, upheld: bool, reason: str, public_summary: str) -> Appeal:
    """Decide an appeal with its reasons: to the applicant in full, to the public in a sentence that names nobody.

    Who is right goes on to a supplementary committee, without those who reviewed the application before.

    Raises:
        AppealPanelTainted: whoever decides took part in the first decision. AppealAdmittedByYou: they admitted it.
        ReasonMissing. IllegalTransition: decided. OwnCase: whoever decides has a stake in the application.
    """
    application = _take_up(appeal, AppealStanding.UPHELD if upheld else AppealStanding.DISMISSED)
    if is_admitted_by(appeal, actor().user_id):
        raise AppealAdmittedByYou()
    target = AppealState.UPHELD if upheld else AppealState.DISMISSED
    _decide(appeal, target, reason, public_summary)
    record("appeal.resolved", "application", application.id, {"state": "admitted"}, {"state": target.value})
    goes_on = upheld and application.state in RECONSIDERED  # not whoever moved up or withdrew meanwhile
    if goes_on:
        readmit(appeal)
    return _tell(appeal, lambda: letters.appeal_resolved(appeal, goes_on=goes_on), about=f"appeal:{appeal.id}")


def is_admitted_by(appeal: Appeal, person: int | None) -> bool:
    """Return whether a person admitted an appeal: another one then decides whether it is right."""
    return appeal.admission is not None and appeal.admission.decided_by_id == person


def _take_up(appeal: Appeal, target: AppealStanding) -> Application:
    """Hold an appeal and its application for whoever may take this step; two at once: the second sees the first."""
    session().refresh(appeal, with_for_update={"of": Appeal})
    application = appeal.determination.application
    hold(application)
    APPEAL.check(appeal.stands, target)
    ensure_impartial(application)
    if not may_decide(actor().user_id, first_reviewers=queries.first_reviewers(application)):
        raise AppealPanelTainted()
    return application


def _decide(appeal: Appeal, target: AppealState, reason: str, public_summary: str) -> None:
    if not reason.strip() or not public_summary.strip():
        raise ReasonMissing()
    appeal.state, appeal.reason, appeal.public_summary = target, reason.strip(), public_summary.strip()
    appeal.resolved_at, appeal.resolved_by_id = now(), actor().user_id
    session().flush()


def _judge(appeal: Appeal, *, admitted: bool) -> None:
    appeal.admission = AppealAdmission(admitted=admitted, decided_at=now(), decided_by_id=actor().user_id)
    session().flush()


def _tell(appeal: Appeal, compose: Callable[[], LetterText], *, about: str) -> Appeal:
    application = appeal.determination.application
    with in_language(application.applicant.language):
        text = compose()
    send_letter(application, text, about=about)
    session().flush()
    return appeal


def conclude_call(call: Call) -> Call:
    """Make a call's results final once the window is over and every appeal was decided.

    Raises:
        AppealsOpen: the window still runs or an appeal waits. IllegalTransition: the call is not in appeals.
    """
    closes_at = queries.last_appeal_moment(call)
    waiting = sum(1 for appeal in queries.appeals_of(call) if appeal.state is AppealState.FILED)
    waiting += count_under_way(call)  # who was admitted on appeal has no result yet
    if waiting or (closes_at is not None and is_before_closing(closes_at, now())):
        raise AppealsOpen(count=waiting)
    if call.state is CallState.RESOLVED:
        move_call(call, CallState.APPEALS)
    return move_call(call, CallState.FINAL)
