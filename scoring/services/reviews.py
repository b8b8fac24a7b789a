"""Write, submit and, in discussion, openly change a review."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.audit import record
from core.clock import now
from core.database import session
from core.errors import IllegalTransition
from core.language import N_, _, localised, ngettext
from scoring import queries
from scoring.errors import (
    InConflict,
    Lack,
    LotAlreadyDrawn,
    NotDeclared,
    ReviewAlreadySubmitted,
    ReviewEditedElsewhere,
    ReviewIncomplete,
    ScoreOffScale,
    ScoreUnchanged,
    UnknownCriterion,
)
from scoring.models import Assignment, AssignmentOrigin, Review, Score, ScoreChange
from scoring.rules.rulebook import Criterion, Rulebook, plain
from scoring.services.phases import ensure_calibrated, keep_phase, require_phase, require_reason, require_window
from scoring.states import ASSIGNMENT, REVIEW, AssignmentState, PanelState, ReviewState


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """What a reviewer typed for a criterion: the score as decimal text, None or empty for not yet, and the reasons."""

    value: str | None
    justification: str = ""


Written = tuple[Fraction | None, str]
NOTHING: Written = (None, "")
LONGEST_NOTE = 10_000
LONGEST_DRAFT = 20_000  # what is too long to be sent is kept all the same, so that it can be cut


def save_review_draft(
    assignment: Assignment,
    scores: Mapping[str, ScoreEntry],
    *,
    expected_version: int | None = None,
    edition: str = "",
    note: str | None = None,
) -> Review:
    """Keep what is written so far; criteria that `scores` does not mention stay as they were.

    With `expected_version` (0 before the first save) a save that would change something is refused when another page
    than `edition` saved since. `note` is what the reviewer writes down for nobody else; None leaves it.

    A justification above the rulebook's maximum is kept; `missing_in_review` names it and it is not submitted.

    Raises:
        NotDeclared, InConflict: the reviewer may not score yet, or no longer. ReviewWindowClosed, WrongPhase.
        ReviewEditedElsewhere, ReviewAlreadySubmitted: another page was first; nothing was kept.
        ScoreOffScale, UnknownCriterion, ReviewIncomplete: a score or a justification is out of every bound.
    """
    _require_open(assignment)
    rules = assignment.dossier.panel.rulebook.rules
    longest = max(LONGEST_DRAFT, rules.justification_max)
    parsed = {name: _parse(rules, name, entry, longest) for name, entry in scores.items()}
    review = queries.review_to_save(assignment)
    if review is None:
        review = Review(assignment=assignment, state=ReviewState.DRAFT, version=0, scores=[])
        session().add(review)
    elif expected_version is not None:
        _refuse_overwriting(review, parsed, expected_version, edition, _note(note))
    review.version += 1
    if note is not None:
        review.note = _note(note) or ""
    review.edition = edition
    review.saved_at = now()
    existing = {score.criterion: score for score in review.scores}
    for name, (value, justification) in parsed.items():
        score = existing.get(name)
        if score is None:
            score = Score(criterion=name, justification="", version=1)
            review.scores.append(score)
        score.numerator = None if value is None else value.numerator
        score.denominator = None if value is None else value.denominator
        score.justification = justification
    session().flush()
    return review


def _note(text: str | None) -> str | None:
    return None if text is None else text.strip()[:LONGEST_NOTE]


def _refuse_overwriting(
    review: Review, parsed: Mapping[str, Written], expected: int, edition: str, note: str | None
) -> None:
    if review.version <= expected or (edition and review.edition == edition):
        return
    standing: dict[str, Written] = {score.criterion: (score.value, score.justification) for score in review.scores}
    other_note = note is not None and note != review.note
    if other_note or any(standing.get(name, NOTHING) != written for name, written in parsed.items()):
        raise ReviewEditedElsewhere(theirs=standing, version=review.version, note=review.note)


def submit_review(
    assignment: Assignment, scores: Mapping[str, ScoreEntry], *, believes_known: bool | None = None
) -> Review:
    """Fix a review: every criterion scored on its scale and justified. It can no longer be edited.

    `believes_known` is whether the reviewer thinks to know whose dossier it is: only the rate of it is published.

    Raises:
        ReviewIncomplete: `errors` says what each criterion lacks. What `save_review_draft` raises.
    """
    queries.share_panel(assignment.dossier.panel)
    review = save_review_draft(assignment, scores)
    errors = missing_in_review(review)
    if errors:
        rules = assignment.dossier.panel.rulebook.rules
        names = ", ".join(localised(rules.criterion(name).name) for name in errors)
        raise ReviewIncomplete(errors, criteria=names)
    if queries.is_in_conflict(assignment.seat, assignment.dossier):
        raise InConflict()
    REVIEW.check(review.state, ReviewState.SUBMITTED)
    ASSIGNMENT.check(assignment.state, AssignmentState.SUBMITTED)
    review.state = ReviewState.SUBMITTED
    review.submitted_at = assignment.submitted_at = now()
    assignment.state = AssignmentState.SUBMITTED
    review.believes_known = believes_known
    session().flush()
    record("review.submitted", "review", review.id, after={"dossier": assignment.dossier.code})
    return review


def missing_in_review(review: Review) -> dict[str, Lack]:
    """Return what each criterion of a draft still lacks, in the reader's language; empty when it can be submitted."""
    rules = review.assignment.dossier.panel.rulebook.rules
    scores = {score.criterion: score for score in review.scores}
    errors: dict[str, Lack] = {}
    for criterion in rules.criteria:
        score = scores.get(criterion.id)
        written = (None, "") if score is None else (score.value, score.justification)
        lack = _lack(*written, rules.justification_min, rules.justification_max)
        if any(lack):
            errors[criterion.id] = lack
    return errors


def _lack(value: Fraction | None, text: str, least: int, most: int) -> Lack:
    return Lack(
        score=_(N_("Elige una calificación.")) if value is None else "",
        why=too_short(least) if len(text) < least else too_long(most, len(text)) if len(text) > most else "",
    )


def too_short(characters: int) -> str:
    """Return the sentence for a justification below the rulebook's minimum."""
    return ngettext(
        "La justificación necesita al menos %(num)s carácter.",
        "La justificación necesita al menos %(num)s caracteres.",
        characters,
    )


def too_long(characters: int, written: int) -> str:
    """Return the sentence for a justification above a maximum: how much is too much."""
    limit = ngettext(
        "La justificación puede tener hasta %(num)s carácter.",
        "La justificación puede tener hasta %(num)s caracteres.",
        characters,
    )
    over = ngettext("Sobra %(num)s carácter.", "Sobran %(num)s caracteres.", written - characters)
    return f"{limit} {over}"


def change_submitted_score(
    review: Review, criterion: str, *, value: str, justification: str, reason: str
) -> ScoreChange:
    """Change a submitted score in discussion; what it was, what it became and why stay on record.

    Raises:
        WrongPhase: the panel does not discuss. ReasonMissing, ScoreOffScale, ReviewIncomplete, ScoreUnchanged.
        LotAlreadyDrawn: whoever changes it would know what that does to a tie.
    """
    panel = review.assignment.dossier.panel
    if queries.is_lot_drawn(panel):
        raise LotAlreadyDrawn()
    keep_phase(panel, PanelState.DISCUSSION)
    if review.state != ReviewState.SUBMITTED:
        raise IllegalTransition(from_state=REVIEW.label(review.state), to_state=REVIEW.label(ReviewState.SUBMITTED))
    rules = panel.rulebook.rules
    new, text = _parse(rules, criterion, ScoreEntry(value, justification), rules.justification_max)
    if new is None:
        raise ScoreOffScale(value=value)
    if len(text) < rules.justification_min:
        raise ReviewIncomplete(
            {criterion: Lack(why=too_short(rules.justification_min))},
            criteria=localised(rules.criterion(criterion).name),
        )
    score = next(one for one in review.scores if one.criterion == criterion)
    old = score.value
    assert old is not None
    if (old, score.justification) == (new, text):
        raise ScoreUnchanged()
    change = ScoreChange(
        score_id=score.id,
        version=score.version + 1,
        previous_numerator=old.numerator,
        previous_denominator=old.denominator,
        previous_justification=score.justification,
        numerator=new.numerator,
        denominator=new.denominator,
        justification=text,
        reason=require_reason(reason),
        changed_at=now(),
    )
    session().add(change)
    session().flush()  # the database lets the score change only when the record stands
    score.numerator, score.denominator, score.justification = new.numerator, new.denominator, text
    score.version = change.version
    session().flush()
    record("score.changed", "review", review.id, {"value": str(old)}, {"value": str(new), "criterion": criterion})
    return change


def require_whole(rules: Rulebook, scores: Mapping[str, ScoreEntry], *, least: int) -> dict[str, tuple[Fraction, str]]:
    """Return every criterion's score and reason of `least` characters, or refuse by naming what each lacks.

    Raises:
        ReviewIncomplete, ScoreOffScale, UnknownCriterion.
    """
    parsed = {name: _parse(rules, name, entry, rules.justification_max) for name, entry in scores.items()}
    errors: dict[str, Lack] = {}
    whole: dict[str, tuple[Fraction, str]] = {}
    for criterion in rules.criteria:
        value, text = parsed.get(criterion.id, NOTHING)
        lack = _lack(value, text, least, rules.justification_max)
        if any(lack):
            errors[criterion.id] = lack
        if value is not None:
            whole[criterion.id] = (value, text)
    if errors:
        names = ", ".join(localised(rules.criterion(name).name) for name in errors)
        raise ReviewIncomplete(errors, criteria=names)
    return whole


def _require_open(assignment: Assignment) -> None:
    panel = assignment.dossier.panel
    if assignment.state == AssignmentState.PROPOSED:
        raise NotDeclared()
    if assignment.state == AssignmentState.RECUSED:
        raise InConflict()
    if assignment.state == AssignmentState.SUBMITTED:
        raise ReviewAlreadySubmitted()
    if assignment.state != AssignmentState.ACCEPTED:
        ASSIGNMENT.check(assignment.state, AssignmentState.ACCEPTED)
    ensure_calibrated(assignment)
    if panel.state == PanelState.DISCUSSION and assignment.origin != AssignmentOrigin.INITIAL:
        return  # called after the window: because the others disagreed, or for who could not
    require_phase(panel, PanelState.REVIEW)
    require_window(panel)


def _parse(rules: Rulebook, name: str, entry: ScoreEntry, longest: int) -> Written:
    try:
        criterion = rules.criterion(name)
    except KeyError:
        raise UnknownCriterion(criterion=name[:40]) from None
    justification = entry.justification.strip()
    if len(justification) > longest:
        lack = Lack(why=too_long(longest, len(justification)))
        raise ReviewIncomplete({name: lack}, criteria=localised(criterion.name))
    return _score(criterion, entry.value), justification


def _score(criterion: Criterion, text: str | None) -> Fraction | None:
    if text is None or not text.strip():
        return None
    for value in criterion.values():
        if text.strip() == plain(value):
            return value
    raise ScoreOffScale(value=text.strip()[:20])
