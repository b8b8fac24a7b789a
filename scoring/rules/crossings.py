"""Who reads beside whom: for every two columns of a design, what the rows in which both stand add up to."""

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class Crossings:
    """Σ w · c cᵀ over the rows c of a sparse design, for weights that change from look to look.

    Rows of one class weigh the same, so what each class adds to each two columns is counted once and for all, and only
    where two columns meet. Matrices are symmetric: everything here is of their lower triangle.
    """

    def __init__(self, design: "scipy.sparse.csr_matrix", classes: Indices) -> None:
        self.size = design.shape[1]
        many = int(classes.max(initial=0)) + 1
        parts = [self._of_class(design[classes == one]) for one in range(many)]
        places, sums = (np.concatenate(part) for part in zip(*parts, strict=True))
        self.places, at = np.unique(places, return_inverse=True)
        of = np.repeat(np.arange(many), [len(part[0]) for part in parts])
        self.sums = scipy.sparse.csr_matrix((sums, (at, of)), shape=(len(self.places), many))
        rows, columns = np.divmod(self.places, self.size)
        self.halves = np.where(rows == columns, 1.0, 2.0)  # what stands below the diagonal stands above it too

    def _of_class(self, design: "scipy.sparse.csr_matrix") -> tuple[Indices, Array]:
        """Return where in the matrix a class has something, and what."""
        crossed = scipy.sparse.tril(design.T @ design, format="coo")
        return crossed.row.astype(np.int64) * self.size + crossed.col, crossed.data

    def weighed(self, weights: Array) -> Array:
        """Return the sum under a weight for each class, the upper triangle left at nought."""
        matrix: Array = np.zeros((self.size, self.size))
        matrix.reshape(-1)[self.places] = self.sums @ weights
        return matrix

    def traced(self, matrix: Array, weights: Array) -> float:
        """Return the trace of the sum times a symmetric matrix, of which the lower triangle is there."""
        return float((self.sums @ weights * self.halves) @ matrix.reshape(-1)[self.places])
