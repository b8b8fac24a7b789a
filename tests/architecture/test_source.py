"""Habits of the house that can be read in the source."""

import ast
import re
from pathlib import Path

from tests.architecture.findings import assert_nothing
from tests.architecture.places import ROOT, floor_files, name, source_files
from tests.architecture.source import calls, calls_in, dotted, functions, imported

LONGEST_FILE, LONGEST_FUNCTION = 310, 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base", "shared"}
EDGES = ("routes", "commands", "jobs")
# The clock is read in one file; the server's loop and its waiting are about processes, not about the domain.
CLOCK_READERS = {"core/clock.py"}
CLOCK = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime)|func\.now)$"
)
DICE = re.compile(r"^(random\.(?!Random$)\w+|numpy\.random\.\w+|np\.random\.(?!default_rng$)\w+)$")


def at(path: Path, node: ast.AST | int) -> str:
    """Say where something stands."""
    return f"{name(path)}:{node if isinstance(node, int) else node.lineno}"  # type: ignore[attr-defined]


def test_no_file_outgrows_its_floor() -> None:
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in source_files()}
    assert_nothing(f"{path}: {lines} lines" for path, lines in sizes.items() if lines > LONGEST_FILE)


def test_no_function_outgrows_a_screen() -> None:
    # Counted from the first statement: a service that names twenty facts and documents them is not long for that.
    long = []
    for path in source_files():
        for node in functions(path):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_FUNCTION:
                long.append(f"{at(path, node)} {node.name}: {lines} lines")
    assert_nothing(long)


def test_every_file_is_named_after_what_is_in_it() -> None:
    assert_nothing(name(path) for path in source_files() if {path.stem, path.parent.name} & EMPTY_NAMES)


def test_only_the_clock_reads_the_time() -> None:
    wrong = [
        f"{at(path, call)} {dotted(call.func)}"
        for path in source_files()
        if name(path) not in CLOCK_READERS
        for call in calls_in(path)
        if CLOCK.search(dotted(call.func))
    ]
    assert_nothing(wrong)


def test_chance_is_seeded_or_secret() -> None:
    wrong = [
        f"{at(path, call)} {dotted(call.func)}"
        for path in source_files()
        for call in calls_in(path)
        if DICE.match(dotted(call.func)) or (dotted(call.func) in ("random.Random", "Random") and not call.args)
    ]
    wrong += [
        f"{at(path, line)} {what}"
        for path in source_files()
        for line, what in imported(path)
        if what.startswith("random.") and what != "random.Random"
    ]
    assert_nothing(wrong)


def test_rules_states_and_errors_ask_nobody() -> None:
    worldly = ("core.clock.now", "core.clock.today", "core.database", "core.context", "core.audit", "core.settings")
    wrong = [
        f"{at(path, line)} imports {what}"
        for floor in ("rules", "states", "errors")
        for path in floor_files(floor)
        for line, what in imported(path)
        if what.startswith(worldly) and not name(path).startswith(("core/", "web/"))
    ]
    assert_nothing(wrong)


def test_only_the_edges_commit() -> None:
    # The worker's lease, the session's last use, the simulator's own bank, the demo year and the answer to a request
    # that was turned away are edges too; `connections` is the driver's own commit.
    wrong = [
        at(path, call)
        for path in source_files()
        if not any(
            part.removesuffix(".py") in (*EDGES, "login", "simulator", "demo", "errors", "connections")
            for part in name(path).split("/")[1:]
        )
        for call in calls_in(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert_nothing(wrong)


def test_queries_only_read() -> None:
    writing = {"add", "add_all", "delete", "flush", "insert", "update", "commit", "merge"}
    wrong = [
        f"{at(path, call)} {dotted(call.func)}"
        for path in floor_files("queries")
        for call in calls_in(path)
        if (isinstance(call.func, ast.Name) and call.func.id in ("insert", "update", "delete"))
        or (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in writing
            and dotted(call.func).startswith(("session.", "db.session."))
        )
    ]
    assert_nothing(wrong)


ONE_ROW = re.compile(
    r"\.(scalar|scalar_one|scalar_one_or_none|one|one_or_none|first|get|get_one)\("
    r"|\.(subquery|scalar_subquery|exists|cte)\(|\bexists\("
)
ONE_FIGURE = re.compile(r"select\(\s*(func\.|exists\b)")


def test_every_list_has_an_order() -> None:
    """A heuristic: in a queries floor, what selects also orders, unless it fetches one row or figure, or is a part."""
    wrong = []
    for path in floor_files("queries"):
        text = path.read_text(encoding="utf-8")
        for node in functions(path):
            source = ast.get_source_segment(text, node) or ""
            if not any(dotted(call.func).split(".")[-1] == "select" for call in calls(node)):
                continue
            part = node.name.startswith("_") and ast.unparse(node.returns or ast.Constant(None)).startswith("Select[")
            single = part or ONE_ROW.search(source) or (ONE_FIGURE.search(source) and "group_by" not in source)
            if "order_by(" not in source and not single:
                wrong.append(f"{at(path, node)} {node.name}")
    assert_nothing(wrong)


def test_an_import_inside_a_function_gives_its_reason() -> None:
    wrong = []
    for path in source_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        inside = {
            child
            for node in functions(path)
            for child in ast.walk(node)
            if isinstance(child, ast.Import | ast.ImportFrom)
        }
        reasons = set()  # one comment may stand for the imports right under it
        for child in sorted(inside, key=lambda node: node.lineno):
            own = any("#" in line for line in lines[child.lineno - 1 : child.end_lineno])
            above = lines[child.lineno - 2].strip()
            if own or above.startswith("#") or child.lineno - 1 in reasons:
                reasons.add(child.end_lineno or child.lineno)
            else:
                wrong.append(at(path, child))
    assert_nothing(wrong)


def test_no_test_sleeps_or_is_skipped() -> None:
    banned = re.compile(r"\btime\.sleep\(|pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b|wait_for_timeout\(")
    wrong = [
        f"{name(path)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if banned.search(line)
    ]
    assert_nothing(wrong)


CHECKING = re.compile(r"raises|warns|assert|expect|check|compare|refus|verif")


def test_every_test_asserts_something() -> None:
    wrong = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in functions(path):
            if not node.name.startswith("test_"):
                continue
            asserts = any(isinstance(child, ast.Assert) for child in ast.walk(node))
            checks = any(
                re.search(r"raises|warns|assert|expect|check|compare|refus|verif", dotted(call.func))
                for call in calls(node)
            )
            if not (asserts or checks):
                wrong.append(f"{at(path, node)} {node.name}")
    assert_nothing(wrong)
