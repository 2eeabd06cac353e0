"""The disclosure policy: every number that a rule rests on, by name. It is public; a change makes a new version."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Policy:
    """Floors are counts of *other* organizations, gates are shares of what was observed in the window.

    1.1: the rate of good choices is pooled as well, behind a gate of its own; every rule and figure of version 1 stands.
    """

    version: str = "1.1"

    median_from: int = 10
    """Others needed for the median, on the coarse grid."""
    quartiles_from: int = 20
    """Others needed for the median with its interval, p25 and p75, on the fine grid."""
    tails_from: int = 200
    """Others needed for p10 and p90."""
    coarseness: int = 4
    """Steps of the fine grid in one of the coarse grid."""
    support: int = 5
    """Organizations at or beyond a quantile other than the median before it is published."""
    confidence: Fraction = Fraction(95, 100)
    """Least coverage of the interval of the median."""

    window_weeks: int = 4
    requests: int = 1_000
    active_days: int = 5
    outcome_known: float = 0.95
    tokens_known: float = 0.95
    tokens_priced: float = 0.90
    tokens_evaluable: float = 0.30
    attempts_known: float = 0.90
    one_overhead_basis: float = 0.90
    delay_known: float = 0.90
    overhead_known: float = 0.90

    age_days: int = 28


POLICY = Policy()

ALGORITHM = f"{POLICY.version}-grid"
"""Stored with every snapshot: the policy's version, and how figures are settled on the grid (no noise)."""
