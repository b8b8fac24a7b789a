"""What was answered: put together with what was just typed, and read to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.language import _, current_language
from core.money import Money, format_money
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


def spoken_answer(item: form.Question, value: object, currency: str) -> str:
    """Return an answer as people read it, but for a file's; nothing for what is still missing."""
    if value is None:
        return ""
    if item["type"] == "yes_no":
        return _("Sí") if value == "yes" else _("No")
    if item["type"] == "choice":
        return dict(form.options(item, current_language())).get(str(value), "")
    if item["type"] == "money" and isinstance(value, int):
        return format_money(Money(value, currency))
    return str(value)


@dataclass(frozen=True, slots=True)
class SpokenCondition:
    """When a question is asked: the control it depends on, the answers that bring it, and both in a sentence."""

    control: str
    answers: tuple[str, ...]
    sentence: str


def spoken_condition(item: form.Question, asked_beside: Sequence[form.Question]) -> SpokenCondition | None:
    """Return on which answer of the same page a question depends, in the reader's language; None where on none."""
    found = form.condition_beside(item, asked_beside)
    if found is None:
        return None
    source, answers = found
    said = ", ".join(f"«{spoken_answer(source, answer, '')}»" for answer in answers)
    sentence = _("Solo si en «%(question)s» respondes %(answers)s.", question=form.label(source), answers=said)
    return SpokenCondition(form.control(source), answers, sentence)
