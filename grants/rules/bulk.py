"""Whether an act on many applications may touch this one."""

from dataclasses import dataclass

from core.errors import Refusal
from grants.errors import queue as errors
from grants.errors.awards import CureRunning, CureUsed, OwnCase
from grants.states.application import ApplicationState
from grants.states.bulk import BulkKind
from grants.states.screening import CureState

UNDECIDED = (ApplicationState.SUBMITTED, ApplicationState.IN_CURE)
TARGET: dict[BulkKind, ApplicationState] = {
    BulkKind.ELIGIBLE: ApplicationState.ELIGIBLE,
    BulkKind.INELIGIBLE: ApplicationState.INELIGIBLE,
    BulkKind.CURE: ApplicationState.IN_CURE,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an application stands: what the preview saw, and what must still be so when it is done."""

    application_id: int
    folio: str
    state: ApplicationState
    submissions: int
    screening_id: int | None  # the latest verdict
    officer_id: int | None
    cure_state: CureState | None
    letter_held: bool
    settled: bool  # a dossier or a result was prepared from its verdict

    @property
    def mark(self) -> str:
        """What changes whenever somebody decides, answers, withdraws or assigns."""
        cure = self.cure_state.value if self.cure_state is not None else "-"
        held = "held" if self.letter_held else "-"
        return f"{self.state.value}:{self.submissions}:{self.screening_id}:{self.officer_id}:{cure}:{held}"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides: whose case it is, what the rules say, and what is asked for."""

    own: bool = False
    rules_refuse: bool = False
    officer_id: int | None = None
    officer_has_stake: bool = False
    cure_runs_until: str | None = None  # while the applicant still has time to answer


def obstacle(kind: BulkKind, standing: Standing, around: Circumstances) -> Refusal | None:
    """Return why `kind` is not done to an application, or None when it is."""
    if around.own:
        return OwnCase(folio=standing.folio)
    match kind:
        case BulkKind.ASSIGN:
            known = standing.officer_id == around.officer_id
            return errors.OfficerHasStake() if around.officer_has_stake else errors.AlreadyTheirs() if known else None
        case BulkKind.LETTERS:
            return None if standing.letter_held else errors.NoLetterHeld()
        case _:
            return _verdict_obstacle(kind, standing, around)


def _verdict_obstacle(kind: BulkKind, standing: Standing, around: Circumstances) -> Refusal | None:
    if standing.state not in UNDECIDED:
        return errors.AlreadyDecided()
    if kind is BulkKind.CURE:
        return CureUsed() if standing.cure_state is not None else None
    if kind is BulkKind.INELIGIBLE and not around.rules_refuse:
        return errors.RulesDoNotRefuse()
    if kind is BulkKind.INELIGIBLE and around.cure_runs_until is not None:
        return CureRunning(due_at=around.cure_runs_until)
    return None


def undo_obstacle(kind: BulkKind, standing: Standing, *, screening_id: int | None, officer_id: int) -> Refusal | None:
    """Return why an application does not go back to where it was, or None when it does."""
    if kind is BulkKind.ASSIGN:
        return None if standing.officer_id == officer_id else errors.ChangedMeanwhile()
    if standing.state is not TARGET.get(kind) or standing.screening_id != screening_id:
        return errors.ChangedMeanwhile()
    if standing.settled:
        return errors.HasDossier()
    if kind is not BulkKind.CURE:
        return None
    answered = standing.cure_state is not CureState.OPEN
    return errors.LetterSent() if not standing.letter_held else errors.ChangedMeanwhile() if answered else None
