"""Send an application: checked, sealed with a hash, acknowledged with a folio."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.audit import record
from core.clock import local, now
from core.context import actor
from core.database import session
from core.errors import IllegalTransition
from core.moments import exact_moment
from grants.emails.applications import write_acuse_letter
from grants.errors.calls import ApplicationIncomplete, CallNotOpen, DeadlinePassed
from grants.models import Application, ApplicationVersion, Call
from grants.queries import applications as queries
from grants.rules import content, deadlines
from grants.rules.folio import folio
from grants.rules.itinerary import read_legs
from grants.rules.likeness import itinerary_key
from grants.services.applications import adopt_working_copy, problems_of
from grants.services.course import bring_up_to_date
from grants.services.letters import keep_mail
from grants.services.marks import mark_submission
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.call import CallState


@dataclass(frozen=True, slots=True)
class Acuse:
    """The acknowledgement of a submission: its folio, the server's time, and the SHA-256 of what was received."""

    folio: str
    submitted_at: datetime
    sha256: str
    number: int


def submit_application(application: Application) -> Acuse:
    """Receive an application. Sent again before the deadline, it replaces what was sent, and the history is kept.

    Sending twice with nothing changed returns the first acuse and does nothing else.

    Raises:
        DeadlinePassed: the last second is over; the draft is kept. CallNotOpen: the call takes no applications.
        ApplicationIncomplete: it names every problem. IllegalTransition: withdrawn, or already in process.
    """
    queries.hold(application)  # two clicks at once: the second waits and sees the first
    acuse = _standing_acuse(application)
    if acuse is not None:
        return acuse
    APPLICATION_STATES.check(application.state, ApplicationState.SUBMITTED)
    if application.state not in (
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
    ):  # the rest of the way back is ours
        raise IllegalTransition(
            from_state=APPLICATION_STATES.label(application.state),
            to_state=APPLICATION_STATES.label(ApplicationState.SUBMITTED),
        )
    moment = now().replace(microsecond=0)
    _ensure_in_time(application.call, moment)
    problems = problems_of(application)
    if problems:
        raise ApplicationIncomplete(problems=problems)
    seal(application, moment)
    keep_mail(application, write_acuse_letter(application))
    session().flush()
    mark_submission(application)  # last: whoever has the same file or journey waits from here until the commit
    return _acuse(application)


def seal(application: Application, moment: datetime) -> None:
    """Make the working content the submission of a moment: folio, hash, and the version that keeps what was hashed.

    Whoever calls this keeps its marks too, as late as can be.
    """
    before = application.state
    adopt_working_copy(application)
    for attachment in application.attachments:
        attachment.in_submission = attachment.detached_at is None
    application.submissions += 1
    application.folio = application.folio or folio(local(moment).year, application.id)
    application.submitted_at = moment
    application.state = ApplicationState.SUBMITTED
    application.version += 1
    application.updated_at = moment
    sealed = content.canonical(submitted_content(application))
    application.content_sha256 = content.digest_of(sealed)
    application.itinerary_key = itinerary_key(read_legs(application.itinerary))
    session().add(
        ApplicationVersion(
            application=application,
            number=application.submissions,
            content=sealed.decode(),
            sha256=application.content_sha256,
            submitted_at=moment,
            submitted_by_id=actor().user_id,
        )
    )
    record(
        "application.submitted",
        "application",
        application.id,
        {"state": before.value},
        {"folio": application.folio, "sha256": application.content_sha256, "number": application.submissions},
    )


def _acuse(application: Application) -> Acuse:
    assert application.folio is not None
    assert application.submitted_at is not None
    assert application.content_sha256 is not None
    return Acuse(application.folio, application.submitted_at, application.content_sha256, application.submissions)


def _standing_acuse(application: Application) -> Acuse | None:
    unchanged = application.working_copy is None and all(
        attachment.in_submission == (attachment.detached_at is None) for attachment in application.attachments
    )
    return _acuse(application) if application.state is ApplicationState.SUBMITTED and unchanged else None


def _ensure_in_time(call: Call, moment: datetime) -> None:
    bring_up_to_date(call)
    if call.state is CallState.CANCELLED or call.closes_at is None or call.opens_at is None:
        raise CallNotOpen()
    if not deadlines.is_before_closing(call.closes_at, moment):
        raise DeadlinePassed(closed=exact_moment(call.closes_at), arrived=exact_moment(moment))
    if call.state is not CallState.OPEN:
        raise CallNotOpen()


def submitted_content(application: Application) -> dict[str, Any]:
    """Return the document an acuse's SHA-256 is of: everything that was sent, and when it was received."""
    assert application.submitted_at is not None
    return {
        "format": "puente-application/1",
        "call": application.call.slug,
        "call_sha256": application.call.frozen_sha256,
        "folio": application.folio,
        "number": application.submissions,
        "submitted_at": application.submitted_at.isoformat(),
        "kind": application.kind.value,
        "direction": application.direction.value,
        "answers": application.answers,
        "itinerary": application.itinerary,
        "budget": application.budget,
        "requested_cents": application.requested_cents,
        "currency": application.currency,
        "files": [
            {
                "question": attachment.question_id,
                "name": attachment.stored_file.original_name,
                "sha256": attachment.stored_file.sha256,
                "size_bytes": attachment.stored_file.size_bytes,
            }
            for attachment in application.submitted_attachments
        ],
    }


def note_late_attempt(application: Application) -> None:
    """Put on record that a submission arrived after the deadline; the refusal itself was rolled back."""
    record("application.refused_late", "application", application.id, None, {"call": application.call_id})


def has_unsent_changes(application: Application) -> bool:
    """Return whether something was changed since the last submission."""
    return application.state is ApplicationState.SUBMITTED and _standing_acuse(application) is None
