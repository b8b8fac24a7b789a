"""What the pages share on which a person looks at findings in a text."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request


def stretches(text: str, traces: Sequence[tuple[int, dict[str, Any]]]) -> Iterator[tuple[str, int | None]]:
    """Cut a text into stretches: plain ones, and those of a finding with its number."""
    at = 0
    for place, trace in sorted(traces, key=lambda item: item[1]["start"]):
        if trace["start"] > at:
            yield text[at : trace["start"]], None
        if trace["end"] > trace["start"]:
            yield text[trace["start"] : trace["end"]], place
        at = max(at, trace["end"])
    if at < len(text):
        yield text[at:], None


def posted_number(name: str = "index") -> int:
    """Return a small whole number that was sent; −1 where none was."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
