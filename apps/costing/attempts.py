"""What each attempt was: whether it served, why it failed, whether it repeats or replaces, and what it was billed."""

import polars as pl

from apps.costing.causes import BEFORE_GENERATION, OK, answered, cause
from apps.costing.frames import TOKENS, by_request

INITIAL, RETRY, FALLBACK = "initial", "retry", "fallback"

REPORTED, BOOK, FREE, UNKNOWN, UNPRICED = "reported", "book", "free", "unknown", "unpriced"
"""On what basis an attempt's billing stands."""


def classify(requests: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
    """Adds serving, answered, cause, kind and billing_unknown to attempts; needs no price.

    The serving attempt of a served request counts as answered whatever its error: its client says that it had what it
    wanted. `billing_unknown`: it failed, may have generated, and neither usage nor a cost above zero was told; a gateway
    that reports 0 for a failure says that it knows nothing, since providers bill what they generated.
    """
    served = requests.select(serving_n=pl.when(pl.col("outcome") == "served").then(pl.col("serving_attempt")))
    serving_n = served["serving_n"].gather(attempts["request_row"])
    first = _planned(requests.height, attempts)
    told = attempts.with_columns(
        serving=(pl.col("n") == serving_n).fill_null(value=False),
        _same=(pl.col("provider").eq_missing(first["provider"].gather(attempts["request_row"])))
        & (pl.col("model").eq_missing(first["model"].gather(attempts["request_row"]))),
    )
    known = told.with_columns(
        answered=pl.col("serving") | answered(),
        cause=pl.when("serving").then(pl.lit(OK)).otherwise(cause()),
        kind=pl.when(pl.col("n") == 0)
        .then(pl.lit(INITIAL))
        .when("_same")
        .then(pl.lit(RETRY))
        .otherwise(pl.lit(FALLBACK)),
    )
    return known.with_columns(
        billing_unknown=_may_have_generated() & ~_usage_told() & (_reported().fill_null(0) == 0)
    ).drop("_same")


def bill(attempts: pl.DataFrame) -> pl.DataFrame:
    """Adds basis, billed_nano and published_billed_nano; null where billing is unknown or there is no price.

    In this order: rejected before generation is free; failed without usage is unknown; else what the gateway reported
    in USD, else the price of the usage. Under the published assumptions the public list speaks before the gateway's
    report, so that what one tenant negotiated never moves its efficiency; a model the list does not know keeps the report.
    """
    free = pl.col("cause").is_in(BEFORE_GENERATION)
    basis = (
        pl.when(free).then(pl.lit(FREE))
        .when("billing_unknown").then(pl.lit(UNKNOWN))
        .when(_reported().is_not_null()).then(pl.lit(REPORTED))
        .when(pl.col("list_nano").is_not_null()).then(pl.lit(BOOK))
        .otherwise(pl.lit(UNPRICED))
    )  # fmt: skip
    based = attempts.with_columns(basis=basis)
    known = pl.col("basis").is_in((REPORTED, BOOK, UNPRICED))
    return based.with_columns(
        billed_nano=pl.when(pl.col("basis") == FREE).then(0).when(known).then(pl.coalesce(_reported(), "list_nano")),
        published_billed_nano=pl.when(pl.col("basis") == FREE)
        .then(0)
        .when(known)
        .then(pl.coalesce("published_nano", _reported())),
        billed_is_upper_bound=(pl.col("basis") == BOOK) & pl.col("price_is_upper_bound").fill_null(value=False),
    )


def planned_usage(requests: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
    """What to ask a price book for `planned_list_nano`: the usage of each serving attempt on another model than planned,
    with the provider, model and tier of attempt 0, at the serving attempt's start. `position` is its row in `attempts`.
    """
    first = _planned(requests.height, attempts)
    asked = attempts.with_row_index("position").filter(pl.col("serving") & (pl.col("n") > 0))
    rows = asked["request_row"]
    planned = {name: first[name].gather(rows) for name in first.columns}
    return (
        asked.filter(asked["model"].ne_missing(planned["model"]))
        .drop(planned)
        .hstack(pl.DataFrame(planned).filter(asked["model"].ne_missing(planned["model"])))
    )


def unknown_usage(attempts: pl.DataFrame) -> pl.DataFrame:
    """What to ask a price book for `input_upper_nano`: each attempt of unknown billing, with the input tokens of the
    attempt that served in its stead, none of it cached, and no output. `position` is its row in `attempts`.
    """
    served = attempts.select("serving", "request_row", "input_tokens").filter("serving").drop("serving")
    asked = attempts.with_row_index("position").filter("billing_unknown").drop("input_tokens", "output_tokens")
    known = asked.join(served, on="request_row", maintain_order="left").filter(pl.col("input_tokens").is_not_null())
    untold = [
        pl.lit(None, dtype=pl.Int64).alias(name) for name in TOKENS if name not in ("input_tokens", "output_tokens")
    ]
    return known.with_columns(*untold, output_tokens=pl.lit(0, dtype=pl.Int64))


def _planned(requests: int, attempts: pl.DataFrame) -> pl.DataFrame:
    """Provider, model, raw model and tier of attempt 0, one row a request, null where there is none."""
    columns = [name for name in ("provider", "model", "raw_model", "service_tier") if name in attempts.columns]
    return by_request(attempts.select("n", "request_row", *columns).filter(pl.col("n") == 0).drop("n"), requests)


def _reported() -> pl.Expr:
    """The reported cost in USD; one in another currency is null without a dated rate."""
    return pl.when(pl.col("currency") == "USD").then(pl.col("reported_cost_nano"))


def _usage_told() -> pl.Expr:
    return pl.col("input_tokens").is_not_null() | pl.col("output_tokens").is_not_null()


def _may_have_generated() -> pl.Expr:
    return ~pl.col("answered") & ~pl.col("cause").is_in(BEFORE_GENERATION)
