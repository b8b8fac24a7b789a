"""What a panel's phase and window allow."""

from datetime import datetime

from core.clock import local, now
from core.language import current_language
from scoring import queries
from scoring.errors import ReasonMissing, ReviewWindowClosed, WrongPhase
from scoring.errors.calibration import CalibrationFirst
from scoring.models import Assignment, Panel
from scoring.states import PANEL, AssignmentState, PanelState

BEFORE_RANKING = (PanelState.SETUP, PanelState.DECLARATIONS, PanelState.REVIEW, PanelState.DISCUSSION)


def require_phase(panel: Panel, *states: PanelState) -> None:
    """Refuse unless the panel is in one of `states`."""
    if panel.state not in states:
        raise WrongPhase(phase=PANEL.label(panel.state))


def keep_phase(panel: Panel, *states: PanelState) -> Panel:
    """Do the same for a panel read again, which nobody moves on until the transaction ends.

    An order computed meanwhile would otherwise count a review without what is about to change in it.
    """
    require_phase(queries.share_panel(panel), *states)
    return panel


def hold_phase(panel: Panel, *states: PanelState) -> Panel:
    """Do the same, and let nobody else change who reads what until the transaction ends.

    Each reading that is given or ends is counted in its dossier, so two who change several of them, in another order,
    would wait for each other. Whoever changes those of one dossier alone shares the panel with the others.
    """
    require_phase(queries.take_panel(panel), *states)
    return panel


def is_window_over(panel: Panel) -> bool:
    """Return whether the last second of the review window, which counts to its end, is past."""
    return now().replace(microsecond=0) > panel.review_closes_at


def require_window(panel: Panel) -> None:
    """Refuse before the first or after the last second of the review window, by the server's clock."""
    if now() < panel.review_opens_at or is_window_over(panel):
        raise ReviewWindowClosed(opens=in_words(panel.review_opens_at), closes=in_words(panel.review_closes_at))


def in_words(moment: datetime) -> str:
    """Return a moment to the second as people here read it."""
    return local(moment).strftime("%d/%m/%Y %H:%M:%S" if current_language() == "es" else "%Y-%m-%d %H:%M:%S")


def require_reason(reason: str) -> str:
    """Return the reason trimmed, or refuse an empty one."""
    text = reason.strip()
    if not text:
        raise ReasonMissing()
    return text


def ensure_calibrated(assignment: Assignment) -> None:
    """Refuse what opens a real dossier while the member still owes samples. What was sent stays readable.

    Raises:
        CalibrationFirst.
    """
    if assignment.state not in (AssignmentState.PROPOSED, AssignmentState.ACCEPTED):
        return
    owed = queries.count_samples_owed(assignment.seat)
    if owed:
        raise CalibrationFirst(count=owed)
