"""Write before there is an account, and take it along into a draft."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.audit import record
from core.clock import now
from core.database import session
from grants.errors.calls import CallNotOpen, TooManySketches, UnknownQuestion
from grants.models import Application, Call, Sketch
from grants.queries import calls as call_queries
from grants.queries import sketches as queries
from grants.queries.applications import hold
from grants.rules.answers import merge_answers, spoken_answer
from grants.rules.form import Question
from grants.rules.sketch import sketch_questions, sketch_step
from grants.services.applications import save_draft, working_content
from grants.services.forgetting import plan_forgetting

KEPT = timedelta(days=30)
MOST_AN_HOUR = 2_000


def new_key() -> str:
    """Return a key for a browser to keep. Whoever holds it reads and writes its sketches."""
    return secrets.token_urlsafe(32)


def sketch_for(call: Call, key: str) -> Sketch | None:
    """Return what the holder of `key` wrote for a call, or None."""
    return queries.sketch_of(call, _digest(key)) if key else None


def save_sketch(call: Call, key: str, answers: Mapping[str, Any]) -> Sketch | None:
    """Keep what is being written; with nothing written yet, keep nothing.

    Raises:
        CallNotOpen: it takes no applications now. UnknownQuestion, AnswerRefused: nothing was kept.
        TooManySketches: more were begun in an hour than people can; an account takes what is written all the same.
    """
    if not call_queries.accepts_now(call):
        raise CallNotOpen()
    step = sketch_step(call.form)
    known = {item["id"] for item in sketch_questions(step)} if step is not None else set()
    for question_id in answers:
        if question_id not in known:
            raise UnknownQuestion(question=question_id[:60])
    sketch = sketch_for(call, key)
    merged = merge_answers(call.form, sketch.answers if sketch is not None else {}, answers)
    moment = now()
    if sketch is None:
        if not merged:
            return None
        if queries.sketches_begun_since(moment - timedelta(hours=1)) >= MOST_AN_HOUR:
            raise TooManySketches()
        plan_forgetting()
        sketch = Sketch(call=call, token_sha256=_digest(key), answers={}, version=0, created_at=moment)
        session().add(sketch)
    sketch.answers, sketch.updated_at = merged, moment
    sketch.version += 1
    session().flush()
    return sketch


@dataclass(frozen=True, slots=True)
class Twice:
    """A question answered both in a draft and, in other words, without an account."""

    item: Question
    drafted: str
    written: str


def answered_twice(application: Application, key: str) -> list[Twice]:
    """Return what the holder of `key` wrote that their draft answers otherwise, in the order of the form."""
    sketch, answered = sketch_for(application.call, key), working_content(application).answers
    step = sketch_step(application.call.form)
    if sketch is None or step is None:
        return []
    said = [(item, answered.get(item["id"]), sketch.answers.get(item["id"])) for item in sketch_questions(step)]
    return [
        Twice(item, spoken_answer(item, mine, application.currency), spoken_answer(item, written, application.currency))
        for item, mine, written in said
        if mine is not None and written is not None and mine != written
    ]


def adopt_sketch(application: Application, key: str, *, chosen: Mapping[str, bool] | None = None) -> int:
    """Take what was written without an account into a draft, where the draft has no answer yet; return how many.

    What the draft answers already stays as it is, and the sketch keeps what was not taken: unless `chosen` says of a
    question whether the sketch's text takes the place of the draft's (True) or is given up (False).
    """
    choice = chosen or {}
    sketch = sketch_for(application.call, key)
    if sketch is None:
        return 0
    hold(application)  # another page of the same person may be saving the draft
    answered = working_content(application).answers
    written = sketch.answers.items()
    taken = {question: value for question, value in written if question not in answered or choice.get(question)}
    if taken:
        save_draft(application, answers=taken)
        record("application.sketch_adopted", "application", application.id, None, {"answers": sorted(taken)})
    left = {
        question: value
        for question, value in sketch.answers.items()
        if question not in taken and question not in choice and answered.get(question) != value
    }
    if left:
        sketch.answers = left
    else:
        session().delete(sketch)
    session().flush()
    return len(taken)


def forget_old_sketches() -> int:
    """Destroy what nobody came back to in thirty days; return how many."""
    gone = 0
    while old := queries.sketches_left_since(now() - KEPT):
        for sketch in old:
            session().delete(sketch)
        session().flush()
        gone += len(old)
    return gone


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
