"""The percentile strip: where one value lies among what was published of its peers. Better is always left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.dashboards.figures.scale import Scale
from apps.dashboards.wording.translate import gettext as _

MARGIN = 4.0
"""Percent of the width kept free at either end, so that the dot never leaves the figure."""


@dataclass(frozen=True)
class Peers:
    """What was published of a cohort for one metric; None = not shown at this number of peers."""

    median: float
    low: float | None = None
    high: float | None = None
    """Ends of the median's interval."""
    p25: float | None = None
    p75: float | None = None
    p10: float | None = None
    p90: float | None = None


@dataclass(frozen=True)
class Band:
    """A stretch of the strip, in percent of its width."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)


@dataclass(frozen=True)
class Strip:
    """Geometry in percent of the width; `beyond` says that the dot stands outside, on which side."""

    wide: Band | None
    middle: Band | None
    interval: Band | None
    median: float
    dot: float | None
    beyond: str
    label: str


def strip(
    own: float | None,
    peers: Peers,
    *,
    lower_is_better: bool,
    words: Callable[[float], str],
    beside: Sequence[float] = (),
) -> Strip:
    """The strip of `own` among `peers`; `words` writes a value with its unit.

    `beside` are the own values of other strips in the same column, so that all of them share one axis.
    """
    low, high = _reach([*beside, *([own] if own is not None else [])], peers)
    start, end = MARGIN, 100 - MARGIN
    scale = Scale(low, high, start, end) if lower_is_better else Scale(low, high, end, start)
    return Strip(
        wide=_band(scale, peers.p10, peers.p90),
        middle=_band(scale, peers.p25, peers.p75),
        interval=_band(scale, peers.low, peers.high),
        median=scale.place(peers.median),
        dot=None if own is None else scale.place(own),
        beyond=_beyond(own, low, high, lower_is_better=lower_is_better),
        label=_label(own, peers, words),
    )


def _reach(owns: Sequence[float], peers: Peers) -> tuple[float, float]:
    """Ends of the axis: the published table with air around it, and own values unless they are far away."""
    known = [
        v for v in (peers.median, peers.low, peers.high, peers.p25, peers.p75, peers.p10, peers.p90) if v is not None
    ]
    low, high = min(known), max(known)
    spread = (high - low) or abs(peers.median) / 2 or 1.0
    left, right = low - 0.35 * spread, high + 0.35 * spread
    left = max(min([left, *owns]), low - 1.5 * spread)
    right = min(max([right, *owns]), high + 1.5 * spread)
    return left, right


def _beyond(own: float | None, low: float, high: float, *, lower_is_better: bool) -> str:
    if own is None or low <= own <= high:
        return ""
    return "left" if (own < low) == lower_is_better else "right"


def _band(scale: Scale, low: float | None, high: float | None) -> Band | None:
    if low is None or high is None:
        return None
    one, other = sorted((scale.place(low), scale.place(high)))
    return Band(one, round(other - one, 2))


def _label(own: float | None, peers: Peers, words: Callable[[float], str]) -> str:
    parts = [
        _("you {value}").format(value=words(own)) if own is not None else _("you: not measured"),
        _("median {value}").format(value=words(peers.median)),
    ]
    if peers.low is not None and peers.high is not None:
        parts.append(_("the median's interval {low} to {high}").format(low=words(peers.low), high=words(peers.high)))
    if peers.p25 is not None and peers.p75 is not None:
        parts.append(_("middle half of peers {low} to {high}").format(low=words(peers.p25), high=words(peers.p75)))
    if peers.p10 is not None and peers.p90 is not None:
        parts.append(_("10th to 90th percentile {low} to {high}").format(low=words(peers.p10), high=words(peers.p90)))
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."
