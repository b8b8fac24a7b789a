"""A language in which every translated sentence stands between ⟦ and ⟧: what stands outside was never translated."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests.architecture.translations import extracted, forms

OPEN, CLOSE = "⟦", "⟧"


def write_catalogue(folder: Path) -> None:
    """Write the pseudo-English catalogue over the compiled one in `folder`."""
    catalogue = Catalog(locale="en")
    for (identity, context), _found in extracted().items():
        marked = tuple(f"{OPEN}{form}{CLOSE}" for form in forms(identity))
        catalogue.add(identity, marked if len(marked) > 1 else marked[0], context=context)
    target = folder / "en" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    with (target / "messages.mo").open("wb") as stream:
        write_mo(stream, catalogue)


def outside(text: str) -> str:
    """Return what stands outside the marks, which may nest."""
    depth, kept = 0, []
    for character in text:
        if character == OPEN:
            depth += 1
            kept.append(" ")
        elif character == CLOSE:
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(character)
    return re.sub(r"\s+", " ", "".join(kept)).strip()
