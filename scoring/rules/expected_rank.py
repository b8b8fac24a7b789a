"""The expected rank of each dossier, given its estimated quality and how sure that is: a diagnosis only."""

from collections.abc import Sequence

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

Array = NDArray[np.float64]


def expected_ranks(theta: Sequence[float], covariance: Sequence[Sequence[float]]) -> list[float]:
    """Return ER_i = 1 + Σ_{j≠i} Φ((θ_j − θ_i) / √(C_ii + C_jj − 2 C_ij)), where a greater θ is better and 1 is best.

    Two dossiers whose difference has no variance are ordered by θ alone; equal ones count one half each. The ranks of
    n dossiers always add up to n(n + 1)/2.

    Raises:
        ValueError: the covariance is not a square of the length of `theta`.
    """
    quality = np.asarray(theta, dtype=np.float64)
    spread = np.asarray(covariance, dtype=np.float64)
    if spread.shape != (len(quality), len(quality)):
        raise ValueError("the covariance is a square with a row for each estimate")
    gaps = quality[None, :] - quality[:, None]
    own = np.diag(spread)
    variance = np.maximum(own[:, None] + own[None, :] - 2 * spread, 0.0)
    certain = np.where(gaps > 0, 1.0, np.where(gaps < 0, 0.0, 0.5))
    ratio = np.divide(gaps, np.sqrt(variance), out=np.zeros_like(gaps), where=variance > 0)
    beaten_by = np.where(variance > 0, scipy.special.ndtr(ratio), certain)
    np.fill_diagonal(beaten_by, 0.0)
    return [1.0 + float(total) for total in beaten_by.sum(axis=1)]


def expected_ranks_of(quality: Array, own: Array, shared: Array, *, block: int = 512) -> Array:
    """Return the same where the covariance is diag(`own`) + `shared` · `sharedᵀ`, without ever building it whole."""
    total = own + np.square(shared).sum(axis=1)
    ranks: Array = np.empty(len(quality))
    for start in range(0, len(quality), block):
        part = slice(start, start + block)
        gaps = quality[None, :] - quality[part, None]
        variance = np.maximum(total[part, None] + total[None, :] - 2 * shared[part] @ shared.T, 0.0)
        rows = np.arange(len(gaps))
        variance[rows, start + rows] = 1.0  # oneself: a gap of nought, whose half is taken back below
        sure = np.where(gaps > 0, 1.0, np.where(gaps < 0, 0.0, 0.5))
        ratio = np.divide(gaps, np.sqrt(variance), out=np.zeros_like(gaps), where=variance > 0)
        ranks[part] = 0.5 + np.where(variance > 0, scipy.special.ndtr(ratio), sure).sum(axis=1)
    return ranks
