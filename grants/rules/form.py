"""The form of a call: steps with questions, as data. Reads answers, finds what is missing, never guesses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from core.language import N_, localised
from core.money import LARGEST_CENTS
from grants.rules.problems import Problem

FORMAT = "puente-form/1"
QUESTION_TYPES = ("line", "text", "choice", "yes_no", "number", "money", "date", "file")
STEP_KINDS = ("questions", "itinerary")
LONGEST_ANSWER = 20_000  # characters; a word limit is the question's own, this bound keeps a script from filling a disk
LONGEST_LINE = 300
COLLECTIVE_NEEDS_TWO = N_("Un colectivo viaja con dos personas o más.")
Question = Mapping[str, Any]


def steps(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the steps of a form in order."""
    return list(form["sections"])


def step(form: Mapping[str, Any], step_id: str) -> Mapping[str, Any] | None:
    """Return one step by its id, or None."""
    return next((section for section in form["sections"] if section["id"] == step_id), None)


def questions(form: Mapping[str, Any]) -> Iterator[tuple[str, Question]]:
    """Yield every question with the id of its step, in the order of the form."""
    for section in form["sections"]:
        for question in section["questions"]:
            yield section["id"], question


def question(form: Mapping[str, Any], question_id: str) -> Question | None:
    """Return one question by its id, or None."""
    return next((item for _step, item in questions(form) if item["id"] == question_id), None)


def label(item: Question) -> str:
    """Return a question's text in the reader's language."""
    return localised(item["label"])


def control(item: Question) -> str:
    """Return the name of the control that asks a question on its page."""
    return f"q_{item['id']}"


def applies(item: Question, answers: Mapping[str, Any], kind: str) -> bool:
    """Return whether a question is asked, given who applies and what was answered so far."""
    if "kinds" in item and kind not in item["kinds"]:
        return False
    condition = item.get("when")
    return condition is None or answers.get(condition["question"]) in condition["in"]


def may_apply(item: Question, asked_beside: Sequence[Question], answers: Mapping[str, Any], kind: str) -> bool:
    """Return whether a question is asked, or would be after another answer to one of those `asked_beside` it.

    A page that asks both must show both: whoever answers it learns there that the second one comes.
    """
    found = condition_beside(item, asked_beside)
    if found is None:
        return applies(item, answers, kind)
    return ("kinds" not in item or kind in item["kinds"]) and may_apply(found[0], asked_beside, answers, kind)


def condition_beside(item: Question, asked_beside: Sequence[Question]) -> tuple[Question, tuple[str, ...]] | None:
    """Return the question beside it on which this one depends, with the answers that bring it; None where none does."""
    condition: Mapping[str, Any] = item.get("when") or {}
    source = next((one for one in asked_beside if one["id"] == condition.get("question")), None)
    return None if source is None else (source, tuple(condition["in"]))


def count_words(text: str) -> int:
    """Return how many words a text has, as a reader counts them."""
    return len(text.split())


def options(item: Question, language: str) -> list[tuple[str, str]]:
    """Return the choices of a question as (value, label) in `language`."""
    return [(option["value"], localised(option["label"], language)) for option in item.get("options", ())]


def problems(
    form: Mapping[str, Any], answers: Mapping[str, Any], *, kind: str, attached: Sequence[str]
) -> list[Problem]:
    """Return what is missing or out of bounds, in the order of the form. `attached`: ids of questions with a file."""
    found = []
    for step_id, item in questions(form):
        if not applies(item, answers, kind):
            continue
        problem = _problem(step_id, item, answers.get(item["id"]), item["id"] in attached)
        if problem is not None:
            found.append(problem)
    return found


def _problem(step_id: str, item: Question, value: Any, has_file: bool) -> Problem | None:
    asked = label(item)
    if item["type"] == "file":
        missing = item.get("required") and not has_file
        return (
            Problem(step_id, control(item), N_("Falta el archivo «%(label)s»."), {"label": asked}) if missing else None
        )
    if value in (None, "", []):
        missing = item.get("required")
        return (
            Problem(step_id, control(item), N_("Falta responder «%(label)s»."), {"label": asked}) if missing else None
        )
    words = item.get("max_words")
    if item["type"] == "text" and words and count_words(str(value)) > words:
        return Problem(
            step_id,
            control(item),
            N_("«%(label)s» tiene %(written)s palabras; el máximo es %(words)s."),
            {"label": asked, "written": count_words(str(value)), "words": words},
        )
    return (
        None
        if is_possible(item, value)
        else Problem(step_id, control(item), N_("Revisa «%(label)s»: la respuesta no es válida."), {"label": asked})
    )


def is_possible(item: Question, value: Any) -> bool:
    """Return whether a stored answer has the type and lies in the range that its question allows."""
    check = _CHECKS.get(item["type"])
    return check is not None and check(item, value)


def _is_line(_item: Question, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_LINE and "\n" not in value


def _is_text(_item: Question, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ANSWER


def _is_choice(item: Question, value: Any) -> bool:
    return value in [option["value"] for option in item["options"]]


def _is_number(item: Question, value: Any) -> bool:
    return type(value) is int and item.get("min", 0) <= value <= item.get("max", 1_000_000)


def _is_day(_item: Question, value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[Question, Any], bool]] = {
    "line": _is_line,
    "text": _is_text,
    "choice": _is_choice,
    "yes_no": lambda _item, value: value in ("yes", "no"),
    "number": _is_number,
    "money": lambda _item, value: type(value) is int and 0 <= value <= LARGEST_CENTS,
    "date": _is_day,
}


def faults(form: Mapping[str, Any]) -> list[str]:
    """Return what keeps a document from being a form, as paths; empty when it is one."""
    found = [] if form.get("format") == FORMAT else ["format"]
    sections = form.get("sections") or []
    if not any(section.get("kind") == "itinerary" for section in sections):
        found.append("itinerary")
    seen: set[str] = set()
    for section in sections:
        if section.get("kind") not in STEP_KINDS or not _both(section.get("title")):
            found.append(f"sections/{section.get('id')}")
        for item in section.get("questions", ()):
            known = item.get("type") in QUESTION_TYPES and _both(item.get("label"))
            if not known or item.get("id") in seen or (item["type"] == "choice" and not item.get("options")):
                found.append(f"questions/{item.get('id')}")
            seen.add(item.get("id", ""))
    return found


def _both(text: Any) -> bool:
    return isinstance(text, Mapping) and all(text.get(language) for language in ("es", "en"))
