"""Which models could have answered each request, and at what price: where evidence, prices and arithmetic meet."""

from dataclasses import dataclass

import polars as pl

from apps.costing.selection import CHOSEN, NEVER, USAGE, choose, comparable, judge
from apps.pricing.book import DAY_US, RATES
from apps.pricing.terms import Basis

FEWEST_CANDIDATES = 2
_BOTH = tuple(f"{under}{name}" for under in ("", "published_") for name in CHOSEN)


def choices(
    requests: pl.DataFrame, attempts: pl.DataFrame, evidence: pl.DataFrame, *, own: Basis, published: Basis
) -> pl.DataFrame:
    """The requests with what apps.costing.selection.choose says of them, both ways; null where nothing can be said.

    `attempts` are classified; `evidence` is as apps.quality.queries.CANDIDATES says. Eligible at the tenant's terms are
    those that reach its own thresholds, under the published assumptions those that reach the default one.
    """
    if evidence.is_empty():
        return requests
    asked = asked_of(requests, attempts, evidence)
    sides = (("", own, "own_eligible"), ("published_", published, "default_eligible"))
    for under, basis, eligible in sides:
        if under and basis is own and evidence["threshold_micro"].null_count() == evidence.height:
            told = {f"{under}{name}": requests[name] for name in CHOSEN}  # the same question
        else:
            told = {f"{under}{name}": values for name, values in _chosen(requests, asked, evidence, basis, eligible)}
        requests = requests.with_columns(**told)
    return requests


def candidates(evidence: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Models with evidence and a price on the day, as it begins, with who is eligible; tasks with two of them or more."""
    at = evidence.with_columns(
        service_tier=pl.lit("standard"),
        at_us=pl.col("day").cast(pl.Datetime("us")).to_physical(),
        input_tokens=pl.lit(1, dtype=pl.Int64),
    )
    priced = basis.rates(at.drop("output_tokens"))["row"].unique().sort()
    judged = judge(evidence.select(pl.all().gather(priced)))
    return judged.filter(pl.col("candidates") >= FEWEST_CANDIDATES)


def asked_of(requests: pl.DataFrame, attempts: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Requests that could be evaluable: what served them, what was planned, and the usage; `request_row` says which."""
    told = requests.filter(
        (pl.col("outcome") == "served")
        & ~pl.col("operation").is_in(NEVER)
        & pl.col("task").is_in(evidence["task"].unique().implode())
    ).select("request_row", "day", "task")
    planned = attempts.filter(pl.col("n") == 0).select("request_row", planned="model")
    serving = attempts.filter(pl.col("serving") & comparable(attempts)).select(
        "request_row", "service_tier", "at_us", *USAGE, serving="model"
    )
    return told.join(serving, on="request_row", maintain_order="left").join(
        planned, on="request_row", maintain_order="left"
    )


@dataclass(frozen=True)
class _Numbered:
    models: dict[str, int]

    @classmethod
    def of(cls, known: pl.DataFrame) -> "_Numbered":
        return cls({model: n for n, model in enumerate(known["model"].unique().sort())})

    def column(self, name: str) -> pl.Expr:
        """Models that are no candidate anywhere share a number that no offer has."""
        return pl.col(name).replace_strict(self.models, default=len(self.models), return_dtype=pl.UInt32)


def _chosen(
    requests: pl.DataFrame, asked: pl.DataFrame, evidence: pl.DataFrame, basis: Basis, eligible: str
) -> list[tuple[str, pl.Series]]:
    known = candidates(evidence, basis)
    numbers = _Numbered.of(known)
    placed = asked.join(known.select("day", "task").unique(), on=("day", "task"), maintain_order="left")
    grouped = _grouped(placed, basis).with_columns(planned=numbers.column("planned"), serving=numbers.column("serving"))
    offers = _offers(grouped, known, basis).with_columns(model=numbers.column("model"), eligible=pl.col(eligible))
    told = choose(grouped, offers) if grouped.height and offers.height else CHOSEN.to_frame(eager=True)
    rows = grouped["request_row"] if told.height else grouped["request_row"].clear()
    empty = pl.DataFrame(
        {name: pl.repeat(None, requests.height, dtype=kind, eager=True) for name, kind in CHOSEN.items()}
    )
    return [(name, empty[name].scatter(rows, told[name])) for name in CHOSEN]


def _grouped(asked: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """With the number of their group: one task on one day, in one tier, where no price changes in between."""
    stepped = stepped_by(asked, basis)
    keys = ("day", "task", "service_tier", "_at", "_of_day", "_of_input")
    groups = stepped.select(keys).unique(maintain_order=True).with_row_index("group")
    return stepped.join(groups, on=keys, how="left", maintain_order="left")


def stepped_by(asked: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """With _at, _of_day and _of_input: between which of the moments at which a price changes each request lies."""
    at, of_day, of_input = basis.steps()
    return asked.with_columns(
        _at=pl.lit(pl.Series(at, dtype=pl.Int64)).search_sorted(pl.col("at_us"), side="right"),
        _of_day=pl.lit(pl.Series(of_day, dtype=pl.Int64)).search_sorted(pl.col("at_us") % DAY_US, side="right"),
        _of_input=pl.lit(pl.Series(of_input, dtype=pl.Int64)).search_sorted(whole_input(), side="right"),
    )


def whole_input() -> pl.Expr:
    cached = pl.sum_horizontal(pl.col(name).fill_null(0) for name in USAGE[1:4])
    return pl.max_horizontal("input_tokens", cached)


def _offers(grouped: pl.DataFrame, known: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Each group's candidates with their rates there, by the first of its requests: all others lie in the same boxes."""
    first = grouped.group_by("group", maintain_order=True).agg(
        pl.col("day", "task", "service_tier", "at_us").first(), input_tokens=whole_input().first()
    )
    beside = first.join(known, on=("day", "task"), maintain_order="left")
    priced = basis.rates(beside.drop("output_tokens"))
    return beside.select(pl.all().gather(priced["row"])).hstack(priced.select(*RATES, "request_nano"))
