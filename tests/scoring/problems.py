"""Small assignment problems for the tests."""

import numpy as np

from scoring.assignment import Problem


def problem(
    affinity: list[list[int]],
    *,
    per_dossier: int = 1,
    max_load: int = 10,
    min_load: int = 0,
    forbidden: tuple[tuple[int, int], ...] = (),
    institutions: tuple[str | None, ...] = (),
) -> Problem:
    """An assignment problem with dossiers D0…, reviewers R0… and this table of affinities."""
    table = np.asarray(affinity, dtype=np.int64)
    return Problem(
        dossiers=[f"D{n}" for n in range(table.shape[0])],
        reviewers=[f"R{n}" for n in range(table.shape[1])],
        affinity=table,
        per_dossier=per_dossier,
        max_load=max_load,
        min_load=min_load,
        forbidden=forbidden,
        institutions=institutions,
    )
