"""What the screening queue and the clearing desk read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from accounts.models import Membership, Organisation, User
from core.database import session
from core.files import StoredFile
from grants.models.application import Application, CoApplicant
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.screening import CureRequest, PayingOrganisation, Screening
from grants.queries.corrections import said_of
from grants.states.application import ApplicationState
from grants.states.screening import ClearingState


def submitted_application(application_id: int) -> Application | None:
    """Return a submitted application with everything the screening page shows."""
    query = (
        select(Application)
        .options(
            joinedload(Application.applicant),
            joinedload(Application.organisation),
            joinedload(Application.call),
            selectinload(Application.attachments),
        )
        .where(Application.id == application_id, Application.submitted_at.is_not(None))
    )
    return session().scalar(query)


def neighbours(application: Application) -> int | None:
    """Return the number of the next application of the call that waits for a verdict, or None."""
    waiting = (
        select(Application.id)
        .where(Application.call_id == application.call_id, Application.state == ApplicationState.SUBMITTED)
        .order_by(Application.id)
        .limit(1)
    )
    later = session().scalar(waiting.where(Application.id > application.id))
    return later if later is not None else session().scalar(waiting.where(Application.id != application.id))


def screenings_of(application: Application) -> list[Screening]:
    """Return the verdicts on an application, oldest first."""
    query = select(Screening).where(Screening.application_id == application.id).order_by(Screening.id)
    return list(session().scalars(query))


def cure_of(application: Application) -> CureRequest | None:
    """Return the request to cure an application, if there was one."""
    return session().scalar(select(CureRequest).where(CureRequest.application_id == application.id))


def files_of_cure(cure: CureRequest) -> list[StoredFile]:
    """Return the files sent with the answer to a request to cure."""
    return list(
        session().scalars(select(StoredFile).where(StoredFile.id.in_(cure.answer_files)).order_by(StoredFile.id))
    )


def awaiting_verdict(call: Call, after: int, limit: int) -> list[Application]:
    """Return the next submitted applications of a call by number, for work in batches.

    Read as they stand now; until the transaction ends nobody else changes them.
    """
    query = (
        select(Application)
        .where(
            Application.call_id == call.id,
            Application.state == ApplicationState.SUBMITTED,
            Application.id > after,
        )
        .order_by(Application.id)
        .limit(limit)
        .with_for_update(of=Application, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session().scalars(query))


def count_in_state(call: Call, state: ApplicationState) -> int:
    """Count a call's applications in one state."""
    query = select(func.count()).where(Application.call_id == call.id, Application.state == state)
    return session().scalar(query) or 0


# --- who stands behind an application -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Behind:
    """The accounts, names, addresses and organisations behind one application, of those who travel along as well."""

    user_ids: frozenset[int]
    names: tuple[str, ...]
    emails: tuple[str, ...]
    organisation_ids: frozenset[int]
    organisations: tuple[str, ...]
    corrected: tuple[tuple[str, str], ...] = ()  # questions, and what they asked to have there instead


def behind(applications: Sequence[Application]) -> dict[int, Behind]:
    """Return who stands behind each application, in a constant number of queries. Applicants must be loaded."""
    if not applications:
        return {}
    low, high = min(a.id for a in applications), max(a.id for a in applications)
    companions: dict[int, list[Any]] = {}
    for row in session().execute(
        select(CoApplicant.application_id, CoApplicant.name, CoApplicant.email, User)
        .outerjoin(User, User.id == CoApplicant.user_id)
        .where(CoApplicant.application_id.between(low, high))
        .order_by(CoApplicant.id)
    ):
        companions.setdefault(row.application_id, []).append(row)
    corrected = said_of(low, high)
    accepted = {row.User.id for rows in companions.values() for row in rows if row.User is not None}
    places = organisations_by_user({a.applicant_user_id for a in applications} | accepted)
    known = [a.organisation_id for a in applications if a.organisation_id]
    colleagues = _members_of(set(known))
    found = {}
    for application in applications:
        others = companions.get(application.id, [])
        members = colleagues.get(application.organisation_id or 0, [])
        travelling = [row.User for row in others if row.User is not None]
        people = list({user.id: user for user in (application.applicant, *members, *travelling)}.values())
        mine: dict[int, str] = {}
        for user in (application.applicant, *travelling):
            mine |= places.get(user.id, {})
        if application.organisation is not None:
            mine[application.organisation.id] = application.organisation.name
        found[application.id] = Behind(
            user_ids=frozenset(user.id for user in people),
            names=tuple(dict.fromkeys([*(user.name for user in people), *(row.name for row in others)])),
            emails=tuple(
                dict.fromkeys([*(user.email for user in people), *(row.email for row in others if row.email)])
            ),
            organisation_ids=frozenset(mine),
            organisations=tuple(mine.values()),
            corrected=tuple(corrected.get(application.id, ())),
        )
    return found


def organisations_by_user(user_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """Return each person's organisations by number and name, in one query."""
    wanted = sorted(set(user_ids))
    found: dict[int, dict[int, str]] = {}
    for start in range(0, len(wanted), 5_000):
        rows = session().execute(
            select(Membership.user_id, Organisation.id, Organisation.name)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Membership.user_id.in_(wanted[start : start + 5_000]))
            .order_by(Membership.id)
        )
        for row in rows:
            found.setdefault(row.user_id, {})[row.id] = row.name
    return found


def _members_of(organisation_ids: set[int]) -> dict[int, list[User]]:
    if not organisation_ids:
        return {}
    found: dict[int, list[User]] = {}
    rows = session().execute(
        select(Membership.organisation_id, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id.in_(sorted(organisation_ids)))
        .order_by(Membership.id)
    )
    for organisation_id, user in rows:
        found.setdefault(organisation_id, []).append(user)
    return found


def under_review(call: Call) -> list[tuple[str, Application]]:
    """Return the code and the application of each dossier the committee has, with applicant and organisation loaded."""
    query = (
        select(BlindClearing.dossier_code, Application)
        .join(Application, Application.id == BlindClearing.application_id)
        .options(joinedload(Application.applicant), joinedload(Application.organisation))
        .where(BlindClearing.call_id == call.id, BlindClearing.state == ClearingState.HANDED_OVER)
        .order_by(BlindClearing.id)
    )
    return [(str(row[0]), row[1]) for row in session().execute(query)]


def people(ids: Iterable[int]) -> list[User]:
    """Return people by number, in one query."""
    return list(session().scalars(select(User).where(User.id.in_(sorted(set(ids)))).order_by(User.id)))


# --- conflicts -----------------------------------------------------------------------------------------------------


def paying_organisations(call: Call) -> frozenset[int]:
    """Return the organisations that give to the funds which pay a call."""
    query = (
        select(PayingOrganisation.organisation_id)
        .where(PayingOrganisation.call_id == call.id)
        .order_by(PayingOrganisation.organisation_id)
    )
    return frozenset(session().scalars(query))


def earlier_collaborators(people: Iterable[User]) -> dict[int, frozenset[int]]:
    """Return, for each person, the accounts with whom they once stood behind the same application."""
    ids = sorted({user.id for user in people})
    if not ids:
        return {}
    pairs = session().execute(
        select(Application.applicant_user_id, User.id)
        .join(CoApplicant, CoApplicant.application_id == Application.id)
        .join(User, or_(User.email == CoApplicant.email, User.id == CoApplicant.user_id))
        .where(or_(User.id.in_(ids), Application.applicant_user_id.in_(ids)))
        .order_by(CoApplicant.id)
    )
    found: dict[int, set[int]] = {}
    for applicant, companion in pairs:
        if companion != applicant:
            found.setdefault(applicant, set()).add(companion)
            found.setdefault(companion, set()).add(applicant)
    return {user_id: frozenset(found.get(user_id, ())) for user_id in ids}
