"""No template and no macro that nobody uses, and nothing in them that the browser's policy would refuse."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from tests.architecture.findings import assert_nothing
from tests.architecture.places import ROOT, TEMPLATES, name, source_files, templates
from tests.architecture.source import calls_in, dotted, nodes_of

ENVIRONMENT = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)
GALLERY = "web/gallery.html"


@pytest.fixture(scope="module", autouse=True)
def forgets_the_templates() -> Iterator[None]:
    """Forget every tree at the end, as the checks of the source do."""
    yield
    parsed.cache_clear()


@cache
def parsed() -> dict[str, nodes.Template]:
    """Every template as a tree, by the name it is rendered under."""
    return {
        path.relative_to(TEMPLATES).as_posix(): ENVIRONMENT.parse(path.read_text(encoding="utf-8"))
        for path in templates()
    }


@cache
def component_macros() -> set[tuple[str, str]]:
    return {
        (where, macro.name)
        for where, template in parsed().items()
        if where.startswith("components/")
        for macro in template.find_all(nodes.Macro)
        if not macro.name.startswith("_")
    }


def used_macros() -> set[tuple[str, str]]:
    used = set()
    for where, template in parsed().items():
        if where == GALLERY:
            continue
        for found in template.find_all(nodes.FromImport):
            source = found.template.as_const()
            used |= {(source, item if isinstance(item, str) else item[0]) for item in found.names}
        aliases = {found.target: found.template.as_const() for found in template.find_all(nodes.Import)}
        for attribute in template.find_all(nodes.Getattr):
            if isinstance(attribute.node, nodes.Name) and attribute.node.name in aliases:
                used.add((aliases[attribute.node.name], attribute.attr))
        for macro in template.find_all(nodes.Macro):  # one macro may build on another of the same file
            used |= {
                (where, call.node.name)
                for call in macro.find_all(nodes.Call)
                if isinstance(call.node, nodes.Name) and call.node.name != macro.name
            } & component_macros()
    return used


def test_every_macro_is_used_by_a_page() -> None:
    assert_nothing(sorted(component_macros() - used_macros()))


def test_every_macro_that_is_used_exists() -> None:
    known = component_macros()
    assert_nothing(sorted(use for use in used_macros() - known if use[0].startswith("components/")))


def test_every_template_is_shown_by_somebody() -> None:
    named: set[str] = set()
    shapes: list[re.Pattern[str]] = []
    for path in source_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pieces = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in node.values]
                shapes.append(re.compile("".join(pieces)))
    for template in parsed().values():
        for reference in template.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            source = getattr(reference, "template", None)
            if isinstance(source, nodes.Const):
                named.add(source.value)
    shapes = [shape for shape in shapes if shape.pattern.endswith((r"\.html", r"\.txt"))]
    idle = [where for where in parsed() if where not in named and not any(shape.fullmatch(where) for shape in shapes)]
    assert_nothing(idle)


def test_every_template_that_is_named_exists() -> None:
    wrong = [
        f"{name(path)}: {node.value}"
        for path in source_files()
        for node in nodes_of(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z_]+/[a-z_/]+\.html", node.value)
        and node.value not in parsed()
    ]
    assert_nothing(wrong)


@pytest.mark.only_on("sqlite")  # addresses do not hang on the database
def test_every_address_that_is_named_exists(application: Flask) -> None:
    named = {place for where, template in parsed().items() for place in template_addresses(where, template)}
    ours = [path for path in source_files() if "simulator" not in path.parts]  # an application of its own
    named |= {place for path in ours for place in source_addresses(path)}
    assert len(named) > 300, "the check reads too little"
    known = {rule.endpoint for rule in application.url_map.iter_rules()}
    assert_nothing(sorted(f"{where}: {endpoint}" for where, endpoint in named if endpoint not in known))


def template_addresses(where: str, template: nodes.Template) -> Iterator[tuple[str, str]]:
    for call in template.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and call.args:
            yield from ((where, text) for text in spelt_out(call.args[0]))


def spelt_out(argument: nodes.Expr) -> Iterator[str]:
    """Yield what an argument can be as far as it is written out: a text, or either side of an `if`."""
    if isinstance(argument, nodes.Const):
        yield argument.value
    elif isinstance(argument, nodes.CondExpr):
        yield from spelt_out(argument.expr1)
        if argument.expr2 is not None:
            yield from spelt_out(argument.expr2)


def source_addresses(path: Path) -> Iterator[tuple[str, str]]:
    places = {"url_for": 0, "NavItem": 1, "DeskItem": 1}
    for call in calls_in(path):
        place = places.get(dotted(call.func).rpartition(".")[2])
        if place is None:
            continue
        given = [word.value for word in call.keywords if word.arg == "endpoint"] or call.args[place : place + 1]
        for argument in given:
            sides = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
            yield from ((name(path), str(side.value)) for side in sides if isinstance(side, ast.Constant))


def test_no_template_carries_style_or_script_in_attributes() -> None:
    inline = re.compile(r"<[a-z][^>]*\s(style|on[a-z]+)\s*=|<style\b|<script(?![^>]*\bsrc=)|javascript:", re.IGNORECASE)
    wrong = [
        f"{name(path)}:{number}"
        for path in templates()
        if path.name != "letter.html"  # an e-mail has no stylesheet to point to
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if inline.search(line)
    ]
    assert_nothing(wrong)


def test_nothing_is_loaded_from_elsewhere() -> None:
    foreign = re.compile(r"""(src|href|action)=["']https?://|@import|url\(["']?https?:""", re.IGNORECASE)
    files = [*templates(), *sorted((ROOT / "static").rglob("*.css")), *sorted((ROOT / "static").rglob("*.js"))]
    wrong = [
        f"{name(path)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if foreign.search(line) and "<link rel=" not in line and "<a " not in line
    ]
    assert_nothing(wrong)
