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
MIXTURES = tuple(tuple(one) for size in range(4) for one in combinations(_OF_MARKET, size))
"""Of what is known of models; the first is all of the first day, the last all of the later one."""
FEWEST = 2
_LANE = ("pair", "task", "lane", "planned")
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
    losses = splits([(one, last) for one in first])
    return pooled([(loss, one.evaluable) for loss, one in zip(losses, first, strict=True)])


def pooled(losses: Sequence[tuple[Loss, int]]) -> Loss:
    """Several losses as one, each by how many requests were evaluable."""
    weight = sum(requests for _, requests in losses)
    return Loss(
        before=sum((one.before * n for one, n in losses), Fraction()) / weight,
        after=sum((one.after * n for one, n in losses), Fraction()) / weight,
        parts={cause: sum((one.parts[cause] * n for one, n in losses), Fraction()) / weight for cause in CAUSES},
    )


def split(first: Day, last: Day) -> Loss:
    """The loss from one day to another; both have evaluable requests."""
    return splits([(first, last)])[0]


def splits(pairs: Sequence[tuple[Day, Day]]) -> list[Loss]:
    """The loss of each pair, the first day and the later one, all judged at once."""
    return [
        Loss(rates[frozenset()], rates[frozenset(CAUSES)], {cause: _share(cause, rates) for cause in CAUSES})
        for rates in _rates(pairs)
    ]


def _share(cause: Cause, rates: Mapping[Mixture, Fraction]) -> Fraction:
    """What the cause takes away, averaged over all orders: before it came any of the others, or none."""
    others = [one for one in CAUSES if one is not cause]
    found = Fraction()
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(CAUSES)))
        for some in combinations(others, size):
            found += weight * (rates[frozenset(some)] - rates[frozenset((*some, cause))])
    return found


def _rates(pairs: Sequence[tuple[Day, Day]]) -> list[dict[Mixture, Fraction]]:
    """The rate of each pair under each of the sixteen mixtures."""
    found: list[dict[Mixture, Fraction]] = [{} for _ in pairs]
    for pair, is_last, mixture, optimal in _counts(pairs):
        mix = (Cause.MIX,) if is_last else ()
        found[pair][frozenset((*MIXTURES[mixture], *mix))] = Fraction(optimal, pairs[pair][is_last].evaluable)
    return found


def _counts(pairs: Sequence[tuple[Day, Day]]) -> list[tuple[int, bool, int, int]]:
    """Pair, whether it is the later day's traffic, mixture, and how many of these requests are planned well under it.

    Requests that fare as on their own day keep what was counted then, whose usages are not all that of their row.
    """
    traffic = _stacked([(n, day.traffic.with_columns(last=pl.lit(value=is_last))) for n, pair in enumerate(pairs)
                        for is_last, day in ((False, pair[0]), (True, pair[1]))])  # fmt: skip
    judged = traffic.select("pair", "last", "requests", "optimal").with_row_index("row")
    whole = pl.concat([judged.with_columns(mixture=n) for n in range(len(MIXTURES))]).with_columns(
        now=_judged(traffic, pairs)
    )
    on_own_day = (~pl.col("last") & (pl.col("mixture") == 0)) | (
        pl.col("last") & (pl.col("mixture") == len(MIXTURES) - 1)
    )
    own = whole.filter(on_own_day).select("row", own="now")
    counted = pl.when(pl.col("now") == pl.col("own")).then("optimal").when("now").then("requests").otherwise(0)
    return whole.join(own, on="row").group_by("pair", "last", "mixture", maintain_order=True).agg(counted.sum()).rows()


def _stacked(frames: Sequence[tuple[int, pl.DataFrame]]) -> pl.DataFrame:
    return pl.concat([frame.with_columns(pair=pl.lit(n, dtype=pl.UInt32)) for n, frame in frames])


def _judged(traffic: pl.DataFrame, pairs: Sequence[tuple[Day, Day]]) -> pl.Series:
    """Whether each row of traffic is planned well, under one mixture after the other."""
    lanes = traffic.select(_LANE).unique(maintain_order=True).with_row_index("place")
    offered = _offers(lanes, pairs)
    asked = traffic.join(lanes, on=_LANE, how="left", maintain_order="left")
    models = {*traffic["planned"], *traffic["serving"]}.union(*(one["model"].unique() for one in offered))
    numbers = {model: n for n, model in enumerate(sorted(models))}

    def numbered(name: str) -> pl.Expr:
        return pl.col(name).replace_strict(numbers, return_dtype=pl.UInt32)

    at = [(pl.col("place") + n * lanes.height).cast(pl.UInt32) for n in range(len(MIXTURES))]
    plain = asked.with_columns(numbered("planned"), numbered("serving"))
    whole = pl.concat([plain.with_columns(group=group) for group in at]).select(ASKED.names())
    offers = pl.concat([one.with_columns(group=group) for one, group in zip(offered, at, strict=True)])
    told = choose(whole, offers.with_columns(numbered("model")).select(OFFERS.names()))
    prices = (pl.col(f"choice_{name}") for name in ("planned_nano", "optimal_nano", "eligible"))
    return told.select(is_optimal(*prices).fill_null(value=False)).to_series()


def _offers(lanes: pl.DataFrame, pairs: Sequence[tuple[Day, Day]]) -> list[pl.DataFrame]:
    """By mixture, the candidates of each lane with their prices, and who of them is eligible."""
    known = [_stacked([(n, pair[day].known) for n, pair in enumerate(pairs)]) for day in (0, 1)]
    listed = [_stacked([(n, pair[day].prices) for n, pair in enumerate(pairs)]) for day in (0, 1)]
    prices = [_either(listed[day], listed[1 - day]) for day in (0, 1)]
    quality = [_quality(known[day], known[1 - day]) for day in (0, 1)]
    sets = [_candidates(known[day], known[1 - day]) for day in (0, 1)]
    places = lanes.select("pair", "task", "planned").unique(maintain_order=True)
    found: dict[tuple[Cause, ...], pl.DataFrame] = {}
    for new, better in product((0, 1), repeat=2):
        judged = lanes.join(_eligible(places, sets[new], quality[better]), on=("pair", "task", "planned"))
        for cheaper in (0, 1):
            mixture = tuple(c for c, on in zip(_OF_MARKET, (cheaper, new, better), strict=True) if on)
            found[mixture] = judged.join(prices[cheaper], on=("pair", "lane", "task", "model"))
    return [found[mixture] for mixture in MIXTURES]


def _either(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Prices of the one day; of models without any on it, the other's."""
    return pl.concat([one, other.join(one, on=("pair", "lane", "task", "model"), how="anti")])


def _quality(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """What is known of each model on the one day, else on the other; the threshold of a task is always of one day."""
    task, model = ("pair", "task"), ("pair", "task", "model")
    thresholds = pl.concat([one, other.join(one, on=task, how="anti")]).select(*task, "threshold_micro")
    both = pl.concat([one, other.join(one, on=model, how="anti")]).drop("threshold_micro")
    return both.join(thresholds.unique(task, keep="first", maintain_order=True), on=task, how="left")


def _candidates(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Pair, task and model: the candidates of the one day, and the other's where a task has fewer than two."""
    task = ("pair", "task")
    enough = one.filter(pl.len().over(task) >= FEWEST)
    return pl.concat([enough, other.join(enough, on=task, how="anti")]).select(*task, "model")


def _eligible(places: pl.DataFrame, candidates: pl.DataFrame, quality: pl.DataFrame) -> pl.DataFrame:
    """The candidates beside each planned model, itself among them, with who is good enough for the task."""
    spots = places.with_row_index("day")  # judged apart, as days are
    names = ("day", "pair", "task", "planned", "model")
    beside = pl.concat(
        [
            spots.join(candidates, on=("pair", "task")).select(names),
            spots.with_columns(model="planned").select(names),
        ]
    ).unique(maintain_order=True)
    known = beside.join(quality, on=("pair", "task", "model"))
    return judge(known).rename({"own_eligible": "eligible"}).select(
        "pair", "task", "planned", "model", "eligible", "output_tokens", "answers"
    )  # fmt: skip
