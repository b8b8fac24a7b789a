"""Begin an application and keep what is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from accounts import queries as people
from accounts.models import Organisation, User
from core.audit import record
from core.clock import now, today
from core.context import actor
from core.database import session
from core.money import Money
from core.settings import setting
from grants.errors.calls import AlreadyApplied, CallNotOpen, EditConflict, NotEditable, OrganisationNeeded
from grants.models import Application, Call
from grants.queries import applications as queries
from grants.queries import calls as call_queries
from grants.queries.earlier_awards import earlier_awards
from grants.rules import draft
from grants.rules.answers import merge_answers
from grants.rules.earlier_awards import EarlierAward, wait_of
from grants.rules.editing import next_edit
from grants.rules.eligibility import Eligibility
from grants.rules.itinerary import Leg, read_legs
from grants.rules.problems import Problem
from grants.services.course import bring_up_to_date
from grants.states.application import ApplicantKind, ApplicationState
from grants.states.call import CallState, Direction

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkingContent:
    """What the applicant sees and edits: the draft, or the changes made since the last submission."""

    answers: dict[str, Any]
    legs: list[Leg]
    itinerary: list[dict[str, Any]]
    direction: Direction


def start_application(
    call: Call, user: User, *, kind: ApplicantKind | str, organisation: Organisation | None = None
) -> Application:
    """Begin a draft. One application each: a person has one place in a call, and so has an organisation.

    Raises:
        CallNotOpen: outside the window. OrganisationNeeded: an organisation without one of its editors.
        AlreadyApplied: a draft or a submission stands; the refusal carries its number.
    """
    bring_up_to_date(call)
    if not call_queries.accepts_now(call):
        raise CallNotOpen()
    who = ApplicantKind(kind)
    organisation_id = _organisation_id(who, user, organisation)
    standing = queries.standing_application(call, user.id, organisation_id)
    if standing is not None:
        mine = standing.applicant_user_id == user.id or organisation_id is not None
        raise AlreadyApplied(application_id=standing.id if mine else None)
    application = blank_application(call, user, who, organisation_id)
    try:
        with session().begin_nested():
            session().add(application)
    except IntegrityError:
        raise AlreadyApplied() from None  # two windows at once: the database let one through
    record("application.started", "application", application.id, None, {"call": call.id, "kind": who.value})
    return application


def blank_application(call: Call, user: User, kind: ApplicantKind, organisation_id: int | None = None) -> Application:
    """Return a draft with nothing in it, not yet in the session."""
    moment = now()
    return Application(
        call=call,
        applicant=user,
        organisation_id=organisation_id,
        kind=kind,
        state=ApplicationState.DRAFT,
        answers={},
        itinerary=[],
        budget=[],
        edits={},
        requested_cents=0,
        currency=call.currency,
        direction=Direction.OUTBOUND if call.direction is Direction.BOTH else call.direction,
        version=1,
        submissions=0,
        created_at=moment,
        updated_at=moment,
        attachments=[],
    )


def _organisation_id(kind: ApplicantKind, user: User, organisation: Organisation | None) -> int | None:
    if kind is not ApplicantKind.ORGANISATION:
        return None
    place = people.membership(organisation.id, user.id) if organisation is not None else None
    if organisation is None or place is None or place.member_role not in queries.EDITORS:
        raise OrganisationNeeded()
    return organisation.id


def working_content(application: Application) -> WorkingContent:
    """Return what the next save adds to and the next submission sends."""
    copy = application.working_copy or {}
    itinerary = list(copy.get("itinerary", application.itinerary))
    return WorkingContent(
        dict(copy.get("answers", application.answers)),
        read_legs(itinerary),
        itinerary,
        Direction(copy.get("direction", application.direction)),
    )


def save_draft(
    application: Application,
    *,
    answers: Answers | None = None,
    itinerary: Sequence[Mapping[str, Any]] | None = None,
    budget: Answers | None = None,
    direction: Direction | str | None = None,
    expected_version: int | None = None,
    edition: str | None = None,
    step: str | None = None,
) -> Application:
    """Keep what was typed so far, complete or not, and work the budget out again.

    `answers` and `budget` are merged by question, `itinerary` replaces the legs. With `expected_version`, a save is
    refused when `step` was changed since by another page than `edition`. A submission is not touched: later edits wait
    in the working copy until they are sent too.

    Raises:
        NotEditable: past editing. EditConflict: somebody else saved this step first.
        UnknownQuestion, AnswerRefused: nothing was kept.
    """
    ensure_editable(application)
    content = working_content(application)
    if expected_version is not None:
        _refuse_conflict(application, content, step or "", expected_version, edition)
    merged = merge_answers(application.call.form, content.answers, {**(answers or {}), **(budget or {})})
    legs = [leg.as_json() for leg in read_legs(itinerary)] if itinerary is not None else content.itinerary
    way = content.direction
    if direction is not None and application.call.direction is Direction.BOTH:
        way = Direction(direction)
    if application.state is ApplicationState.DRAFT:
        application.answers, application.itinerary, application.direction = merged, legs, way
        _derive(application)
    else:
        application.working_copy = {"answers": merged, "itinerary": legs, "direction": way.value}
    application.version += 1
    application.updated_at = now()
    if step is not None:
        changed = [name for name in merged if merged[name] != content.answers.get(name)]
        if legs != content.itinerary or way is not content.direction:
            changed.append("itinerary")
        note_edit(application, step, changed, version=application.version, edition=edition or "")
    session().flush()
    return application


def note_edit(
    application: Application, step: str, changed: Sequence[str], *, version: int | None = None, edition: str = ""
) -> None:
    """Note who changed what in a step. Without a version it is nothing that another page's save could go over."""
    last = application.edits.get(step, {})
    if version is None:
        version, edition = last.get("version", 0), last.get("edition", "")
    noted = next_edit(last, version=version, edition=edition, by=actor().user_id, at=now(), changed=changed)
    application.edits = {**application.edits, step: noted}


def is_editable(application: Application) -> bool:
    """Return whether an application may still be changed."""
    try:
        ensure_editable(application)
    except NotEditable:
        return False
    return True


def ensure_editable(application: Application) -> None:
    """Refuse changes to what is past changing. A draft stays editable after the deadline: its text is the person's own.

    Raises:
        NotEditable: withdrawn, in process, or submitted and the call has closed.
    """
    if application.call.state is CallState.CANCELLED:
        raise NotEditable()
    if application.state is ApplicationState.DRAFT:
        return
    if application.state is not ApplicationState.SUBMITTED or not call_queries.accepts_now(application.call):
        raise NotEditable()


def _refuse_conflict(
    application: Application, content: WorkingContent, step: str, expected: int, edition: str | None
) -> None:
    last = application.edits.get(step)
    if last is not None and last["version"] > expected and last["edition"] != edition:
        raise EditConflict(
            theirs={"answers": content.answers, "itinerary": content.itinerary}, version=application.version
        )


def terms_of(call: Call) -> draft.Terms:
    """Return what of a call an application is judged by."""
    cap = Money(call.cap_per_award_cents, call.currency)
    return draft.Terms(call.form, call.tariff, call.eligibility, cap, setting("REGIONS"))


def derived_of(application: Application) -> draft.Derived:
    """Return the budget and the rest that follow from the working content."""
    content = working_content(application)
    return draft.derive(
        terms_of(application.call), kind=application.kind.value, answers=content.answers, legs=content.legs
    )


def _derive(application: Application) -> None:
    derived = derived_of(application)
    application.budget = derived.lines
    application.requested_cents = derived.requested.amount_cents
    application.axis = derived.axis
    application.region = derived.region
    application.alcaldia = derived.alcaldia
    application.gender = derived.gender
    application.first_time = derived.first_time


def adopt_working_copy(application: Application) -> None:
    """Make the changes since the last submission the application itself, and derive everything again."""
    if application.working_copy is not None:
        sent = working_content(application)
        application.answers, application.itinerary, application.direction = sent.answers, sent.itinerary, sent.direction
        application.working_copy = None
    _derive(application)


def problems_of(application: Application) -> list[Problem]:
    """Return everything that stands between the working content and its submission, in the order of the form."""
    content = working_content(application)
    return draft.problems(
        terms_of(application.call),
        kind=application.kind.value,
        direction=content.direction.value,
        answers=content.answers,
        legs=content.legs,
        attached=[attachment.question_id for attachment in application.current_attachments],
    )


def known_awards(applications: Sequence[Application]) -> dict[int, list[EarlierAward]]:
    """Return by application of one call the awards on our own record whose wait is not over.

    Where the call makes nobody wait, there are none. Constant in queries.
    """
    years = wait_of(applications[0].call.eligibility) if applications else None
    return earlier_awards(applications, years, today()) if years is not None else {}


def eligibility_of(application: Application) -> Eligibility:
    """Judge the working content by the call's rules of eligibility, and by the awards on our own record."""
    content = working_content(application)
    return draft.eligibility_of(
        terms_of(application.call),
        kind=application.kind.value,
        direction=content.direction.value,
        answers=content.answers,
        legs=content.legs,
        territories=setting("TERRITORIES"),
        known_award=bool(known_awards([application]).get(application.id)),
    )
