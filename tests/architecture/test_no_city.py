"""No line of the code names the first city, its country or its money, but for the files of Mexican law."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.findings import assert_nothing
from tests.architecture.places import ROOT

ROOMS = (
    "accounts", "core", "grants", "mail", "rendering", "scoring", "transparency", "treasury", "trust", "web"
)  # fmt: skip
NAMED = re.compile(r"^(MXN|MX)$|Ciudad de México|Mexico City|\bMelate\b|pesos mexicanos|[Cc]ada peso que|\b[Aa]lcaldía")
# Where it is the law or the custom of a country that is asked for, not the place where Puente stands.
OF_THE_LAW = {
    "accounts/rules/identity.py",  # the form of an RFC
    "core/money.py",  # whose sign is a lone $
    "grants/rules/paper/countries.py",  # how registers in Spanish write countries
    "trust/gateway/emitters.py",  # where CFDI are law
    "trust/models/kinds.py",  # OXXO and SPEI take pesos alone
    "trust/rules/cfdi.py",
    "trust/rules/words.py",  # amounts in words, as Mexican receipts have them
    "web/gallery_data.py",  # the components' examples
}


def sayings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that are no docstrings, each with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def test_nothing_of_the_city_is_in_the_code() -> None:
    found, met = [], set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            hits = [f"{name}:{line}: {text[:80]}" for line, text in sayings(path) if NAMED.search(text)]
            if hits and name in OF_THE_LAW:
                met.add(name)
            elif hits:
                found += hits
    for path in sorted((ROOT / "templates").rglob("*.*")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(r"Ciudad de México|Mexico City|Melate|pesos mexicanos", line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert_nothing(found)
    assert met == OF_THE_LAW, "a file of the law that names nothing any more need not be excused"
