"""Read rendered HTML as a list of elements, enough to ask what labels what."""

from html.parser import HTMLParser

Element = tuple[str, dict[str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))


def elements(html: str, *tags: str) -> list[Element]:
    """Return the elements of `html` in order, or only those called one of `tags`."""
    reader = _Reader()
    reader.feed(html)
    return [found for found in reader.elements if not tags or found[0] in tags]


def one(html: str, tag: str, **attributes: str) -> dict[str, str]:
    """Return the attributes of the only such element."""
    found = [have for _tag, have in elements(html, tag) if attributes.items() <= have.items()]
    assert len(found) == 1, f"{len(found)} <{tag}> with {attributes}"
    return found[0]
