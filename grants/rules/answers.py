"""Put what was just typed to what was answered before."""

from collections.abc import Mapping
from typing import Any

from grants.errors.calls import AnswerRefused, UnknownQuestion
from grants.rules import form

Answers = Mapping[str, Any]


def merge_answers(document: Mapping[str, Any], current: Answers, changes: Answers) -> dict[str, Any]:
    """Return the answers to a form with some of them changed; an empty one is taken out.

    Raises:
        UnknownQuestion, AnswerRefused: one of the changes answers nothing the form asks, or cannot be kept.
    """
    merged = dict(current)
    for question_id, value in changes.items():
        item = form.question(document, question_id)
        if item is None or item["type"] == "file":
            raise UnknownQuestion(question=question_id[:60])
        if value in (None, ""):
            merged.pop(question_id, None)
        elif form.is_possible(item, value):
            merged[question_id] = value
        else:
            raise AnswerRefused(label=form.label(item))
    return merged
