"""Every SELECT stands among the queries, beside its model, or in the ground; what is left elsewhere has its reason."""

import ast

from tests.architecture.findings import assert_nothing
from tests.architecture.places import name, source_files
from tests.architecture.source import calls_in, nodes_of

# The books take their locks where they write: what is read under the lock decides about the very next line.
ELSEWHERE = {
    "trust/services/ledger.py": "reads under the year's lock",
    "trust/services/held_payments.py": "takes the order's lock",
    "trust/services/fulfilment.py": "takes the order's lock",
    "trust/services/chart.py": "reads codes, to write those that are missing",
    "web/demo/commands.py": "asks whether anybody real is in the database",
    "web/demo/proof.py": "adds the books up independently of the queries it checks",
    "web/demo/year.py": "asks whether the demo was loaded",
}


def selecting() -> set[str]:
    """Return the files outside queries, models and core that call SQLAlchemy's `select`."""
    found = set()
    for path in source_files():
        parts = path.with_suffix("").parts
        if "core" in parts or "queries" in parts or "models" in parts:
            continue
        taken = any(
            isinstance(node, ast.ImportFrom)
            and (node.module or "").split(".")[0] == "sqlalchemy"
            and any(alias.name == "select" for alias in node.names)
            for node in nodes_of(path)
        )
        if taken and any(isinstance(call.func, ast.Name) and call.func.id == "select" for call in calls_in(path)):
            found.add(name(path))
    return found


def test_selects_stand_among_the_queries() -> None:
    assert_nothing(sorted(selecting() - set(ELSEWHERE)))


def test_what_is_excused_still_selects() -> None:
    assert_nothing(sorted(set(ELSEWHERE) - selecting()))
