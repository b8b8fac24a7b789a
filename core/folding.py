"""Text without accents and case, the same in Python, on SQLite and on PostgreSQL: for searches and ordered names."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.letters import ACCENTS, fold_text

__all__ = ["Folded", "fold_text"]


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
