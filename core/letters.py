"""Text without accents and case, for whoever compares words as people do."""

import re
import unicodedata

ACCENTS = "[\u0300-\u036f]"  # what is left beside a letter once it is taken apart
_ACCENTS = re.compile(ACCENTS)


def fold_text(text: str | None) -> str | None:
    """Return a text without accents and case. SQLite calls this for every value that `Folded` looks at."""
    if text is None or text.isascii():
        return text.lower() if text else text
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()
