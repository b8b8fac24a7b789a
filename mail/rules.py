"""What may stand in a letter's head. Values in, verdict out."""

import re

LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,255}")


def is_one_address(text: str) -> bool:
    """Return whether `text` is a single bare address: no name, no list, no line break, ASCII only."""
    return len(text) <= LONGEST_ADDRESS and text.isascii() and _ADDRESS.fullmatch(text) is not None


def one_line(subject: str) -> str:
    """Return `subject` as a single printable line, at most 200 characters long, so that it cannot add a header."""
    printable = "".join(character if character.isprintable() else " " for character in subject)
    return " ".join(printable.split())[:LONGEST_SUBJECT]
