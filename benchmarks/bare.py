"""The bare tools as programs of their own, from file to file: what `puente scoring` is measured beside."""

import csv
import json
import sys
from typing import Any

import numpy as np


def least_squares(scores: str, out: str) -> None:
    """Fit applications and reviewers to the totals by one sparse least-squares solution, and write its estimates."""
    from scipy.sparse import csr_matrix  # local: each program loads what it needs
    from scipy.sparse.linalg import lsqr

    totals: dict[tuple[str, str], float] = {}
    with open(scores, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = (row["application"], row["reviewer"])
            totals[key] = totals.get(key, 0.0) + float(row["score"])
    first, second = (
        {name: index for index, name in enumerate(dict.fromkeys(names))} for names in zip(*totals, strict=True)
    )
    one = np.array([first[name] for name, _reviewer in totals])
    other = np.array([second[name] for _application, name in totals]) + len(first)
    rows = np.tile(np.arange(len(totals)), 2)
    design = csr_matrix((np.ones(len(rows)), (rows, np.concatenate([one, other]))))
    solved = lsqr(design, np.fromiter(totals.values(), dtype=float))[0]
    with open(out, "w", encoding="utf-8") as file:
        json.dump(dict(zip(first, solved.tolist(), strict=False)), file, indent=2)


def flow(affinity: str, out: str, readers: str, most: str) -> None:
    """Assign by OR-tools' min-cost flow over every pair of a table of affinities, and write the pairs."""
    from ortools.graph.python import min_cost_flow  # local: as above

    with open(affinity, encoding="utf-8", newline="") as lines:
        header, *cells = csv.reader(lines)
    table = np.rint(np.array([row[1:] for row in cells], dtype=float) * 10_000).astype(np.int64)
    solver, arcs = arcs_of(min_cost_flow.SimpleMinCostFlow(), table, int(readers), int(most))
    assert solver.solve() == solver.OPTIMAL
    n, m = table.shape
    taken = np.nonzero(solver.flows(arcs[n : n + n * m]))[0]
    with open(out, "w", encoding="utf-8") as file:
        json.dump([[cells[pair // m][0], header[1 + pair % m]] for pair in taken.tolist()], file)


def arcs_of(solver: Any, table: Any, readers: int, most: int) -> tuple[Any, Any]:
    """Put every pair of a table before a solver; return it with its arcs."""
    n, m = table.shape
    rows, columns = np.divmod(np.arange(n * m), m)
    tails = np.concatenate([np.zeros(n, dtype=np.int64), 1 + rows, 1 + n + np.arange(m)])
    heads = np.concatenate([1 + np.arange(n), 1 + n + columns, np.full(m, 1 + n + m)])
    capacities = np.concatenate([np.full(n, readers), np.ones(n * m, dtype=np.int64), np.full(m, most)])
    costs = np.concatenate([np.zeros(n, dtype=np.int64), 10_000 - table.ravel(), np.zeros(m, dtype=np.int64)])
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    solver.set_node_supply(0, readers * n)
    solver.set_node_supply(1 + n + m, -readers * n)
    return solver, arcs


if __name__ == "__main__":
    if sys.argv[1] == "flow":
        flow(*sys.argv[2:])
    else:
        least_squares(*sys.argv[2:])
