"""Why rules choose worse than they did: the fall of the optimal selection rate between two days, by its four causes.

Both days' traffic is judged under every mixture of the two days' prices, candidates, quality and traffic, and each cause
is given its share by Shapley: what it changes, averaged over every order in which the four may have come. The shares sum
to the loss exactly, and no order is preferred.

What one of the days does not know is taken from the other: the price or the quality of a model that was not there, the
candidates of a task that had fewer than two. The planned model is always a candidate. So every mixture can be judged, and
the mixture of one day alone says what was counted on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations, product
from math import factorial

import polars as pl

from apps.costing.selection import ASKED, OFFERS, RATES, USAGE, choose, is_optimal, judge

TRAFFIC = pl.Schema(
    {
        "task": pl.String(),
        "lane": pl.UInt32(),  # requests between which no price differs on any one day: of a tier, a time, a length
        "planned": pl.String(),
        "serving": pl.String(),
        **dict.fromkeys(USAGE, pl.Int64()),  # of one request
        "requests": pl.Int64(),  # evaluable ones that are like this
        "optimal": pl.Int64(),  # of them, those that were counted as planned well
    }
)
KNOWN = pl.Schema(
    {
        "task": pl.String(),
        "model": pl.String(),
        "quality_micro": pl.Int64(),
        "threshold_micro": pl.Int64(),  # the tenant's own for the task; null: the default
        "output_tokens": pl.Int64(),
        "answers": pl.Int64(),
    }
)
PRICES = pl.Schema(
    {"lane": pl.UInt32(), "task": pl.String(), "model": pl.String(), **dict.fromkeys(RATES, pl.Int64()),
     "request_nano": pl.Int64()}
)  # fmt: skip


class Cause(StrEnum):
    PRICE = "price_change"
    MODEL = "new_model"
    QUALITY = "quality"
    MIX = "traffic_mix"


CAUSES = tuple(Cause)
_OF_MARKET = (Cause.PRICE, Cause.MODEL, Cause.QUALITY)
Mixture = frozenset[Cause]
"""The causes that stand as on the later day."""


@dataclass(frozen=True)
class Day:
    """`traffic` as TRAFFIC, `known` (the candidates) as KNOWN, `prices` as PRICES, of the lanes and models of both days."""

    traffic: pl.DataFrame
    known: pl.DataFrame
    prices: pl.DataFrame

    @property
    def evaluable(self) -> int:
        return int(self.traffic["requests"].sum())

    @property
    def optimal(self) -> int:
        return int(self.traffic["optimal"].sum())


@dataclass(frozen=True)
class Loss:
    """`before` less `after` is the sum of the parts, to the last digit. A part below 0 is a gain."""

    before: Fraction
    after: Fraction
    parts: Mapping[Cause, Fraction]

    @property
    def whole(self) -> Fraction:
        return self.before - self.after


def decayed(first: Sequence[Day], last: Day) -> Loss:
    """The loss against several first days together, each by how many of its requests were evaluable; none may be empty."""
    losses = [(split(one, last), one.evaluable) for one in first]
    return _together(losses)


def pooled(losses: Sequence[tuple[Loss, int]]) -> Loss:
    """Several days as one, each loss by how many requests were evaluable on it."""
    return _together(losses)


def _together(losses: Sequence[tuple[Loss, int]]) -> Loss:
    weight = sum(requests for _, requests in losses)
    return Loss(
        before=sum((one.before * n for one, n in losses), Fraction()) / weight,
        after=sum((one.after * n for one, n in losses), Fraction()) / weight,
        parts={cause: sum((one.parts[cause] * n for one, n in losses), Fraction()) / weight for cause in CAUSES},
    )


def split(first: Day, last: Day) -> Loss:
    """The loss from one day to another; both have evaluable requests."""
    rates = _rates(first, last)
    parts = {cause: _share(cause, rates) for cause in CAUSES}
    return Loss(rates[frozenset()], rates[frozenset(CAUSES)], parts)


def _share(cause: Cause, rates: Mapping[Mixture, Fraction]) -> Fraction:
    """What the cause takes away, averaged over all orders: before it came any of the others, or none."""
    others = [one for one in CAUSES if one is not cause]
    found = Fraction()
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(CAUSES)))
        for some in combinations(others, size):
            found += weight * (rates[frozenset(some)] - rates[frozenset((*some, cause))])
    return found


def _rates(first: Day, last: Day) -> dict[Mixture, Fraction]:
    """The rate under each of the sixteen mixtures."""
    found: dict[Mixture, Fraction] = {}
    for day, mix in ((first, ()), (last, (Cause.MIX,))):
        for mixture, optimal in _counts(day, first, last).items():
            found[frozenset((*mixture, *mix))] = Fraction(optimal, day.evaluable)
    return found


def _counts(day: Day, first: Day, last: Day) -> dict[tuple[Cause, ...], int]:
    """How many of a day's requests were planned well, under each mixture of the two days' prices, candidates and quality.

    Requests that fare as on their own day keep what was counted then, whose usages are not all that of their row.
    """
    mixtures = [tuple(one) for size in range(4) for one in combinations(_OF_MARKET, size)]
    well = _judged(day, first, last, mixtures)
    own = well[_OF_MARKET if day is last else ()]
    requests, optimal = day.traffic["requests"], day.traffic["optimal"]
    return {
        mixture: int(
            pl.DataFrame({"now": now, "own": own, "requests": requests, "optimal": optimal})
            .select(pl.when(pl.col("now") == pl.col("own")).then("optimal").when("now").then("requests").otherwise(0))
            .to_series()
            .sum()
        )
        for mixture, now in well.items()
    }


def _judged(
    day: Day, first: Day, last: Day, mixtures: Sequence[tuple[Cause, ...]]
) -> dict[tuple[Cause, ...], pl.Series]:
    """By mixture, whether each row of the day's traffic is planned well."""
    models = sorted({*first.known["model"], *last.known["model"], *day.traffic["planned"], *day.traffic["serving"]})
    numbers = {model: n for n, model in enumerate(models)}
    lanes = day.traffic.select("task", "lane", "planned").unique(maintain_order=True).with_row_index("place")
    offered = _offers(lanes, first, last)
    asked = day.traffic.join(lanes, on=("task", "lane", "planned"), how="left", maintain_order="left")
    frames, offers = [], []
    for n, mixture in enumerate(mixtures):
        at = (pl.col("place") + n * lanes.height).cast(pl.UInt32)
        frames.append(asked.with_columns(group=at))
        offers.append(offered[mixture].with_columns(group=at))
    numbered = [pl.col(name).replace_strict(numbers, return_dtype=pl.UInt32) for name in ("planned", "serving")]
    whole = pl.concat(frames).with_columns(*numbered).select(ASKED.names())
    beside = pl.concat(offers).with_columns(pl.col("model").replace_strict(numbers, return_dtype=pl.UInt32))
    told = choose(whole, beside.select(OFFERS.names())).select(
        well=is_optimal(
            pl.col("choice_planned_nano"), pl.col("choice_optimal_nano"), pl.col("choice_eligible")
        ).fill_null(value=False)
    )["well"]
    return {mixture: told.slice(n * asked.height, asked.height) for n, mixture in enumerate(mixtures)}


def _offers(lanes: pl.DataFrame, first: Day, last: Day) -> dict[tuple[Cause, ...], pl.DataFrame]:
    """By mixture, the candidates of each lane with their prices, and who of them is eligible."""
    prices = {False: _either(first.prices, last.prices), True: _either(last.prices, first.prices)}
    quality = {False: _quality(first.known, last.known), True: _quality(last.known, first.known)}
    sets = {False: _candidates(first.known, last.known), True: _candidates(last.known, first.known)}
    places = lanes.select("task", "planned").unique(maintain_order=True)
    found: dict[tuple[Cause, ...], pl.DataFrame] = {}
    for new, better in product((False, True), repeat=2):
        judged = _eligible(places, sets[new], quality[better])
        for cheaper in (False, True):
            mixture = tuple(c for c, on in zip(_OF_MARKET, (cheaper, new, better), strict=True) if on)
            found[mixture] = lanes.join(judged, on=("task", "planned")).join(
                prices[cheaper], on=("lane", "task", "model")
            )
    return found


def _either(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Prices of the one day; of models without any on it, the other's."""
    return pl.concat([one, other.join(one, on=("lane", "task", "model"), how="anti")])


def _quality(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """What is known of each model on the one day, else on the other; the threshold of a task is always of one day."""
    thresholds = pl.concat([one, other.join(one, on="task", how="anti")]).select("task", "threshold_micro")
    both = pl.concat([one, other.join(one, on=("task", "model"), how="anti")]).drop("threshold_micro")
    return both.join(thresholds.unique("task", keep="first", maintain_order=True), on="task", how="left")


def _candidates(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Task and model: the candidates of the one day, and the other's where a task has fewer than two."""
    enough = one.filter(pl.len().over("task") >= 2)
    return pl.concat([enough, other.join(enough, on="task", how="anti")]).select("task", "model")


def _eligible(places: pl.DataFrame, candidates: pl.DataFrame, quality: pl.DataFrame) -> pl.DataFrame:
    """The candidates beside each planned model, itself among them, with who is good enough for the task."""
    beside = pl.concat(
        [places.join(candidates, on="task"), places.with_columns(model="planned").select("task", "planned", "model")]
    ).unique(maintain_order=True)
    known = beside.join(quality, on=("task", "model")).rename({"planned": "day"})  # judged apart, as days are
    return judge(known).rename({"day": "planned", "own_eligible": "eligible"}).select(
        "task", "planned", "model", "eligible", "output_tokens", "answers"
    )  # fmt: skip
