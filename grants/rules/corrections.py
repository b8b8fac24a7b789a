"""Which of the data that somebody sent may be corrected after the deadline: what identifies, never what is scored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grants.rules import form as forms

PUBLIC_NAME = "public_name"  # the answer under which an award is published
MOST_CORRECTIONS = 40  # of one application


def published_name(sent: Any, corrected: str | None, account_name: str = "") -> str:
    """Return the name an award is public under: as last corrected, as chosen when it was sent, or the account's."""
    return corrected or str(sent or "").strip() or account_name


def told_since(corrected_at: datetime | None, released_at: datetime | None) -> datetime | None:
    """Return when a name was corrected that had been published otherwise; None if it was never told in other words."""
    return corrected_at if corrected_at and released_at and corrected_at > released_at else None


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
