"""Committees, dossiers and reviews made by the services, for the tests of every room."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clock import now
from scoring import queries, services
from scoring.models import Assignment, Dossier, Panel, PanelSeat, Ranking, Review, RulebookVersion
from scoring.services import ScoreEntry
from scoring.states import PanelState
from tests.factories.rules import standard_rulebook
from tests.stories import made_once

CRITERIA = ("calidad", "impacto", "viabilidad", "alcance")
JUSTIFICATION = "La propuesta lo demuestra con pruebas claras."


def rulebook_document(**changes: Any) -> dict[str, Any]:
    """A valid rulebook; keyword arguments replace whole top-level parts."""
    return standard_rulebook({"es": "Reglas de evaluación", "en": "Review rules"}) | changes


def simple_rulebook(reviewers: int = 3, **changes: Any) -> dict[str, Any]:
    """A valid rulebook in which disagreement calls nobody."""
    document = standard_rulebook({"es": "Reglas de evaluación", "en": "Review rules"}, reviewers=reviewers)
    document["discrepancy"] |= {"further_reviewers": 0}
    return document | changes


def rulebook(call_key: str = "convocatoria", document: Mapping[str, Any] | None = None) -> RulebookVersion:
    """A frozen rulebook."""
    return services.freeze_rulebook(document or rulebook_document(), call_key=call_key)


def panel(
    call_key: str = "convocatoria",
    *,
    document: Mapping[str, Any] | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Panel:
    """A committee being set up; its window is open now and for twenty days."""
    return services.open_panel(
        call_key=call_key,
        rulebook=rulebook(call_key, document),
        title={"es": "Movilidad 2026", "en": "Mobility 2026"},
        review_opens_at=opens_at or now(),
        review_closes_at=closes_at or now() + timedelta(days=20),
    )


def content(title: str = "Son jarocho en tres ciudades") -> dict[str, Any]:
    """Blind content."""
    return {
        "title": title,
        "summary": "Una gira de tres semanas con talleres abiertos.",
        "sections": [
            {
                "heading": {"es": "Proyecto", "en": "Project"},
                "fields": [{"label": {"es": "Qué harás", "en": "What you will do"}, "value": "Conciertos y talleres."}],
            }
        ],
    }


def dossier(of: Panel, **changes: Any) -> Dossier:
    """A cleared dossier."""
    facts: dict[str, Any] = {
        "keywords": ["musica"],
        "axis": "1",
        "requested_cents": 5_000_000,
        "currency": "MXN",
        "cleared": True,
    }
    return services.receive_dossier(of, changes.pop("content", None) or content(), **(facts | changes))


def seat(of: Panel, reviewer_id: int = 900, **changes: Any) -> PanelSeat:
    """A reviewer's place."""
    return services.seat_reviewer(of, reviewer_id=reviewer_id, keywords=changes.pop("keywords", ["musica"]), **changes)


@made_once
def assigned_panel(dossiers: int = 3, reviewers: int = 3, first_reviewer_id: int = 901, **changes: Any) -> Panel:
    """A committee in review whose reviewers (ids from `first_reviewer_id`) have declared no conflict."""
    made = panel(document=changes.pop("document", None) or simple_rulebook(min(3, reviewers)), **changes)
    for _number in range(dossiers):
        dossier(made)
    for number in range(reviewers):
        seat(made, first_reviewer_id + number)
    services.assign_reviewers(made)
    services.advance_panel(made, PanelState.DECLARATIONS)
    for assignment in queries.assignments_of_panel(made):
        services.declare_no_conflict(assignment.seat, assignment.dossier)
    services.advance_panel(made, PanelState.REVIEW)
    return made


def first_assignment(of: Panel) -> Assignment:
    """The first assignment of a committee."""
    return queries.assignments_of_panel(of)[0]


def entries(*values: int | str, justification: str = JUSTIFICATION) -> dict[str, ScoreEntry]:
    """A whole review's entries, in the order of the standard criteria."""
    return {name: ScoreEntry(str(value), justification) for name, value in zip(CRITERIA, values, strict=True)}


def review(assignment: Assignment, *values: int | str, says: str = JUSTIFICATION) -> Review:
    """A submitted review."""
    return services.submit_review(assignment, entries(*(values or (4, 4, 4, 4)), justification=says))


@made_once
def reviewed_panel(
    dossiers: int = 3, reviewers: int = 3, scores: Sequence[Sequence[int]] = (), **changes: Any
) -> Panel:
    """A committee with every review in; `scores[n]` are the marks all reviewers give the n-th dossier by code."""
    made = assigned_panel(dossiers, reviewers, **changes)
    order = {one.code: number for number, one in enumerate(queries.open_dossiers(made))}
    for assignment in queries.assignments_of_panel(made):
        number = order[assignment.dossier.code]
        marks = scores[number] if scores else (5 - number % 3, 4, 4, 4 - number // 3 % 2)
        review(assignment, *marks)
    return made


@made_once
def released_panel(
    dossiers: int = 3, reviewers: int = 3, *, budget_cents: int = 10_000_000, **changes: Any
) -> tuple[Panel, Ranking]:
    """A committee whose ranking is public, with its lot drawn."""
    made = reviewed_panel(dossiers, reviewers, **changes)
    services.commit_lot(made)
    services.compute_ranking(made)
    services.draw_lots(made, "04.11.23.31.40.52.07")
    ranking = services.compute_ranking(made)
    services.select(ranking, budget_cents=budget_cents, currency=ranking.currency)
    return made, services.release_ranking(ranking)
