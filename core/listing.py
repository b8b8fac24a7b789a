"""Lists with their filters, order and page in the URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select

from core.database import session
from core.folding import Folded
from core.letters import fold_text

Row = TypeVar("Row")
LARGEST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One page of a list: its rows, how many there are in all, and where we are."""

    rows: Sequence[Row]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The number of the first row shown, 0 when the list is empty."""
        return 0 if not self.total else (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.page * self.per_page, self.total)


def page_number(arguments: Mapping[str, str]) -> int:
    """Read `pagina`; anything that is not a positive number is the first page."""
    text = arguments.get("pagina", "1")
    return min(int(text), LARGEST_PAGE) if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else 1


def paginate(query: Select[Any], *, page: int, per_page: int = 25, scalars: bool = True) -> Listing[Any]:
    """Run an ordered `query` for one page, with one more query for the total. A page past the end is the last one."""
    total = session().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = min(page, max(1, -(-total // per_page)))
    result = session().execute(query.limit(per_page).offset((page - 1) * per_page))
    return Listing(result.scalars().all() if scalars else result.all(), total, page, per_page)


def chosen(arguments: Mapping[str, str], name: str, allowed: Sequence[str]) -> str | None:
    """Read a filter that must be one of `allowed`; an unknown value is no filter, so that an old link still works."""
    value = arguments.get(name, "")
    return value if value in allowed else None


def searched(arguments: Mapping[str, str], name: str = "q") -> str:
    """Read a search text: at most 100 printable characters, trimmed."""
    return "".join(c for c in arguments.get(name, "") if c.isprintable())[:100].strip()


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that `column` holds `text` somewhere, whatever the accents and case of either."""
    return contains_folded(Folded(column), text)


def contains_folded(column: Any, text: str) -> ColumnElement[bool]:
    """Return the same condition on a column that is kept folded, which costs no folding of each row."""
    found: ColumnElement[bool] = column.like(like_pattern(fold_text(text) or ""), escape="\\")
    return found


def like_pattern(text: str) -> str:
    """Return a LIKE pattern that finds `text` literally, with `\\` as the escape."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
