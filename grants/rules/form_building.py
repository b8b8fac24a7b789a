"""Change the form of a call one question at a time: a form goes in, another comes out, the first stays as it was."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grants.errors.building import (
    AnswerDepended,
    QuestionDepended,
    QuestionNeeded,
    QuestionTooEarly,
    QuestionUnknown,
    TooManyQuestions,
)
from grants.rules import form as rules

Form = Mapping[str, Any]
Question = Mapping[str, Any]
MOST_QUESTIONS = 80
# Answers that requirements, dossier or register are worked out from: they keep their type and stay. Those a line of the
# budget is multiplied by stay as long as the line does.
NEEDED = frozenset(
    {
        "title", "summary", "axis", "public_name", "members", "alcaldia", "gender", "first_time", "adult",
        "previous_award", "people",
    }
)  # fmt: skip


def move_question(form: Form, question_id: str, places: int) -> dict[str, Any]:
    """Return the form with a question moved up (negative) or down within its step, at most to the step's ends.

    Raises:
        QuestionUnknown: there is none. QuestionTooEarly: something would be asked before the answer it depends on.
    """
    section, at = _place(form, question_id)
    return _in_order(form, _with_questions(form, section["id"], _moved(section["questions"], at, places)))


def move_to_step(form: Form, question_id: str, section_id: str, at: int | None = None) -> dict[str, Any]:
    """Return the form with a question taken to another step, to its end or to a place in it counted from 0.

    Raises:
        QuestionUnknown: no such question, or no such step of questions. QuestionTooEarly, as within a step.
    """
    section, place = _place(form, question_id)
    target = next((one for one in form["sections"] if one["id"] == section_id and one["kind"] == "questions"), None)
    if target is None:
        raise QuestionUnknown()
    left = [*section["questions"][:place], *section["questions"][place + 1 :]]
    taken = left if target is section else list(target["questions"])
    taken.insert(len(taken) if at is None else max(0, at), section["questions"][place])
    return _in_order(form, _with_questions(_with_questions(form, section["id"], left), section_id, taken))


def place_of(form: Form, question_id: str) -> tuple[str, int]:
    """Return the step of a question and its place in it, counted from 0.

    Raises:
        QuestionUnknown: there is none.
    """
    section, at = _place(form, question_id)
    return section["id"], at


def move_option(form: Form, question_id: str, value: str, places: int) -> dict[str, Any]:
    """Return the form with a choice of a question moved up (negative) or down, at most to the ends.

    Raises:
        QuestionUnknown: there is no such question, or no such choice of it.
    """
    section, place = _place(form, question_id)
    item = section["questions"][place]
    values = [one["value"] for one in item.get("options", ())]
    if value not in values:
        raise QuestionUnknown()
    return put_question(form, section["id"], {**item, "options": _moved(item["options"], values.index(value), places)})


def move_step(form: Form, section_id: str, places: int) -> dict[str, Any]:
    """Return the form with a step moved up (negative) or down, at most to the ends.

    Raises:
        QuestionUnknown: there is no such step. QuestionTooEarly, as for a question.
    """
    at = next((at for at, one in enumerate(form["sections"]) if one["id"] == section_id), None)
    if at is None:
        raise QuestionUnknown()
    return _in_order(form, {**form, "sections": _moved(form["sections"], at, places)})


def remove_question(form: Form, question_id: str) -> dict[str, Any]:
    """Return the form without a question.

    Raises:
        QuestionUnknown. QuestionNeeded: the fund works with its answer. QuestionDepended: another is asked because of
        it.
    """
    section, at = _place(form, question_id)
    item = section["questions"][at]
    if question_id in NEEDED:
        raise QuestionNeeded(label=rules.label(item))
    for _step, other in rules.questions(form):
        if (other.get("when") or {}).get("question") == question_id:
            raise QuestionDepended(label=rules.label(item), other=rules.label(other))
    return _with_questions(form, section["id"], [*section["questions"][:at], *section["questions"][at + 1 :]])


def put_question(form: Form, section_id: str, question: Question) -> dict[str, Any]:
    """Return the form with a question in place of the one of its id, or added at the end of a step.

    Raises:
        QuestionUnknown: no such step of questions. TooManyQuestions: the form is as long as it may be.
        AnswerDepended: another question is asked because of an answer that this one has no longer.
    """
    if rules.question(form, question["id"]) is not None:
        section, at = _place(form, question["id"])
        _ensure_answers(form, question)
        order = list(section["questions"])
        order[at] = dict(question)
        return _with_questions(form, section["id"], order)
    section = next((one for one in form["sections"] if one["id"] == section_id and one["kind"] == "questions"), {})
    if not section:
        raise QuestionUnknown()
    if sum(1 for _item in rules.questions(form)) >= MOST_QUESTIONS:
        raise TooManyQuestions(most=MOST_QUESTIONS)
    return _with_questions(form, section_id, [*section["questions"], dict(question)])


def _ensure_answers(form: Form, question: Question) -> None:
    answers = ["yes", "no"] if question["type"] == "yes_no" else [one["value"] for one in question.get("options", ())]
    for _step, other in rules.questions(form):
        condition = other.get("when")
        if condition and condition["question"] == question["id"] and not set(condition["in"]) <= set(answers):
            raise AnswerDepended(label=rules.label(question), other=rules.label(other))


def new_id(form: Form, label: str) -> str:
    """Return an id for a new question, readable and not taken."""
    taken = {item["id"] for _step, item in rules.questions(form)} | NEEDED
    return free_id(slug(label)[:40] or "pregunta", taken)


def slug(text: str) -> str:
    """Return a text as lower-case ASCII words with underscores."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def free_id(wanted: str, taken: Collection[str]) -> str:
    """Return `wanted`, or with the first number after it that is not taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _moved(things: Sequence[Any], at: int, places: int) -> list[Any]:
    order = list(things)
    thing = order.pop(at)
    order.insert(max(0, min(at + places, len(order))), thing)
    return order


def _in_order(before: Form, after: dict[str, Any]) -> dict[str, Any]:
    """Return the form as it is after a move, or refuse one that puts a question before what it depends on."""
    for item, other in _too_early(after):
        if (item["id"], other["id"]) not in {(one["id"], two["id"]) for one, two in _too_early(before)}:
            raise QuestionTooEarly(label=rules.label(item), other=rules.label(other))
    return after


def _too_early(form: Form) -> list[tuple[Question, Question]]:
    order = [item for _step, item in rules.questions(form)]
    places = {item["id"]: at for at, item in enumerate(order)}
    asked = [(item, places.get((item.get("when") or {}).get("question", ""), -1)) for item in order]
    return [(item, order[on]) for item, on in asked if on > places[item["id"]]]


def _place(form: Form, question_id: str) -> tuple[Mapping[str, Any], int]:
    for section in form["sections"]:
        for at, item in enumerate(section["questions"]):
            if item["id"] == question_id:
                return section, at
    raise QuestionUnknown()


def _with_questions(form: Form, section_id: str, questions: list[Any]) -> dict[str, Any]:
    sections = [
        {**section, "questions": questions} if section["id"] == section_id else section for section in form["sections"]
    ]
    return {**form, "sections": sections}
