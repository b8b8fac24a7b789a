"""How well a reviewer suits a dossier, from words both declared."""

from collections.abc import Collection, Sequence

import numpy as np

from scoring.assignment.problem import SCALE, Integers


def keyword_affinity(dossiers: Sequence[Collection[str]], reviewers: Sequence[Collection[str]]) -> Integers:
    """Return how far each reviewer's declared keywords cover each dossier's, in parts of SCALE.

    Declared keywords only: nobody bids for dossiers. A dossier without keywords suits everyone equally, at nought.
    """
    words = sorted({word for group in (*dossiers, *reviewers) for word in group})
    index = {word: number for number, word in enumerate(words)}

    def matrix(groups: Sequence[Collection[str]]) -> Integers:
        table = np.zeros((len(groups), max(len(words), 1)), dtype=np.int64)
        for row, group in enumerate(groups):
            for word in group:
                table[row, index[word]] = 1
        return table

    wanted = matrix(dossiers)
    shared: Integers = wanted @ matrix(reviewers).T
    sizes = np.maximum(wanted.sum(axis=1), 1)[:, None]
    result: Integers = shared * SCALE // sizes
    return result
