"""Text without accents and case, the same in Python, on SQLite and on PostgreSQL: for searches and ordered names."""

import re
import unicodedata
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

ACCENTS = "[\u0300-\u036f]"  # what is left beside a letter once it is taken apart
_ACCENTS = re.compile(ACCENTS)


def fold_text(text: str | None) -> str | None:
    """Return a text without accents and case. SQLite calls this for every value that `Folded` looks at."""
    if text is None or text.isascii():
        return text.lower() if text else text
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()


class Folded(FunctionElement[str]):
    """A column as `fold_text` makes it, in SQL."""

    name = "fold_text"
    type = String()
    inherit_cache = True


@compiles(Folded, "postgresql")
def _on_postgresql(element: Folded, compiler: SQLCompiler, **more: Any) -> str:
    # Taken apart first: the server's own lower() may know the letters of ASCII only.
    apart = f"normalize({compiler.process(element.clauses, **more)}, NFD)"
    return f"lower(regexp_replace({apart}, '{ACCENTS}', '', 'g'))"


@compiles(Folded)
def _elsewhere(element: Folded, compiler: SQLCompiler, **more: Any) -> str:
    return f"fold_text({compiler.process(element.clauses, **more)})"
