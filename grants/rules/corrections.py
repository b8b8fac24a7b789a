"""Which of the data that somebody sent may be corrected after the deadline: what identifies, never what is scored."""

from collections.abc import Mapping
from typing import Any

from grants.rules import form as forms

MOST_CORRECTIONS = 40  # of one application


def correctable(form: Mapping[str, Any], answers: Mapping[str, Any], kind: str) -> list[forms.Question]:
    """Return the questions whose answers may be corrected: identifying, asked of this applicant and answered."""
    return [
        item
        for _step, item in forms.questions(form)
        if item["type"] != "file"
        and item.get("blind") is not True
        and forms.applies(item, answers, kind)
        and answers.get(item["id"]) not in (None, "")
    ]
