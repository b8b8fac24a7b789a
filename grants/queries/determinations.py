"""What was decided, what was said about it, and what was said against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.models import User
from core.clock import local
from core.database import session
from grants.models.application import Application
from grants.models.award import Award
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.determination import Determination, Letter
from grants.models.screening import Screening
from grants.queries.corrections import corrected
from grants.rules.corrections import PUBLIC_NAME, published_name, told_since
from grants.rules.folding import fold_word
from grants.states.application import ApplicationState
from grants.states.award import AwardState
from grants.states.determination import DeterminationState, Outcome
from grants.states.screening import ScreeningVerdict


def determinations_of(call: Call) -> list[Determination]:
    """Return a call's determinations: awarded first, then by position, with their applications."""
    query = (
        select(Determination)
        .options(joinedload(Determination.application).joinedload(Application.applicant))
        .where(Determination.call_id == call.id)
        .order_by(Determination.outcome, Determination.position.is_(None), Determination.position, Determination.id)
    )
    return list(session().scalars(query))


def determination_listing(call: Call, outcomes: Sequence[Outcome]) -> Select[Determination]:
    """Return the SELECT of a call's determinations of some outcomes for a page of the staff, in order of position."""
    query = (
        select(Determination)
        .join(Determination.application)
        .join(Application.applicant)
        .options(contains_eager(Determination.application).contains_eager(Application.applicant))
        .where(Determination.call_id == call.id, Determination.outcome.in_(outcomes))
    )
    return query.order_by(Determination.position.is_(None), Determination.position, Determination.id)


def outcome_counts(call: Call, *, released_only: bool = False) -> dict[Outcome, int]:
    """Count a call's determinations by outcome."""
    query = select(Determination.outcome, func.count()).where(Determination.call_id == call.id)
    if released_only:
        query = query.where(Determination.state == DeterminationState.RELEASED)
    rows = session().execute(query.group_by(Determination.outcome).order_by(Determination.outcome))
    return {row[0]: row[1] for row in rows}


def count_released(call: Call) -> int:
    """Count the determinations of a call that people know of."""
    query = select(func.count()).where(
        Determination.call_id == call.id, Determination.state == DeterminationState.RELEASED
    )
    return session().scalar(query) or 0


def count_ranked(call: Call) -> int:
    """Count the released determinations of a call that have a place in its order."""
    query = select(func.count()).where(
        Determination.call_id == call.id,
        Determination.state == DeterminationState.RELEASED,
        Determination.position.is_not(None),
    )
    return session().scalar(query) or 0


def determination_of(application: Application) -> Determination | None:
    """Return the determination on an application, pending or released."""
    query = (
        select(Determination)
        .options(joinedload(Determination.call).joinedload(Call.rulebook))
        .where(Determination.application_id == application.id)
    )
    return session().scalar(query)


def released_determination_of(application: Application) -> Determination | None:
    """Return the determination on an application that its applicant may know, or None."""
    found = determination_of(application)
    return found if found is not None and found.state is DeterminationState.RELEASED else None


def applications_by_code(call: Call) -> dict[str, Application]:
    """Return the application behind each dossier code of a call."""
    query = (
        select(BlindClearing.dossier_code, Application)
        .join(Application, Application.id == BlindClearing.application_id)
        .where(BlindClearing.call_id == call.id, BlindClearing.dossier_code.is_not(None))
        .order_by(BlindClearing.id)
    )
    return {str(row[0]): row[1] for row in session().execute(query)}


def application_of_code(code: str) -> Application | None:
    """Return the application behind a dossier's code."""
    query = (
        select(Application)
        .join(BlindClearing, BlindClearing.application_id == Application.id)
        .where(BlindClearing.dossier_code == code)
        .order_by(Application.id)
    )
    return session().scalar(query)


def found_ineligible(call: Call) -> list[tuple[Application, Screening]]:
    """Return the applications that the screening refused, each with the verdict last given."""
    last = (
        select(func.max(Screening.id))
        .where(Screening.application_id == Application.id, Screening.verdict == ScreeningVerdict.INELIGIBLE)
        .correlate(Application)
        .scalar_subquery()
    )
    query = (
        select(Application, Screening)
        .join(Screening, Screening.id == last)
        .where(Application.call_id == call.id, Application.state == ApplicationState.INELIGIBLE)
        .order_by(Application.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def pending_with_applications(call: Call) -> list[Determination]:
    """Return a call's unreleased determinations with their applications, as they stand now.

    Until the transaction ends nobody else changes either.
    """
    query = (
        select(Determination)
        .join(Determination.application)
        .options(contains_eager(Determination.application))
        .where(Determination.call_id == call.id, Determination.state == DeterminationState.PENDING)
        .order_by(Determination.id)
        .with_for_update(of=(Determination, Application), key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session().scalars(query))


def _without_money(call: Call) -> tuple[ColumnElement[bool], ...]:
    return (
        Determination.call_id == call.id,
        Determination.state == DeterminationState.PENDING,
        Determination.outcome == Outcome.AWARDED,
        or_(
            Award.id.is_(None),
            Award.state != AwardState.COMMITTED,
            Award.amount_cents != Determination.granted_cents,
            Award.currency != Determination.currency,
        ),
    )


def count_uncommitted(call: Call) -> int:
    """Count the awarded determinations still to be released whose money is not committed in full."""
    query = (
        select(func.count(Determination.id))
        .outerjoin(Award, Award.application_id == Determination.application_id)
        .where(*_without_money(call))
    )
    return session().scalar(query) or 0


def awaiting_award(call: Call) -> list[Determination]:
    """Return the awarded determinations whose money the treasury has yet to commit, in the order of their position."""
    query = (
        select(Determination)
        .join(Determination.application)
        .options(contains_eager(Determination.application))
        .outerjoin(Award, Award.application_id == Determination.application_id)
        .where(*_without_money(call))
        .order_by(Determination.position, Determination.id)
    )
    return list(session().scalars(query))


def waiting_list(call: Call) -> list[Determination]:
    """Return who is on a call's waiting list and still has no award, in order."""
    query = (
        select(Determination)
        .join(Determination.application)
        .options(contains_eager(Determination.application))
        .where(
            Determination.call_id == call.id,
            Determination.outcome == Outcome.WAITLISTED,
            Application.state == ApplicationState.WAITLISTED,
        )
        .order_by(Determination.position, Determination.id)
    )
    return list(session().scalars(query))


def award_of(application: Application) -> Award | None:
    """Return the award of an application."""
    return session().scalar(select(Award).where(Award.application_id == application.id))


# --- letters -------------------------------------------------------------------------------------------------------


def _unlettered(call: Call) -> Select[Determination]:
    return (
        select(Determination)
        .outerjoin(Letter, and_(Letter.application_id == Determination.application_id, Letter.kind == "determination"))
        .where(
            Determination.call_id == call.id,
            Determination.state == DeterminationState.RELEASED,
            Letter.id.is_(None),
        )
    )


def count_without_letter(call: Call) -> int:
    """Count the released determinations whose letter was not written yet."""
    return session().scalar(select(func.count()).select_from(_unlettered(call).subquery())) or 0


def without_letter(call: Call, after: int, limit: int) -> list[Determination]:
    """Return the next released determinations without a letter, with what a letter says."""
    query = (
        _unlettered(call)
        .options(
            joinedload(Determination.application).joinedload(Application.applicant),
            joinedload(Determination.call).joinedload(Call.rulebook),
        )
        .where(Determination.id > after)
        .order_by(Determination.id)
        .limit(limit)
    )
    return list(session().scalars(query))


def letters_of(application: Application) -> list[Letter]:
    """Return every letter sent about an application, oldest first."""
    return list(session().scalars(select(Letter).where(Letter.application_id == application.id).order_by(Letter.id)))


def letter_by_id(letter_id: int) -> Letter | None:
    """Return a letter with its application, applicant and file."""
    query = (
        select(Letter)
        .options(
            joinedload(Letter.application).joinedload(Application.applicant),
            joinedload(Letter.stored_file),
        )
        .where(Letter.id == letter_id)
    )
    return session().scalar(query)


# --- public --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublicAward:
    """A line of the public list of beneficiaries. `corrected_on`: the name was another when it was published."""

    name: str
    title: str
    axis: int | None
    region: str | None
    amount_cents: int
    currency: str
    corrected_on: date | None = None


def public_awards(call: Call) -> list[PublicAward]:
    """Return who received support from a call: the name they chose to publish and the amount, by name.

    Only released awards that were not declined; nothing about anybody else.
    """
    said, corrected_at = corrected(PUBLIC_NAME)
    shown = Application.answers, Application.axis, Application.region
    query = (
        select(*shown, Award.amount_cents, Award.currency, User.name, said, corrected_at, Determination.released_at)
        .join(Award, Award.application_id == Application.id)
        .join(Determination, Determination.application_id == Application.id)
        .join(User, User.id == Application.applicant_user_id)
        .where(
            Application.call_id == call.id,
            Application.state == ApplicationState.AWARDED,
            Award.state.not_in([AwardState.PENDING, AwardState.DECLINED]),
            Determination.state == DeterminationState.RELEASED,
        )
        .order_by(Application.id)
    )
    rows = [
        PublicAward(
            published_name(answers.get(PUBLIC_NAME), name, account_name), str(answers.get("title") or ""),
            axis, region, cents, currency, local(since).date() if (since := told_since(at, released_at)) else None,
        )
        for answers, axis, region, cents, currency, account_name, name, at, released_at in session().execute(query)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (fold_word(row.name), fold_word(row.title)))
