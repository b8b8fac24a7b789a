"""Applications that came on paper, read from the register an office keeps of them."""

from grants.rules.paper.answers import answers_of, cell, day_of, journey_of
from grants.rules.paper.columns import (
    CURP,
    FIELDS,
    NAME,
    SECOND_SURNAME,
    SURNAME,
    ColumnMissing,
    FieldUnknown,
    HeadingsNotFound,
    find_headings,
    fold_heading,
)
from grants.rules.paper.table import RegisterTooLarge, RegisterUnreadable, SheetMissing, read_rows, sheets_left
from grants.rules.paper.values import gender_words, is_no_person, read_curp, read_email, read_person

__all__ = [
    "CURP",
    "FIELDS",
    "NAME",
    "SECOND_SURNAME",
    "SURNAME",
    "ColumnMissing",
    "FieldUnknown",
    "HeadingsNotFound",
    "RegisterTooLarge",
    "RegisterUnreadable",
    "SheetMissing",
    "answers_of",
    "cell",
    "day_of",
    "find_headings",
    "fold_heading",
    "gender_words",
    "is_no_person",
    "journey_of",
    "read_curp",
    "read_email",
    "read_person",
    "read_rows",
    "sheets_left",
]
