"""Nothing public that nobody uses: what is only defined, re-exported and tested is dead."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.findings import assert_nothing
from tests.architecture.places import ROOT, name, source_files, templates
from tests.architecture.source import dotted, nodes_of, tree

# Named by nobody in the rooms and needed all the same, with the reason.
NEEDED = {
    "create_schema": "tests and benchmarks build a database without the migrations",
    "register_user": "pages call sign_up, which tells nobody who is known here; tests make people by this one",
    "fail_refund": "what the company does of itself: tests play it on the simulator",
    "pay_out": "what the company does of itself: tests play it on the simulator",
    "pledge": "promised gifts are kept and checked; they have no page yet",
    "intraclass": "published beside alpha for whoever repeats the computation",
    "expected_ranks": "published beside the ranking's rule for whoever repeats the computation",
}
OUTSIDE = ("config.py", "wsgi.py", "setup.cfg", "Makefile")


def test_every_public_name_is_used_outside_its_tests() -> None:
    used = names_used()
    idle = [
        f"{name(path)}: {public}"
        for path in source_files()
        if "versions" not in path.parts
        for public in public_names(path)
        if public not in NEEDED and not used[public]
    ]
    assert_nothing(idle)


def test_what_is_excused_exists() -> None:
    known = {public for path in source_files() for public in public_names(path)}
    assert_nothing(sorted(set(NEEDED) - known))


def public_names(path: Path) -> Iterator[str]:
    """Yield the functions and constants a file defines at its top, without those that register themselves."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            if not node.decorator_list and not node.name.startswith("_"):
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                target.id for target in targets if isinstance(target, ast.Name) and not target.id.startswith("_")
            )


def names_used() -> Counter[str]:
    """Count where each name is read in the rooms and named in templates; re-exports and `__all__` do not count."""
    found: Counter[str] = Counter()
    for path in source_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found[node.id] += 1
            elif isinstance(node, ast.Attribute):
                found[node.attr] += 1
            elif isinstance(node, ast.ImportFrom) and path.name != "__init__.py":
                found.update(alias.name for alias in node.names if alias.asname)
            if isinstance(node, ast.Call) and dotted(node.func) == "getattr" and len(node.args) > 1:
                found.update(str(side.value) for side in node.args[1:2] if isinstance(side, ast.Constant))
    for path in [*templates(), *(ROOT / outside for outside in OUTSIDE)]:
        found.update(set(re.findall(r"\w+", path.read_text(encoding="utf-8"))))
    return found
