"""What of a form can be written before there is an account: the project, and nothing that says who writes."""

from collections.abc import Mapping
from typing import Any

from grants.rules import form

Step = Mapping[str, Any]


def sketch_step(document: Mapping[str, Any]) -> Step | None:
    """Return the first step that asks for a text a reviewer may read; None when the form has none."""
    for step in form.steps(document):
        if any(item["type"] == "text" for item in sketch_questions(step)):
            return step
    return None


def sketch_questions(step: Step) -> list[form.Question]:
    """Return the questions of a step that identify nobody and take no file."""
    return [
        item
        for item in step["questions"]
        if item.get("blind") is True and item["type"] != "file" and not item.get("kinds") and not item.get("when")
    ]
