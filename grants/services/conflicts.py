"""The committee of a call, and the conflicts of interest it cannot know of itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts import queries as account_queries
from accounts.models import User
from accounts.services import when_membership_changes
from core.audit import record
from core.database import session
from core.jobs import enqueue
from core.roles import Role
from grants.errors.awards import NoPanel, NoRulebook, NotAReviewer
from grants.models.call import Call
from grants.models.screening import PayingOrganisation
from grants.queries import calls as call_queries
from grants.queries import screening as queries
from grants.queries.readmissions import first_readers, panel_key, receiving_panel, supplementary_panels
from grants.rules.conflicts import Party, ties
from grants.services.reminders import plan_reminders
from scoring import queries as scoring_queries
from scoring.models import Panel, PanelSeat
from scoring.services import KnownConflict, before_conflicts_count, open_panel, record_conflicts, seat_reviewer
from scoring.states import ConflictKind, PanelState

SUPPLEMENTARY = {"es": "%s (comité complementario)", "en": "%s (supplementary committee)"}
TAKES_CONFLICTS = (PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION)


def open_review(call: Call, *, review_opens_at: datetime, review_closes_at: datetime) -> Panel:
    """Open the committee of a call under its published rulebook; the one already open is returned.

    When an appeal brought an application back after the results, it is a supplementary one.

    Raises:
        NoRulebook: the call has none.
    """
    key = panel_key(call)
    panel = scoring_queries.panel_of_call(key)
    if panel is not None:
        return panel
    if call.rulebook is None:
        raise NoRulebook()
    is_supplementary = key != call.slug
    panel = open_panel(
        call_key=key,
        rulebook=call.rulebook,
        title={code: SUPPLEMENTARY[code] % title for code, title in call.title.items()}
        if is_supplementary
        else dict(call.title),
        review_opens_at=review_opens_at,
        review_closes_at=review_closes_at,
        is_supplementary=is_supplementary,
    )
    plan_reminders(panel)
    return panel


def seat_reviewer_on(call: Call, user: User, *, keywords: Sequence[str] = ()) -> PanelSeat:
    """Give a person a seat on a call's committee. Scoring learns a number and an opaque key of the institution.

    Raises:
        NoPanel: no committee yet. NotAReviewer: the person does not hold the role.
    """
    panel = receiving_panel(call)
    if panel is None:
        raise NoPanel()
    if Role.REVIEWER not in user.roles:
        raise NotAReviewer(name=user.name)
    seated = scoring_queries.seat_of(panel, user.id)
    if seated is not None and seated.left_at is None:
        return seated
    organisations = account_queries.organisations_of(user)
    key = f"o{min(item.id for item in organisations)}" if organisations else None
    return seat_reviewer(panel, reviewer_id=user.id, keywords=list(keywords), institution_key=key)


def name_paying_organisations(call: Call, organisation_ids: Iterable[int]) -> None:
    """Note which organisations give to the funds that pay a call. Their members will not judge it."""
    known = queries.paying_organisations(call)
    added = sorted(set(organisation_ids) - known)
    session().add_all(PayingOrganisation(call_id=call.id, organisation_id=number) for number in added)
    session().flush()
    if added:
        record("call.payers_named", "call", call.id, None, {"organisations": added})


def hand_over_conflicts(call: Call, panel: Panel | None = None) -> int:
    """Work out who may not judge what, and give scoring opaque pairs; return how many pairs there are.

    Looks at organisations, both surnames, earlier joint applications, the applicants themselves, the organisations
    that pay, and who had the application before an appeal was upheld. May be repeated whenever somebody joins: scoring
    keeps one conflict per pair and kind. `panel` is the one that receives dossiers now unless it is named.

    Raises:
        NoPanel: no committee yet.
    """
    panel = panel or receiving_panel(call)
    if panel is None:
        raise NoPanel()
    sponsors = queries.paying_organisations(call)
    reviewers = queries.people([seat.reviewer_id for seat in scoring_queries.seats_of_panel(panel)])
    collaborators = queries.earlier_collaborators(reviewers)
    places = queries.organisations_by_user(user.id for user in reviewers)
    parties = {
        user.id: Party(frozenset({user.id}), (user.name,), frozenset(places.get(user.id, {}))) for user in reviewers
    }
    theirs = {dossier.code for dossier in scoring_queries.dossiers_of_panel(panel)}
    dossiers = [(code, application) for code, application in queries.under_review(call) if code in theirs]
    behind = queries.behind([application for _code, application in dossiers])
    before = first_readers(call)
    found = []
    for code, application in dossiers:
        people = behind[application.id]
        applicants = Party(people.user_ids, people.names, people.organisation_ids)
        for reviewer_id, party in parties.items():
            known = ties(
                party,
                applicants,
                sponsors=sponsors,
                collaborators=collaborators.get(reviewer_id, ()),
                judged=reviewer_id in before.get(application.id, ()),
            )
            found += [KnownConflict(code, reviewer_id, ConflictKind(tie.value)) for tie in known]
    record_conflicts(panel, found)
    record("conflicts.handed_over", "call", call.id, None, {"pairs": len(found)})
    return len({(item.dossier_code, item.reviewer_id) for item in found})


@before_conflicts_count
def recheck_conflicts(panel: Panel) -> None:
    """Work conflicts out again before a panel assigns or ranks: people join organisations while others review."""
    call = call_queries.call_by_slug(panel.call_key.partition("/")[0])
    if call is not None:
        hand_over_conflicts(call, panel)


@when_membership_changes
def recheck_later(person: User) -> None:
    """Have the conflicts of every call under review worked out again after somebody joined or left an organisation."""
    for call in call_queries.under_selection():
        key = f"grants.recheck_conflicts:{call.id}:{person.id}"
        told = {"call_id": call.id}
        enqueue("grants.recheck_conflicts", told, unique_key=key, even_while_running=True)


def recheck_conflicts_of(call: Call) -> None:
    """Work the conflicts of a call out again while its committee still takes them; otherwise do nothing."""
    for panel in (scoring_queries.panel_of_call(call.slug), *supplementary_panels(call)):
        if panel is not None and panel.state in TAKES_CONFLICTS:
            hand_over_conflicts(call, panel)
