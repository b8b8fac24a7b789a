"""Expected ranks and rank intervals among very many, each weighed against the crowd of the others.

The sum over all others of the chance to be beaten by them only hangs on one's own quality and doubt and on how the
others' are distributed. So the crowd is counted into narrow bins of quality, class by class of doubt, and the sum is a
convolution: as exact as the bins are narrow, and no longer quadratic. What two applications' doubts have in common is
left out; among more than a thousand it moves nobody by a noticeable part of the list.
"""

import numpy as np
import scipy  # each of its parts is loaded when it is first used: few processes reckon
from numpy.typing import NDArray

from scoring.rules.crossings import Array, Indices

BINS, CLASSES = 4096, 12
CONVOLVED = 4 * BINS  # bins of a circle on which the crowd and the chances do not overlap
REACH = 4.0  # standard deviations on either side of the outermost
Bounds = list[tuple[int, int]]


def crowd_ranks(quality: Array, doubt: Array) -> tuple[list[float], Bounds, Bounds]:
    """Return each one's expected rank and its 50 % and 95 % intervals; the greatest quality ranks first."""
    crowd = _Crowd(quality, doubt)
    expected = crowd.beaten_by() + 0.5  # of oneself, a half was counted
    expected += (len(quality) * (len(quality) + 1) / 2 - expected.sum()) / len(quality)
    return expected.tolist(), *(crowd.interval(share) for share in (0.5, 0.95))


class _Crowd:
    """The others, by bin of quality and class of doubt."""

    def __init__(self, quality: Array, doubt: Array) -> None:
        finest = float(np.ptp(quality)) / BINS  # less doubt than a bin is wide would not spread equals over their ranks
        self.quality, self.doubt, self.size = quality, np.maximum(doubt, finest), len(quality)
        doubt = self.doubt
        edges = np.quantile(doubt, np.linspace(0, 1, CLASSES + 1)[1:-1])
        self.of: Indices = np.unique(np.searchsorted(edges, doubt), return_inverse=True)[1]
        self.doubts = np.asarray(np.bincount(self.of, weights=doubt) / np.bincount(self.of), dtype=np.float64)
        pad = REACH * float(doubt.max()) + 1e-9
        low, high = float(quality.min()) - pad, float(quality.max()) + pad
        self.low, self.step = low, (high - low) / (BINS - 1)
        counts = [self._counted(quality[self.of == one]) for one in range(len(self.doubts))]
        self.spectra = [np.fft.rfft(one, CONVOLVED) for one in counts]
        self.gaps = np.arange(-BINS + 1, BINS) * self.step
        self.chances: dict[tuple[float, bool], NDArray[np.complex128]] = {}

    def _counted(self, quality: Array) -> Array:
        """Return how many lie at each bin, each shared between the two nearest so that their mean stays."""
        place = (quality - self.low) / self.step
        below = np.floor(place).astype(np.int64)
        over = place - below
        here: Array = np.asarray(np.bincount(below, weights=1 - over, minlength=BINS)[:BINS], dtype=np.float64)
        return here + np.bincount(np.minimum(below + 1, BINS - 1), weights=over, minlength=BINS)[:BINS]

    def _summed(self, own: float, *, variance: bool = False) -> Array:
        """Return at each bin how many of the crowd are expected above it, by somebody of so much doubt."""
        total = np.zeros(CONVOLVED // 2 + 1, dtype=np.complex128)
        for spectrum, doubt in zip(self.spectra, self.doubts, strict=True):
            total += spectrum * self._chance(float(np.hypot(doubt, own)), variance)
        return np.fft.irfft(total, CONVOLVED)[BINS - 1 : 2 * BINS - 1]

    def _chance(self, doubt: float, variance: bool) -> NDArray[np.complex128]:
        """Return the chance, or its variance, that one of the crowd is above, by how far below it lies."""
        known = self.chances.get((doubt, variance))
        if known is None:
            chance = scipy.special.ndtr(-self.gaps / doubt)
            known = np.fft.rfft(chance * (1 - chance) if variance else chance, CONVOLVED)
            self.chances[doubt, variance] = known
        return known

    def _at(self, table: Array, quality: Array) -> Array:
        found: Array = np.interp(quality, self.low + np.arange(BINS) * self.step, table)
        return found

    def beaten_by(self) -> Array:
        """Return how many of the crowd, oneself included, are expected to beat each, its own doubt counted."""
        beaten = np.zeros(self.size)
        for one, doubt in enumerate(self.doubts):
            here = self.of == one
            beaten[here] = self._at(self._summed(doubt), self.quality[here])
        return beaten

    def interval(self, share: float) -> Bounds:
        """Return the ranks between which each lies with such a chance: by its own doubt and by that of the others."""
        reach = float(scipy.special.ndtri((1 + share) / 2))
        above, chance = self._summed(0.0), np.sqrt(np.maximum(self._summed(0.0, variance=True), 0.0))
        middle, others = self._at(above, self.quality), reach * self._at(chance, self.quality)
        best = self._at(above, self.quality + reach * self.doubt)
        worst = self._at(above, self.quality - reach * self.doubt)
        low = middle - np.hypot(middle - best, others) + 0.5
        high = middle + np.hypot(worst - middle, others) + 0.5
        return list(
            zip(
                np.clip(np.rint(low), 1, self.size).astype(int).tolist(),
                np.clip(np.rint(high), 1, self.size).astype(int).tolist(),
                strict=True,
            )
        )
