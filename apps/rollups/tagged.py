"""Cells by tag: what the requests with one value of a tag's key add up to. A request with several keys is in a cell of each.

Requests without a key are in none of its cells: they are what the cells of requests hold beside these (see by_tag.py), so
that each key adds up to the whole exactly, and untagged traffic costs nothing here. Keys and values beyond their bounds fold
into `__other__`, the smallest spend first, decided by the rows of one hour, or the hour cells of one day, alone. What stands
under the key `__other__` is no sum to be shown, since a request may have several such keys: it says that there were some.
"""

from collections.abc import Sequence

import msgspec
import polars as pl

from apps.rollups import labels
from apps.rollups.cells import Period, empty, numbered, period_of, summed
from apps.rollups.labels import ENVIRONMENT, MOST_TAG_TEXT, OTHER
from apps.rollups.sums import TAGS

AT_ONCE = 200_000
"""Tags of requests that are summed at a time: each request may have dozens, and each a value of its own."""
TEXTS_AT_ONCE = 20_000
_DECODE = msgspec.json.Decoder().decode


def tagged_cells(requests: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Cells of the rows of the cube of requests (apps.rollups.cells.rows), by hour or day.

    Days are made at once where nothing is folded, and else out of their hours.
    """
    if requests["tags"].null_count() == requests.height:
        return empty(TAGS, period)
    dated = requests.select(period_of(period), "environment", "tags", *TAGS.sums)
    if labels.beyond(dated, ENVIRONMENT):
        if period == "day":
            return _by_way_of_hours(requests)
        dated = labels.fold(dated, period, pl.len(), ENVIRONMENT)
    alike, sums, texts = _alike(dated.filter(pl.col("tags").is_not_null()), period)
    told = alike.join(_told(texts), on="text").drop("text")
    if told.is_empty():
        return empty(TAGS, period)
    if period == "day" and _has_too_many(told):
        return _by_way_of_hours(requests)
    return _cells(_folded(told, period), sums, period)


def tagged_days(hours: pl.DataFrame, of_requests: pl.DataFrame) -> pl.DataFrame:
    """Day cells out of all hour cells of those days, with the hour cells of requests, which say the environments."""
    if hours.is_empty():
        return empty(TAGS, "day")
    dated = _in_their_environment(hours.with_columns(day=pl.col("hour").dt.date()), of_requests)
    told = dated.select("day", *TAGS.keys, "billed_nano", "requests").with_row_index("place")
    return _cells(_folded(told, "day"), dated.select(TAGS.sums), "day")


def _by_way_of_hours(requests: pl.DataFrame) -> pl.DataFrame:
    dated = labels.fold(requests.with_columns(period_of("hour")), "hour", pl.len(), ENVIRONMENT)
    in_hours = dated.group_by("hour", "environment").agg(requests=pl.len())
    return tagged_days(tagged_cells(requests, "hour"), in_hours)


def _in_their_environment(cells: pl.DataFrame, of_requests: pl.DataFrame) -> pl.DataFrame:
    """Environments as the day's cells of requests tell them apart, so that what has no tag can be told from the two."""
    known = of_requests.select("environment", "requests", day=pl.col("hour").dt.date())
    if not labels.beyond(known, ENVIRONMENT):
        return cells
    folded = labels.fold(known, "day", pl.col("requests").sum(), ENVIRONMENT)
    names = known.select("day", "environment").with_columns(_name=folded["environment"]).unique()
    found = cells.join(names, on=("day", "environment"), how="left", maintain_order="left")
    return found.with_columns(environment=pl.col("_name")).drop("_name")


def _alike(rows: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Rows with the same tags, environment and period as one, with its `place`, the number of its `text` and its spend; their
    sums by place; and the texts of their tags by number.

    There are few of these as a rule, however many requests: what follows is then cheap.
    """
    texts = rows.select("tags").unique()
    told = rows.join(texts.with_row_index("text"), on="tags", how="left", maintain_order="left").drop("tags")
    if texts.height * 2 < told.height:
        numbers, found = numbered(told, (period, "environment", "text"))
        sums = summed(numbers, told.select(TAGS.sums)).select(TAGS.sums)
    else:
        found, sums = (
            told.select(period, "environment", "text"),
            told.select(pl.col(TAGS.sums).cast(pl.Int64).fill_null(0)),
        )
    return found.with_row_index("place").hstack(sums.select("billed_nano", "requests")), sums, texts["tags"]


def _told(texts: pl.Series) -> pl.DataFrame:
    """Each text of tags, by its number, with each of its keys and values; of one that is too long, that there is something."""
    pieces = [_decoded(texts.slice(first, TEXTS_AT_ONCE), first) for first in range(0, len(texts), TEXTS_AT_ONCE)]
    return pl.concat(pieces)


def _decoded(texts: pl.Series, first: int) -> pl.DataFrame:
    tags = [_DECODE(text) if len(text) <= MOST_TAG_TEXT else {OTHER: OTHER} for text in texts]
    numbers = pl.Series("text", range(first, first + len(tags)), pl.UInt32)
    counts = pl.Series([len(one) for one in tags], dtype=pl.UInt32)
    return pl.DataFrame(
        {
            "text": pl.select(numbers.repeat_by(counts)).to_series().explode(),
            "key": pl.Series([key for one in tags for key in one], dtype=pl.String),
            "value": pl.Series(
                [value if isinstance(value, str) else None for one in tags for value in one.values()], dtype=pl.String
            ),
        }
    ).drop_nulls()


def _has_too_many(told: pl.DataFrame) -> bool:
    """Whether some hour could have a key or value to fold."""
    values = told.select("key", "environment", "value").unique()["key"].unique_counts()
    return len(values) > labels.MOST_TAG_KEYS or values.max() > labels.MOST_TAG_VALUES  # type: ignore[operator]


def _folded(told: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Keys and values beyond their bounds replaced; a key that is called like what is folded is folded."""
    of_keys = _only_greatest(told, (period,), ("key",), labels.MOST_TAG_KEYS, folded=("key", "value"))
    return _only_greatest(of_keys, (period, "key"), ("environment", "value"), labels.MOST_TAG_VALUES, folded=("value",))


def _only_greatest(
    told: pl.DataFrame, within: Sequence[str], label: Sequence[str], most: int, *, folded: Sequence[str]
) -> pl.DataFrame:
    """By spend, then requests, then the alphabet. Only what is near the bound is sorted, since there may be millions."""
    sizes = told.group_by(*within, *label).agg(pl.col("billed_nano", "requests").sum())
    named = sizes.filter(pl.col(label[-1]) != OTHER)
    if named.height == sizes.height and named.select(within).to_struct().unique_counts().max() <= most:  # type: ignore[operator]
        return told
    down = [False] * len(within) + [True, True] + [False] * len(label)
    kept = (
        named.filter(pl.col("billed_nano") >= pl.col("billed_nano").top_k(most).min().over(within))
        .sort(*within, "billed_nano", "requests", *label, descending=down)
        .with_columns(_rank=pl.int_range(pl.len()).over(within))
        .filter(pl.col("_rank") < most)
        .select(*within, *label, _kept=pl.lit(value=True))
    )
    found = told.join(kept, on=(*within, *label), how="left", maintain_order="left")
    is_kept = pl.col("_kept").is_not_null()
    return found.with_columns(pl.when(is_kept).then(name).otherwise(pl.lit(OTHER)).alias(name) for name in folded).drop(
        "_kept"
    )


def _cells(told: pl.DataFrame, sums: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Cells of the labels that are `told`, of what is summed at their places."""
    numbers, found = numbered(told, (period, *TAGS.keys))
    pieces = []
    for first in range(0, told.height, AT_ONCE):
        places = told["place"].slice(first, AT_ONCE)
        some = sums.select(pl.all().gather(places)).with_columns(numbers.slice(first, AT_ONCE))
        pieces.append(some.group_by("cell").sum())
    whole = pl.concat(pieces).group_by("cell").sum().sort("cell").drop("cell")
    return found.hstack(whole).select(period, *TAGS.columns)
