"""From an application with a name to a dossier without one: whitelist projection, regenerated files, readable text."""

from grants.blinding.files import CleanFile, FileCannotBeBlinded, clean_file, pdf_text
from grants.blinding.findings import FoundTrace, as_traces, file_pieces, find_traces
from grants.blinding.projection import (
    ENGLISH,
    BlindContent,
    BlindSource,
    identifying_values,
    map_texts,
    pieces_of,
    project,
    replace_text,
    text_at,
)

__all__ = [
    "ENGLISH",
    "BlindContent",
    "BlindSource",
    "CleanFile",
    "FileCannotBeBlinded",
    "FoundTrace",
    "as_traces",
    "clean_file",
    "file_pieces",
    "find_traces",
    "identifying_values",
    "map_texts",
    "pdf_text",
    "pieces_of",
    "project",
    "replace_text",
    "text_at",
]
