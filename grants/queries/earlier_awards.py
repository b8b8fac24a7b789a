"""Awards of this fund that whoever takes part in an application already had: for many applications at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from core.clock import local
from core.database import session
from grants.models.application import Application, CoApplicant
from grants.models.award import Award
from grants.models.determination import Determination
from grants.rules.earlier_awards import EarlierAward, later, still_waiting
from grants.states.award import AwardState
from grants.states.companion import CompanionState
from grants.states.determination import DeterminationState

Party = tuple[str, int]


def earlier_awards(applications: Sequence[Application], years: int, today: date) -> dict[int, list[EarlierAward]]:
    """Return by application the awards of its people whose wait is not over, oldest first. Constant in queries.

    Only support whose results are out counts. A person counts with what they asked for themselves or travel along with;
    an organisation with its own. The wait is asked about on the day an application was sent, or `today` until it is.
    """
    parties = {one.id: {_holder(one)} for one in applications}
    _join(parties)
    everybody = set().union(*parties.values())
    found = _awards_of(everybody)
    holders = {award.application_id: {_holder(award.application)} for award in found}
    names = {_holder(award.application): _name(award.application) for award in found}
    names |= _join(holders)
    told: dict[int, list[EarlierAward]] = {}
    for application in applications:
        others = [award for award in found if award.application_id != application.id]
        shared = [(award, parties[application.id] & holders[award.application_id]) for award in others]
        mine = [_told(award, names[min(both)], years) for award, both in shared if both]
        asked_on = local(application.submitted_at).date() if application.submitted_at else today
        told[application.id] = still_waiting(mine, asked_on)
    return told


def _holder(application: Application) -> Party:
    if application.organisation_id is not None:
        return ("organisation", application.organisation_id)
    return ("person", application.applicant_user_id)


def _name(application: Application) -> str:
    return application.organisation.name if application.organisation else application.applicant.name


def _join(parties: dict[int, set[Party]]) -> dict[Party, str]:
    """Add who travels along with each application; return their names."""
    names: dict[Party, str] = {}
    travelling = select(CoApplicant).where(
        CoApplicant.application_id.in_(parties), CoApplicant.state == CompanionState.ACCEPTED
    )
    for companion in session().scalars(travelling.order_by(CoApplicant.id)):
        if companion.user_id is not None:
            parties[companion.application_id].add(("person", companion.user_id))
            names[("person", companion.user_id)] = companion.name
    return names


def _awards_of(everybody: Iterable[Party]) -> list[Award]:
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, number in sorted(everybody):
        ids[kind].append(number)
    along = select(CoApplicant.application_id).where(
        CoApplicant.user_id.in_(ids["person"]), CoApplicant.state == CompanionState.ACCEPTED
    )
    query = (
        select(Award)
        .join(Award.application)
        .join(Determination, Determination.application_id == Award.application_id)
        .options(
            joinedload(Award.application).joinedload(Application.applicant),
            joinedload(Award.application).joinedload(Application.organisation),
        )
        .where(
            Award.committed_at.is_not(None),
            Determination.state == DeterminationState.RELEASED,  # money is committed before anybody is told
            Award.state != AwardState.DECLINED,
            or_(
                Application.applicant_user_id.in_(ids["person"]) & Application.organisation_id.is_(None),
                Application.organisation_id.in_(ids["organisation"]),
                Application.id.in_(along),
            ),
        )
        .order_by(Award.committed_at, Award.id)
    )
    return list(session().scalars(query))


def _told(award: Award, who: str, years: int) -> EarlierAward:
    application = award.application
    assert award.committed_at is not None
    day = local(award.committed_at).date()
    return EarlierAward(
        application.id, application.folio or "", application.sent_title or "", who, day, later(day, years)
    )
