"""Find every Spanish sentence a person can read and see whether it has its English one.

`python -m tests.architecture.translations` prints what is missing, by room, as entries ready to be filled in and pasted
into `translations/en/<room>.po`, and after them every other fault of the catalogues.
"""

import io
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2 import TemplateSyntaxError

from tests.architecture.places import ROOT, name, source_files, templates

Key = str | tuple[str, str]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]")
CATALOGUES = ROOT / "translations" / "en"


@dataclass
class Found:
    """A sentence in the source: whose it is and where it stands."""

    room: str
    places: list[tuple[str, int]] = field(default_factory=list)


@lru_cache(maxsize=1)
def extracted() -> dict[tuple[Key, str | None], Found]:
    """Return every marked sentence of the code and the templates, with its context and its places."""
    found: dict[tuple[Key, str | None], Found] = {}
    for path in (*source_files(), *templates()):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {"encoding": "utf-8", "silent": "false"} if path.suffix != ".py" else {}
        with path.open("rb") as stream:
            try:
                rows = list(extract(method, stream, keywords=KEYWORDS, options=options))
            except (SyntaxError, TemplateSyntaxError) as error:
                print(f"# {name(path)} cannot be read: {error}", file=sys.stderr)  # its own test fails elsewhere
                continue
            for line, message, _comments, context in rows:
                key: Key = (message[0], message[1]) if isinstance(message, tuple) else message
                if key:
                    found.setdefault((key, context), Found(room_of(name(path)))).places.append((name(path), line))
    return found


def room_of(path: str) -> str:
    """Return the room whose catalogue translates a file: templates belong to the room that shows them."""
    parts = path.split("/")
    if parts[0] != "templates":
        return parts[0]
    owner = parts[1] if len(parts) > 2 else "web"
    return "web" if owner in ("components", "errors") else owner


@lru_cache(maxsize=1)
def catalogues() -> dict[str, Catalog]:
    """Return the English catalogue of each room that has one."""
    read = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as stream:
            read[path.stem] = read_po(stream, locale="en")
    return read


def entries() -> list[tuple[str, Message]]:
    """Return every entry of every catalogue beside its room."""
    return [(room, message) for room, catalogue in catalogues().items() for message in catalogue if message.id]


def entry_key(message: Message) -> tuple[Key, str | None]:
    """Return what an entry translates, in the form in which `extracted` names it."""
    identity: Key = (message.id[0], message.id[1]) if isinstance(message.id, (tuple, list)) else message.id
    return identity, message.context


def forms(text: object) -> list[str]:
    """Return the singular and plural texts of a message or its translation."""
    return [str(part) for part in text] if isinstance(text, (tuple, list)) else [str(text)]


def is_filled(message: Message) -> bool:
    """Return whether an entry has every form of its English text."""
    return all(forms(message.string)) and bool(forms(message.string))


def missing() -> dict[str, dict[tuple[Key, str | None], Found]]:
    """Return, by room, the sentences that no catalogue translates; a plural entry also serves its singular alone."""
    translated = {entry_key(message) for _room, message in entries() if is_filled(message)}
    translated |= {
        (forms(identity)[0], context) for identity, context in translated
    }  # gettext finds a plural's singular
    lacking: dict[str, dict[tuple[Key, str | None], Found]] = defaultdict(dict)
    for key, found in extracted().items():
        if key not in translated:
            lacking[found.room][key] = found
    return dict(lacking)


def faults() -> list[str]:
    """Return what is wrong with the entries there are, one line each."""
    return [*_mismatched(), *_contradictory(), *_obsolete()]


def _mismatched() -> list[str]:
    wrong = []
    for room, message in entries():
        wanted = set(PLACEHOLDER.findall("".join(forms(message.id))))
        if "fuzzy" in message.flags:
            wrong.append(f"{room}.po: fuzzy: {message.id!r}")
        if is_filled(message):
            got = set(PLACEHOLDER.findall("".join(forms(message.string))))
            if wanted != got:
                wrong.append(f"{room}.po: placeholders {sorted(wanted)} became {sorted(got)}: {message.id!r}")
    return wrong


def _contradictory() -> list[str]:
    said: dict[tuple[str, str | None], tuple[str, str]] = {}
    wrong = []
    for room, message in entries():
        key = (forms(message.id)[0], message.context)
        text = forms(message.string)[0]
        if text and key in said and said[key][1] != text:
            wrong.append(f"{key[0]!r} is {said[key][1]!r} in {said[key][0]}.po and {text!r} in {room}.po")
        said.setdefault(key, (room, text))
    return wrong


def _obsolete() -> list[str]:
    known = set(extracted()) | {(forms(identity)[0], context) for identity, context in extracted()}
    return [
        f"{room}.po: nobody says this any more: {message.id!r}"
        for room, message in entries()
        if entry_key(message) not in known
    ]


def as_po(lacking: dict[tuple[Key, str | None], Found]) -> str:
    """Return empty entries for sentences, in the order of their places."""
    catalogue = Catalog(locale="en")
    for (identity, context), found in lacking.items():
        catalogue.add(identity, locations=found.places[:2], context=context)
    written = io.BytesIO()
    write_po(written, catalogue, omit_header=True, width=120)
    return written.getvalue().decode()


def main(rooms: list[str]) -> int:
    """Print what is missing and what is wrong, for all rooms or those named; returns 1 if there is anything."""
    lacking = {room: found for room, found in missing().items() if not rooms or room in rooms}
    for room, found in sorted(lacking.items()):
        print(f"# ---- translations/en/{room}.po: {len(found)} missing ----\n")
        print(as_po(found))
    wrong = [fault for fault in faults() if not rooms or any(room in fault for room in rooms)]
    print("\n".join(f"# {fault}" for fault in wrong))
    return 1 if lacking or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
