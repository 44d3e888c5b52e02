"""Exact statistics of counts: Clopper-Pearson bounds of a rate, McNemar's exact test of a paired difference."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A count out of a count, with its exact two-sided 95 % interval; no trials give no rate, never a zero."""

    hits: int
    trials: int

    @property
    def share(self) -> float | None:
        """0 to 1; None without trials."""
        return self.hits / self.trials if self.trials else None

    def record(self) -> dict[str, float | int | None]:
        """As JSON: hits, trials, share, low and high end of the interval, rounded to what the counts can carry."""
        low, high = interval(self.hits, self.trials)
        share = None if self.share is None else round(self.share, 6)
        return {"hits": self.hits, "trials": self.trials, "share": share, "low": round(low, 6), "high": round(high, 6)}


def upper_bound(errors: int, trials: int, confidence: float = 0.95) -> float:
    """The exact (Clopper-Pearson) one-sided upper bound of a rate; 1.0 for no trials."""
    from scipy.special import betaincinv

    return 1.0 if trials == 0 or errors == trials else float(betaincinv(errors + 1, trials - errors, confidence))


def interval(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact (Clopper-Pearson) two-sided interval of a rate; (0, 1) for no trials."""
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 or trials == 0 else float(betaincinv(hits, trials - hits + 1, tail))
    return low, upper_bound(hits, trials, 1 - tail)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p of McNemar's test, from the pairs where just one of two runs is right; 1.0 without any."""
    pairs, fewer = only_first + only_second, min(only_first, only_second)
    if only_first == only_second:
        return 1.0
    tail = sum(math.comb(pairs, k) for k in range(fewer + 1))
    return min(1.0, float(2 * tail / 2**pairs))


def quantile(values: list[float], share: float) -> float:
    """The quantile of measured values by linear interpolation; 0.0 without any."""
    if not values:
        return 0.0
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)
