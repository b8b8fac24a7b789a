"""The committees' scores of a call whose results are out, under codes and letters: enough to rank again, no name."""

from dataclasses import dataclass

from grants.models import Call
from grants.queries.determinations import count_released
from grants.queries.feedback import public_reasons
from grants.queries.readmissions import supplementary_panels
from scoring import queries as scoring
from scoring.models import Panel
from scoring.rules.provisions import plain
from scoring.states import PanelState


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """What one reviewer gave a dossier in one criterion; committee 1 is the call's own, 2 and on reviewed appeals."""

    committee: int
    application: str
    reviewer: str
    criterion: str
    score: str


@dataclass(frozen=True, slots=True)
class PublishedReason:
    """Why one reviewer gave a dossier what they gave in one criterion."""

    committee: int
    application: str
    reviewer: str
    criterion: str
    reason: str


def published_scores(call: Call) -> list[PublishedScore]:
    """Return every score behind a call's published orders, by committee; none before, nor where its rules hide them."""
    first = scoring.panel_of_call(call.slug)
    if first is None or not count_released(call) or not first.rulebook.rules.scores_public:
        return []
    panels = [first, *supplementary_panels(call)]
    return [
        score
        for number, panel in enumerate(panels, start=1)
        if panel.state is PanelState.RELEASED
        for score in _scores(number, panel)
    ]


def published_reasons(call: Call) -> list[PublishedReason]:
    """Return the reasons that a person released, by committee; none before the results, nor where rules keep them."""
    rows = public_reasons(call) if count_released(call) else ()
    keys = [call.slug, *(panel.call_key for panel in supplementary_panels(call))] if rows else []
    numbers = {key: number for number, key in enumerate(keys, start=1)}
    return [
        PublishedReason(number, row.code, _letter(number, row.letter), row.criterion, row.text)
        for row in rows
        for number in (numbers[row.call_key],)
    ]


def published_account(call: Call) -> scoring.CommitteeAccount | None:
    """Return how a call's committee judged; None before its results are out."""
    return scoring.committee_account(call.slug) if count_released(call) else None


def _scores(number: int, panel: Panel) -> list[PublishedScore]:
    return [
        PublishedScore(number, code, _letter(number, letter), criterion, plain(value))
        for code, readers in scoring.submitted_sheets(panel).items()
        for letter, sheet in sorted(readers.items())
        for criterion, value in sheet.items()
    ]


def _letter(committee: int, letter: str) -> str:
    return letter if committee == 1 else f"{committee}-{letter}"
