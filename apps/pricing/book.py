"""The price book: rows of prices as columns, made ready to price many usages at once.

A frame of prices (`PRICES`) is a plain value: rows of another source are added with `pl.concat` before `Book.of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

import msgspec
import polars as pl

from apps.pricing.price_row import COMPONENTS, PriceRow, units

RATES = tuple(COMPONENTS)

PRICES = pl.Schema(
    {
        "provider": pl.String(),
        "model": pl.String(),
        "service_tier": pl.String(),
        "effective_from_us": pl.Int64(),
        "effective_until_us": pl.Int64(),
        "daily_from_us": pl.Int64(),
        "daily_until_us": pl.Int64(),
        "input_from": pl.Int64(),
        "input_until": pl.Int64(),
        **{rate: pl.Int64() for rate in RATES},
        "request_nano": pl.Int64(),
        "other_units": pl.String(),
    }
)
"""One row a price, as in the table: half-open intervals with null for no bound, times in microseconds since 1970 (UTC)
and since midnight (UTC), rates in nano-USD per million tokens, other units as JSON {unit: [nano-USD, for how many]}."""

DAY_US = 86_400_000_000
UNIT_SCALE = 9_000_000_000
"""What one unit costs is kept in nano-USD / UNIT_SCALE, which every quantity that prices are quoted for divides."""

_SINCE_EVER, _FOR_EVER = -(2**63), 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Book:
    """`boxes`: rates by series and box, the gaps filled by what a provider then charges. `units`: other units' prices.

    A series is the history of one (provider, model, service tier). `units.scaled` is what one more unit adds to the
    cost of the tokens that contain it, in nano-USD / UNIT_SCALE.
    """

    series: dict[tuple[str, str, str], int]
    boxes: pl.DataFrame
    units: pl.DataFrame

    @classmethod
    def of(cls, prices: pl.DataFrame) -> "Book":
        """Make a frame of prices ready."""
        names = prices.select("provider", "model", "service_tier").unique(maintain_order=True)
        numbered = prices.join(names.with_row_index("series"), on=names.columns, maintain_order="left")
        series = {(provider, model, tier): n for n, (provider, model, tier) in enumerate(names.iter_rows())}
        return cls(series, _boxes(numbered.with_row_index("box")), _units(prices.with_row_index("box")))

    def series_of(self, provider: str, model: str, tier: str) -> int | None:
        """A tier without a price of its own is priced as standard, which is what its provider lists for it."""
        return self.series.get((provider, model, tier), self.series.get((provider, model, "standard")))


def frame_prices(rows: Iterable[PriceRow]) -> pl.DataFrame:
    """Price rows as a frame of `PRICES`."""
    return pl.DataFrame([_flat(row) for row in rows], schema=PRICES, orient="row")


def _flat(row: PriceRow) -> tuple[object, ...]:
    instants = (_instant_us(row.effective_from), _instant_us(row.effective_until))
    daily = (_daily_us(row.daily_from), _daily_us(row.daily_until))
    rates = (getattr(row, rate) for rate in RATES)
    others = msgspec.json.encode(row.other_units, order="sorted").decode()
    place = (row.provider, row.model, row.service_tier, *instants, *daily, row.input_from, row.input_until)
    return (*place, *rates, row.request_nano, others)


def _instant_us(instant: datetime | None) -> int | None:
    return None if instant is None else round((instant - _EPOCH).total_seconds() * 1_000_000)


def _daily_us(daily: time | None) -> int | None:
    if daily is None:
        return None
    return ((daily.hour * 60 + daily.minute) * 60 + daily.second) * 1_000_000 + daily.microsecond


def _boxes(prices: pl.DataFrame) -> pl.DataFrame:
    """Bounds without nulls; what has no rate of its own costs what contains it does: cached input is input."""
    plain, write = pl.col("input_nano_per_mtok"), pl.col("cache_write_nano_per_mtok")
    output = pl.col("output_nano_per_mtok")
    return prices.select(
        "box",
        "series",
        pl.col("effective_from_us").fill_null(_SINCE_EVER),
        pl.col("effective_until_us").fill_null(_FOR_EVER),
        "daily_from_us",
        pl.col("daily_until_us").fill_null(DAY_US),
        "input_from",
        pl.col("input_until").fill_null(_FOR_EVER),
        plain.fill_null(0),
        pl.coalesce("cache_read_nano_per_mtok", plain).fill_null(0),
        pl.coalesce(write, plain).fill_null(0),
        pl.coalesce("cache_write_1h_nano_per_mtok", write, plain).fill_null(0),
        output.fill_null(0),
        pl.coalesce("reasoning_output_nano_per_mtok", output).fill_null(0),
        pl.col("request_nano").fill_null(0),
        by_tokens=pl.any_horizontal(*(pl.col(rate).is_not_null() for rate in (*RATES, "request_nano"))),
        by_units=pl.col("other_units") != "{}",
    )


def _units(prices: pl.DataFrame) -> pl.DataFrame:
    """Every other unit that a box prices, or that is part of one it prices."""
    priced = prices.filter(pl.col("other_units") != "{}").select("box", *RATES, "other_units")
    rows = [(row["box"], unit, scaled) for row in priced.iter_rows(named=True) for unit, scaled in _margins(row)]
    schema = {"box": pl.UInt32, "unit": pl.String, "scaled": pl.Int128}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _margins(row: dict[str, object]) -> list[tuple[str, int]]:
    """What one more of a unit adds, given that units which contain it are counted with it inside.

    With m(u) = rate(u) - sum of m(a) over the priced units a that contain u, the sum of m(u) x usage(u) is the sum of
    rate(u) x (usage of u outside of finer priced units), whichever way the units overlap.
    """
    rates = {usage: int(str(row[column])) * 9_000 for column, usage in COMPONENTS.items() if row[column] is not None}
    others = msgspec.json.decode(str(row["other_units"]), type=dict[str, tuple[int, int]])
    rates |= {unit: nano * (UNIT_SCALE // per) for unit, (nano, per) in others.items()}
    registry, margins = units(), dict[str, int]()
    for unit in sorted(rates, key=lambda unit: len(registry.units[unit].dimensions)):
        margins[unit] = rates[unit] - sum(margins.get(above, 0) for above in registry.ancestor_usage_keys(unit))
    return [(unit, margins[unit]) for unit in others]
