"""Applications that came on paper, read from the register an office keeps of them."""

from grants.rules.paper.answers import answers_of, cell, day_of, journey_of
from grants.rules.paper.columns import (
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
from grants.rules.paper.table import RegisterTooLarge, RegisterUnreadable, read_rows
from grants.rules.paper.values import is_no_person

__all__ = [
    "FIELDS",
    "NAME",
    "SECOND_SURNAME",
    "SURNAME",
    "ColumnMissing",
    "FieldUnknown",
    "HeadingsNotFound",
    "RegisterTooLarge",
    "RegisterUnreadable",
    "answers_of",
    "cell",
    "day_of",
    "find_headings",
    "fold_heading",
    "is_no_person",
    "journey_of",
    "read_rows",
]
