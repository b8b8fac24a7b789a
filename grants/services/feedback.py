"""A person looks at what reviewers wrote before its applicant reads it: covers, rewords, explains, lets it go.

What the reviewer wrote is not touched: it stays beside its score. Never one's own case (OwnCase).
"""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import update

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import Forbidden
from core.jobs import enqueue
from grants import blinding
from grants.errors.awards import FindingsOpen, FindingUnknown, ReasonMissing
from grants.errors.feedback import FeedbackLocked, PassageNotInComment, WordsTell
from grants.models.application import Application
from grants.models.call import Call
from grants.models.feedback import FeedbackText
from grants.queries import feedback as queries
from grants.queries.calls import call_by_slug
from grants.queries.screening import behind, organisations_by_user, people
from grants.rules.detector import REDACTED, Identity, redact
from grants.rules.feedback import FeedbackSearch, OtherNames
from grants.services.dossiers import identity_of
from grants.services.impartiality import ensure_impartial, own_cases_in
from grants.states.feedback import FEEDBACK, FeedbackState
from scoring import queries as scoring_queries
from scoring.models import Panel
from scoring.queries import Feedback
from scoring.services import when_order_released

PREPARE = "grants.prepare_feedback"
Progress = Callable[[int, int], None]


@when_order_released
def prepare_later(panel: Panel) -> None:
    """Have what a committee wrote prepared, now that nothing of it changes any more."""
    call = call_by_slug(panel.call_key.partition("/")[0])
    if call is not None:
        ask_for_feedback(call)


def ask_for_feedback(call: Call) -> None:
    """Have what is not prepared yet prepared in the background."""
    # A committee released while the others' words are being prepared has its own prepared after them.
    key = queries.feedback_key(call)
    enqueue(PREPARE, {"call_id": call.id}, unique_key=key, even_while_running=True)


def prepare_feedback(call: Call, *, progress: Progress | None = None, batch: int = 500) -> int:
    """Search what a call's reviewers wrote, and have it wait for a person. Doing it again adds only what is new."""
    total, done, last = queries.count_unprepared(call), 0, 0
    others = OtherNames(queries.everybody_named(call)) if total else OtherNames(())
    while rows := queries.written(call, last, batch):
        searches = _searches(call, {row.code: row.application_id for row in rows}, others)
        for row in rows:
            findings = blinding.as_traces(searches[row.code].find(row.justification, row.application_id))
            session().add(
                FeedbackText(
                    call_id=call.id,
                    application_id=row.application_id,
                    score_id=row.id,
                    text=row.justification,
                    findings=findings,
                    open_findings=len(findings),
                    changes=[],
                    prepared_at=now(),
                )
            )
        done, last = done + len(rows), rows[-1].id
        session().flush()
        if progress is not None:
            progress(done, total)
    if done:
        record("feedback.prepared", "call", call.id, None, {"count": done})
    return done


def redact_in_feedback(text: FeedbackText, index: int, version: int) -> FeedbackText:
    """Cover one finding, and search again.

    Raises:
        FindingUnknown: it is not there any more. FeedbackLocked, OwnCase.
    """
    trace = _open_trace(text, index, version)
    _rewrite(text, redact(text.text, trace["start"], trace["end"]))
    record("feedback.redacted", "feedback_text", text.id, None, {"kind": trace["kind"]})
    return text


def dismiss_in_feedback(text: FeedbackText, index: int, version: int, *, reason: str) -> FeedbackText:
    """Say why a finding tells nobody's name. The reason is kept.

    Raises:
        ReasonMissing, FindingUnknown, FeedbackLocked, OwnCase.
    """
    trace = _open_trace(text, index, version)
    if not reason.strip():
        raise ReasonMissing()
    text.findings = [
        item | {"dismissed": reason.strip()} if place == index else item for place, item in enumerate(text.findings)
    ]
    _recount(text)
    record("feedback.finding_dismissed", "feedback_text", text.id, None, {"kind": trace["kind"]})
    return text


def redact_feedback_passage(text: FeedbackText, passage: str) -> int:
    """Cover every occurrence of what a person noticed and the search did not; return how many there were.

    Raises:
        PassageNotInComment, FeedbackLocked, OwnCase.
    """
    _require_open(text)
    count = _occurrences(text, passage)
    _rewrite(text, text.text.replace(passage.strip(), REDACTED))
    record("feedback.redacted", "feedback_text", text.id, None, {"kind": "passage", "count": count})
    return count


def reword_feedback(text: FeedbackText, passage: str, words: str, *, reason: str) -> FeedbackText:
    """Put other words for some of the reviewer's, in brackets so that nobody takes them for the reviewer's.

    Raises:
        PassageNotInComment, ReasonMissing, FeedbackLocked, OwnCase. WordsTell: the new words tell somebody's name.
    """
    _require_open(text)
    _occurrences(text, passage)
    said = words.strip().strip("[]").strip()
    if not reason.strip() or not said:
        raise ReasonMissing()
    if found := _search_for(text).find(said, text.application_id):
        raise WordsTell(words=found[0].matched)
    text.changes = [*text.changes, {"was": passage.strip(), "words": said, "reason": reason.strip()}]
    _rewrite(text, text.text.replace(passage.strip(), f"[{said}]"))
    record("feedback.reworded", "feedback_text", text.id, None, {"reason": reason.strip()})
    return text


def release_feedback(text: FeedbackText, version: int) -> FeedbackText:
    """Let a comment go to its applicant: a person has read it and nothing found is left open.

    Raises:
        FindingsOpen, FindingUnknown: it changed meanwhile. FeedbackLocked, OwnCase. Forbidden: nobody is acting.
    """
    _require_open(text)
    if text.version != version:
        raise FindingUnknown()
    if text.open_findings:
        raise FindingsOpen(count=text.open_findings)
    _move(text, FeedbackState.RELEASED)
    text.released_at, text.released_by_id = now(), _person()
    session().flush()
    return text


def release_clean_feedback(call: Call) -> int:
    """Release, in one person's name, every comment in which nothing was found; their own cases stay."""
    person = _person()
    FEEDBACK.check(FeedbackState.AWAITING, FeedbackState.RELEASED)
    session().flush()
    clean = queries.clean_feedback(call, sorted(own_cases_in(call)))
    changed = (
        update(FeedbackText)
        .where(*clean)
        .values(
            state=FeedbackState.RELEASED,
            released_at=now(),
            released_by_id=person,
            version=FeedbackText.version + 1,
        )
    )
    count = len(session().execute(changed.returning(FeedbackText.id)).all())
    session().expire_all()
    if count:
        record("feedback.released_clean", "call", call.id, None, {"count": count})
    return count


def take_back_feedback(text: FeedbackText, *, reason: str) -> FeedbackText:
    """Look at a comment again: until somebody releases it, its applicant does not read it.

    Raises:
        ReasonMissing, OwnCase. IllegalTransition: it waits already.
    """
    ensure_impartial(text.application)
    queries.hold_feedback(text)
    if not reason.strip():
        raise ReasonMissing()
    FEEDBACK.check(text.state, FeedbackState.AWAITING)
    text.released_at, text.released_by_id = None, None
    _move(text, FeedbackState.AWAITING, reason=reason.strip())
    session().flush()
    return text


def feedback_of(application: Application, code: str) -> list[tuple[Feedback, str | None]]:
    """Return each score of a dossier with its reasons as a person released them; None where nobody has."""
    released = queries.released_texts(application)
    return [(one, released.get(one.score_id)) for one in scoring_queries.feedback_for(code)]


def _rewrite(text: FeedbackText, words: str) -> None:
    text.text = words
    text.findings = blinding.as_traces(_search_for(text).find(words, text.application_id), text.findings)
    _recount(text)


def _recount(text: FeedbackText) -> None:
    text.open_findings = sum(1 for trace in text.findings if not trace["dismissed"])
    text.version += 1
    session().flush()


def _open_trace(text: FeedbackText, index: int, version: int) -> blinding.FoundTrace:
    _require_open(text)
    if text.version != version or not 0 <= index < len(text.findings) or text.findings[index]["dismissed"]:
        raise FindingUnknown()
    return text.findings[index]


def _require_open(text: FeedbackText) -> None:
    ensure_impartial(text.application)
    queries.hold_feedback(text)
    if text.state is not FeedbackState.AWAITING:
        raise FeedbackLocked()


def _occurrences(text: FeedbackText, passage: str) -> int:
    wanted = passage.strip()
    count = text.text.count(wanted) if len(wanted) > 1 else 0
    if not count:
        raise PassageNotInComment()
    return count


def _move(text: FeedbackText, target: FeedbackState, **told: str) -> None:
    FEEDBACK.check(text.state, target)
    before, text.state = text.state, target
    text.version += 1
    record(f"feedback.{target.value}", "feedback_text", text.id, {"state": before}, {"state": target, **told})


def _person() -> int:
    who = actor().user_id
    if who is None:
        raise Forbidden()  # a program does not release what people wrote
    return who


def _search_for(text: FeedbackText) -> FeedbackSearch:
    code = text.score.review.assignment.dossier.code
    others = OtherNames(queries.everybody_named(text.call))
    return _searches(text.call, {code: text.application_id}, others)[code]


def _searches(call: Call, owners: Mapping[str, int], others: OtherNames) -> Mapping[str, FeedbackSearch]:
    """Return what the words about each dossier are searched for; those who had the same ones share a search.

    Where the rules let everybody read the reasons, whoever applied must not be known by them either.
    """
    readers = scoring_queries.readers_of(owners)
    known = {person.id: person for person in people(set().union(*readers.values()))}
    places = organisations_by_user(known)
    shared: dict[frozenset[int], FeedbackSearch] = {}
    own = _applicants(call, owners.values())
    found: dict[str, FeedbackSearch] = {}
    for code, owner in owners.items():
        ids = readers.get(code, frozenset())
        if owner in own or ids not in shared:
            persons = [known[one] for one in sorted(ids) if one in known]
            organisations = [name for one in sorted(ids) for name in places.get(one, {}).values()]
            identity = Identity(
                names=tuple(person.name for person in persons),
                organisations=tuple(dict.fromkeys(organisations)),
                emails=tuple(person.email for person in persons),
            )
            shared[ids] = FeedbackSearch(identity, others, own.get(owner))
        found[code] = shared[ids]
    return found


def _applicants(call: Call, ids: Iterable[int]) -> dict[int, Identity]:
    if call.rulebook is None or not call.rulebook.rules.justifications_public:
        return {}
    applications = queries.with_applicants(ids)
    standing = behind(applications)
    return {one.id: identity_of(one, standing[one.id]) for one in applications}
