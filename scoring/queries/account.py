"""What a committee whose order is out tells of how it judged: figures of many reviews, and of nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import case, distinct, func, select

from core.database import session
from scoring.models import Assignment, AssignmentOrigin, Dossier, Draw, Panel, Review
from scoring.queries.courses import AT_ONCE, course_kept
from scoring.queries.panels import panel_of_call
from scoring.queries.reviews import reviews_stamp, submitted_sheets
from scoring.rules.course import FORMAT, Summary, course, kept, summary
from scoring.rules.marking import FEWEST, Marking, Withheld, ends_of, published
from scoring.states import AssignmentState, PanelState, ReviewState


@dataclass(frozen=True, slots=True)
class Guesses:
    """In how many reviews the reviewer believed to know whose dossier it was, of how many that said."""

    made: int
    asked: int


@dataclass(frozen=True, slots=True)
class CommitteeAccount:
    """How a released committee judged.

    Of `compared` dossiers that several read, `apart` are those whose reviews differ as far as the rules' limit; both
    and `alpha` are None while they are being counted. `guesses` is None where too few answered to tell of them.
    """

    panel: Panel
    reviewers: int
    reviews: int
    further: int
    recusals: int
    guesses: Guesses | None
    alpha: float | None
    compared: int | None
    apart: int | None
    ends: tuple[Fraction, ...]
    marking: Marking


def committee_account(call_key: str) -> CommitteeAccount | None:
    """Return how the committee of a call judged, in a constant number of statements; None before its order is out."""
    panel = panel_of_call(call_key)
    if panel is None or panel.state is not PanelState.RELEASED:
        return None
    rules = panel.rulebook.rules
    counts = _counts(panel)
    found = _found(panel)
    marking = Marking((), withheld=Withheld.BEING_COUNTED)
    if found is not None:
        marking = published(found.counts, is_open=rules.scores_public)
    return CommitteeAccount(
        panel=panel,
        reviewers=counts["reviewers"],
        reviews=counts["reviews"],
        further=counts["further"],
        recusals=counts["recusals"],
        guesses=_guesses(counts),
        alpha=None if found is None else found.alpha,
        compared=None if found is None else found.asked_count + found.apart_count,
        apart=None if found is None else found.asked_count,
        ends=ends_of(rules),
        marking=marking,
    )


def _found(panel: Panel) -> Summary | None:
    """Return what was kept at the release, which nothing changes after; of few reviews it is worked out again."""
    row = course_kept(panel)
    if row is not None and row.found.get("format") == FORMAT:
        return summary(row.found)
    if reviews_stamp(panel).reviews > AT_ONCE:
        return None
    return summary(kept(course(panel.rulebook.rules, submitted_sheets(panel)), 0))


def _counts(panel: Panel) -> Mapping[str, int]:
    is_in = (Review.state == ReviewState.SUBMITTED) & Dossier.withdrawn_at.is_(None)
    has_said = is_in & Review.believes_known.is_not(None)
    numbers = {
        "reviewers": func.count(distinct(case((is_in, Assignment.seat_id)))),
        "reviews": func.count(case((is_in, 1))),
        "further": func.count(case((Assignment.origin == AssignmentOrigin.FURTHER, 1))),
        "recusals": func.count(case((Assignment.state == AssignmentState.RECUSED, 1))),
        "asked": func.count(case((has_said, 1))),
        "made": func.count(case((has_said & Review.believes_known.is_(True), 1))),
        "asked_people": func.count(distinct(case((has_said, Assignment.seat_id)))),
        "asked_dossiers": func.count(distinct(case((has_said, Assignment.dossier_id)))),
    }
    query = (
        select(*(number.label(name) for name, number in numbers.items()))
        .select_from(Assignment)
        .join(Dossier, Dossier.id == Assignment.dossier_id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Dossier.panel_id == panel.id)
    )
    row = session().execute(query).one()
    return dict(zip(numbers, map(int, row), strict=True))


def _guesses(counts: Mapping[str, int]) -> Guesses | None:
    if min(counts["asked_people"], counts["asked_dossiers"]) < FEWEST:
        return None
    return Guesses(counts["made"], counts["asked"])


def lots_of_call(call_key: str) -> list[Draw]:
    """Return the lots that break ties in a call, of its own committee and of those that reviewed appeals."""
    mine = (Panel.call_key == call_key) | Panel.call_key.startswith(f"{call_key}/", autoescape=True)
    query = select(Draw).join(Panel, Panel.id == Draw.panel_id)
    return list(session().scalars(query.where(mine, Panel.state != PanelState.CANCELLED).order_by(Draw.id)))
