"""Screening, blinding, the blind review and the ranking of the awarded call."""

from collections.abc import Callable, Generator
from datetime import date, datetime
from random import Random

from accounts import services as accounts
from accounts.models import User
from core.context import acting_as
from core.database import session
from core.roles import Role
from grants import queries as grants_queries
from grants import services as grants
from grants.models import Call
from grants.models.blinding import BlindClearing
from grants.queries.screening import under_review
from grants.states.call import CallState
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.models import Assignment, Panel
from scoring.services import ScoreEntry
from scoring.states import AssignmentState, PanelState
from web.demo.calendar import office_hours
from web.demo.opinions import CRITERIA, reason
from web.demo.people import DOMAIN, make_account
from web.demo.story import Chapter, Story, actor_of

SCHOOLS = ("Universidad del Valle Alto", "Escuela de Artes del Sur", "Instituto Tezozómoc", "Casa de Altos Estudios")
TOPICS = (("danza", "artes escénicas"), ("música", "arte sonoro"), ("historia urbana",), ("edición", "traducción"))
EXPERIENCES = (
    "Quince años de docencia y creación. Evalué becas de estancia en dos ocasiones.",
    "Dirijo un espacio independiente que recibe residencias de otros países.",
    "Investigadora de tiempo completo; he dictaminado proyectos y artículos.",
    "Gestora cultural: coordiné intercambios entre ciudades durante ocho años.",
)
ASIDE = " En mi taller vimos un proyecto parecido."  # what tells applicants who reads them: a person has to cover it
ASIDES, GUESSES = 20, 9  # of so many reviews, one has it, and in one the reviewer believes to know who applied
REVIEWS_A_PERSON = 40
SMALLEST = 9


def seat_committee(story: Story) -> None:
    """Make the committee's accounts: nine for sixty applications, more for more."""
    needed = max(SMALLEST, -(-story.applications * 3 // REVIEWS_A_PERSON))
    founder = story.crowd.person("Consuelo Rangel Ortega")
    schools = [story.crowd.organisation(name, "university", founder) for name in SCHOOLS]
    for number in range(needed):
        if number == 0:
            user = story.users["evaluadora"]
        else:
            name, _gender = story.crowd.name()
            user = make_account(name, f"evaluacion{number}@{DOMAIN}", Role.REVIEWER)
        if number % 3:
            accounts.add_member(schools[number % len(schools)], user, member_role="viewer")
        story.users[f"reviewer{number}"] = user
        _put_on_roster(story, user, number)
    name, _gender = story.crowd.name()
    waiting = make_account(name, f"propuesta@{DOMAIN}", Role.APPLICANT)
    grants.offer_to_review(waiting, axes=[1, 3], keywords=list(TOPICS[0]), experience=EXPERIENCES[0])
    session().commit()


def _put_on_roster(story: Story, user: User, number: int) -> None:
    profile = grants.offer_to_review(
        user,
        axes=sorted({1 + number % 5, 1 + (number + 2) % 5}),
        keywords=list(TOPICS[number % len(TOPICS)]),
        experience=EXPERIENCES[number % len(EXPERIENCES)],
    )
    with story.acting("programa"):
        grants.admit(profile)


def screen_and_blind(
    story: Story, call: Call, on: date, opens: datetime, closes: datetime, *, seats: int | None = None
) -> Generator[datetime, None, Panel]:
    """Screen by the rules, prepare and clear the blind dossiers, seat the committee and hand everything over.

    `seats` is how many of the committee sit, the demo's own reviewer first; None is all.
    """
    yield office_hours(on)
    grants.advance_calls()
    with story.acting("programa"):
        grants.move_call(call, CallState.SCREENING)
        grants.screen_applications(call, refuse_failing=True, progress=_bar(story, "Screening"))
        session().commit()
        grants.prepare_dossiers(call, progress=_bar(story, "Blinding"))
        session().commit()
        for clearing in session().scalars(grants_queries.clearings(call, with_findings=True)).all():
            _redact_all(clearing)
            grants.clear_dossier(clearing)
        grants.clear_clean_dossiers(call)
        session().commit()
        panel = grants.open_review(call, review_opens_at=opens, review_closes_at=closes)
        for number, user in enumerate(reviewers(story)[:seats]):
            axes = (1 + number % 5, 1 + (number + 2) % 5)
            grants.seat_reviewer_on(call, user, keywords=[f"eje-{axis}" for axis in axes])
        grants.hand_over_dossiers(call, progress=_bar(story, "Handing over"))
        grants.hand_over_conflicts(call)
        scoring.advance_panel(panel, PanelState.DECLARATIONS)
        scoring.assign_reviewers(panel)
        scoring.commit_lot(panel)
        scoring.add_invented_samples(panel)
        scoring.advance_panel(panel, PanelState.REVIEW)
    session().commit()
    return panel


def _redact_all(clearing: BlindClearing) -> None:
    """Do what the officer does at the desk: black out each finding in the text, leave out a file that names somebody."""
    while clearing.open_findings:
        index, trace = next((i, one) for i, one in enumerate(clearing.findings) if not one["dismissed"])
        if trace["where"].startswith("files."):
            position = int(trace["where"].split(".")[1])
            grants.exclude_file(clearing, position, reason="El archivo nombra a quien solicita.")
        else:
            grants.redact_finding(clearing, index)


def reviewers(story: Story) -> list[User]:
    """Return the committee's people in the order in which they were seated."""
    return [user for name, user in story.users.items() if name.startswith("reviewer")]


def score_all(story: Story, call: Call, panel: Panel, day: int) -> Chapter:
    """Let every reviewer declare, score and justify; call one more where they disagree as far as the rulebook says."""
    merit = {code: 4.9 for code, application in under_review(call) if application.applicant == story.users["becaria"]}
    people = {user.id: user for user in reviewers(story)}
    waiting = scoring_queries.assignments_of_panel(panel)
    for number, assignment in enumerate(waiting):
        if number % 50 == 0:
            yield office_hours(story.year.day(day + 5 + 20 * number // len(waiting)), 17)
        _review(story, assignment, merit, people)
        story.advance("Reviews", number + 1, len(waiting))
    session().commit()
    yield office_hours(story.year.day(day + 28))
    for assignment in scoring.assign_further_reviewers(panel):
        _review(story, assignment, merit, people)
    session().commit()


def _review(story: Story, assignment: Assignment, merit: dict[str, float], people: dict[int, User]) -> None:
    if assignment.state is AssignmentState.RECUSED:
        return
    chance = story.chance
    quality = merit.setdefault(assignment.dossier.code, chance.gauss(3.4, 0.75))
    with acting_as(actor_of(people[assignment.seat.reviewer_id])):
        scoring.declare_no_conflict(assignment.seat, assignment.dossier)
        told = ASIDE if assignment.id % ASIDES == 0 else ""
        scores = {name: _entry(chance, name, quality, told) for name in CRITERIA}
        scoring.submit_review(assignment, scores, believes_known=assignment.id % GUESSES == 0)


def _entry(chance: Random, criterion: str, quality: float, told: str) -> ScoreEntry:
    value = min(5, max(1, round(chance.gauss(quality, 0.45))))
    return ScoreEntry(str(value), reason(chance, criterion, value) + (told if criterion == CRITERIA[0] else ""))


def rank_and_cut(story: Story, call: Call, panel: Panel, day: int) -> Chapter:
    """Compute the exact ranking, draw the lot where it is needed, cut by the budget, release it."""
    yield office_hours(story.year.day(day))
    with story.acting("programa"):
        grants.move_call(call, CallState.DELIBERATION)
        ranking = scoring.compute_ranking(panel)
        if any(line.awaits_lot for line in scoring_queries.ranking_lines(ranking)):
            scoring.draw_lots(panel, "04.11.19.27.38.52.07")
            ranking = scoring.compute_ranking(panel)
        scoring.select(ranking, budget_cents=call.budget_cents or 0, currency=call.currency)
        scoring.release_ranking(ranking)
    session().commit()


def _bar(story: Story, chapter: str) -> Callable[[int, int], None]:
    return lambda done, total: story.advance(chapter, done, total)
