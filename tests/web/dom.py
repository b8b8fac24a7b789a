"""What a page owes to people who read it with other means, checked on the document itself."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import html

Node: TypeAlias = Any  # an lxml element; the stubs' union of everything an XPath may return helps nobody here
QUIET = {"hidden", "submit", "button", "image", "reset"}


def parse(body: bytes | str) -> Node:
    """Return a page as a tree."""
    return html.document_fromstring(body.decode("utf-8") if isinstance(body, bytes) else body)


def controls(form: Node) -> list[Node]:
    """Return what a person fills in."""
    found = form.xpath(".//input | .//select | .//textarea")
    return [node for node in found if (node.get("type") or "text").lower() not in QUIET]


def text_of(node: Node) -> str:
    """Return what a node says, its hidden-to-the-eye words and picture descriptions included."""
    pictures = " ".join(image.get("alt") or "" for image in node.xpath(".//img"))
    return re.sub(r"\s+", " ", f"{node.text_content()} {pictures}").strip()


def by_id(tree: Node, identity: str) -> Node | None:
    """Return the element with an id."""
    found = tree.xpath("//*[@id=$identity]", identity=identity)
    return found[0] if found else None


def label_of(tree: Node, control: Node) -> str:
    """Return a control's name as a screen reader says it."""
    if control.get("aria-label"):
        return str(control.get("aria-label"))
    if control.get("aria-labelledby"):
        nodes = [by_id(tree, identity) for identity in control.get("aria-labelledby").split()]
        return " ".join(text_of(node) for node in nodes if node is not None)
    identity = control.get("id")
    labels = tree.xpath("//label[@for=$identity]", identity=identity) if identity else []
    around = control.xpath("ancestor::label")
    return " ".join(text_of(node) for node in [*labels, *around])


def form_faults(tree: Node) -> Iterator[str]:
    """Yield what is wrong with the forms of a page."""
    for form in tree.xpath("//form"):
        # One of several forms of a page carries its own prefix, on the token too.
        tokens = form.xpath(".//input[@name='csrf_token' or contains(@name, '-csrf_token')]")
        if (form.get("method") or "get").lower() == "post" and not tokens:
            yield f"form {form.get('action') or 'here'}: no csrf_token"
        buttons = form.xpath(".//button[not(@type) or @type='submit'] | .//input[@type='submit']")
        if not buttons:
            yield f"form {form.get('action') or 'here'}: no button to send it without a script"
        for button in buttons:
            if not (text_of(button) or button.get("value") or button.get("aria-label")):
                yield f"form {form.get('action') or 'here'}: a button without words"
        for control in controls(form):
            yield from control_faults(tree, control)


def control_faults(tree: Node, control: Node) -> Iterator[str]:
    """Yield what is wrong with one control."""
    name = control.get("name") or control.get("id") or "?"
    if not label_of(tree, control).strip():
        yield f"{name}: no label"
    kind = (control.get("type") or "text").lower()
    siblings = tree.xpath("//input[@name=$name and (@type='radio' or @type='checkbox')]", name=name)
    if kind == "radio" or (kind == "checkbox" and len(siblings) > 1):
        legends = control.xpath("ancestor::fieldset[1]/legend")
        if not legends or not text_of(legends[0]):
            yield f"{name}: a choice outside a fieldset with a legend"
    owners = (control, *control.xpath("ancestor::fieldset"))
    described = [identity for node in owners for identity in (node.get("aria-describedby") or "").split()]
    for identity in described:
        target = by_id(tree, identity)
        if target is None or not text_of(target):
            yield f"{name}: aria-describedby names #{identity}, which is not there or empty"
    own = control.get("id") or ""
    for suffix in ("hint", "error", "why"):
        if own and by_id(tree, f"{own}-{suffix}") is not None and f"{own}-{suffix}" not in described:
            yield f"{name}: #{own}-{suffix} is not linked"
    if control.get("aria-invalid") == "true" and not any("error" in identity for identity in described):
        yield f"{name}: invalid, and no error is linked"


def summary_faults(tree: Node) -> Iterator[str]:
    """Yield what is wrong with the error summary of a page that refuses a form."""
    summaries = tree.xpath("//*[contains(concat(' ', @class, ' '), ' error-summary ')]")
    if not summaries:
        yield "no error summary"
        return
    items = summaries[0].xpath(".//li")
    if not items:
        yield "an empty error summary"
    for link in summaries[0].xpath(".//a[starts-with(@href, '#')]"):
        target = by_id(tree, link.get("href")[1:])
        if target is None:
            yield f"the summary links to {link.get('href')}, which is not there"
        elif target.tag not in ("input", "select", "textarea", "fieldset", "legend", "button"):
            yield f"the summary links to {link.get('href')}, which is a {target.tag}"
    for marked in tree.xpath("//*[@aria-invalid='true']"):
        anchors = {link.get("href") for link in summaries[0].xpath(".//a")}
        around = [node.get("id") for node in (marked, *marked.xpath("ancestor::fieldset")) if node.get("id")]
        if not any(f"#{identity}" in anchors for identity in around):
            yield f"{marked.get('name')}: invalid, and not in the summary"


def page_faults(tree: Node) -> Iterator[str]:
    """Yield what is wrong with a page as a document."""
    if not (tree.get("lang") or "").startswith(("es", "en")):
        yield "no language"
    if not text_of(tree.xpath("//title")[0] if tree.xpath("//title") else html.Element("i")):
        yield "no title"
    yield from _heading_faults(tree)
    yield from _reference_faults(tree)
    for image in tree.xpath("//img[not(@alt)]"):
        yield f"a picture without alt: {image.get('src')}"
    for link in tree.xpath("//a[@href]"):
        if not (text_of(link) or link.get("aria-label")):
            yield f"a link without words: {link.get('href')}"
    for table in tree.xpath("//table"):
        if not table.xpath(".//th"):
            yield "a table without headings"
        elif not (table.xpath("./caption") or table.get("aria-label") or table.get("aria-labelledby")):
            yield f"a table without a caption: {text_of(table.xpath('.//th')[0])[:40]}"
    for node in tree.xpath("//*[@style] | //*[@onclick or @onchange or @onsubmit] | //script[not(@src)] | //style"):
        yield f"<{node.tag}> would be refused by the content policy"


def _heading_faults(tree: Node) -> Iterator[str]:
    first = tree.xpath("//main//h1")
    if len(first) != 1 or not text_of(first[0]):
        yield f"{len(first)} headings of the first rank: {[text_of(heading)[:40] for heading in first]}"
    level = 0
    for heading in tree.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]"):
        rank = int(heading.tag[1])
        if level and rank > level + 1:
            yield f"a heading jumps from h{level} to h{rank}: {text_of(heading)[:60]}"
        level = rank


def _reference_faults(tree: Node) -> Iterator[str]:
    for identity, times in Counter(str(value) for value in tree.xpath("//@id")).items():
        if times > 1:
            yield f"#{identity} stands {times} times"
    for node in tree.xpath("//*[@aria-labelledby]"):
        for identity in node.get("aria-labelledby").split():
            if by_id(tree, identity) is None:
                yield f"aria-labelledby names #{identity}, which is not there"
    for link in tree.xpath("//a[starts-with(@href, '#')]"):
        if link.get("href") != "#" and by_id(tree, link.get("href")[1:]) is None:
            yield f"a link to {link.get('href')}, which is not there"
