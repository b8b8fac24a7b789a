"""A table of a web page as rows: what many portals hand out as a spreadsheet is one."""

import re
from html.parser import HTMLParser

IS_PAGE = re.compile(r"\s*<(?:!doctype html|html|meta|head|style|table|div|\?xml)\b", re.IGNORECASE)
WIDEST = 50  # cells that one may reach over


class Rows(HTMLParser):
    """Collects the rows of every table, one below the other; a cell over several is followed by empty ones."""

    def __init__(self) -> None:
        """Begin without a row."""
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._reach = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell; whatever was left open is closed."""
        if tag in ("tr", "td", "th"):
            self._close()
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            reach = dict(attrs).get("colspan") or ""
            self._cell, self._reach = [], min(int(reach), WIDEST) if reach.isascii() and reach.isdigit() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        if tag in ("tr", "td", "th", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        """Add to the open cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is None:
            return
        if not self.rows:
            self.rows.append([])
        self.rows[-1] += ["".join(self._cell), *[""] * (self._reach - 1)]
        self._cell = None


def is_page(text: str) -> bool:
    """Return whether a text is a web page with a table."""
    return IS_PAGE.match(text.removeprefix("\ufeff")) is not None and "<tr" in text.casefold()


def rows_of(text: str) -> list[list[str]]:
    """Return the rows of a page's tables."""
    parser = Rows()
    parser.feed(text)
    parser.close()
    return parser.rows
