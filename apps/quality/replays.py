"""What a replay set says: each model alone, and the oracle that knew before which model would do. Pure.

Every figure is over the prompts that all models of the set tried. The oracle takes the cheapest model that solved a prompt,
and the cheapest at all where none did: an upper bound that no router reaches. Scores of selection count every prompt that
some model solved; over a model's own successes alone, the worst model would come first.
"""

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

OUTCOMES = pl.Schema(
    {
        "task": pl.String(),
        "prompt": pl.String(),
        "model": pl.String(),
        "score": pl.Float64(),
        "cost_nano": pl.Int64(),  # null: neither told nor priced
    }
)
SOLVED_AT = 0.5
TOLERANCE = (21, 20)
"""At most 1.05 times the least cost is as good as the least."""
NEARLY_BEST = Fraction(95, 100)
"""Of the best single model's accuracy: the quality that is asked of the cheapest, where none is given."""


@dataclass(frozen=True)
class Policy:
    """A model that takes every prompt, or the oracle. Costs are null where one of them is not known."""

    name: str
    solved: int
    accuracy: Fraction
    mean_score: float
    cost_nano: int | None
    optimal_selection: Fraction | None = None
    """Of the prompts that some model solved, those that this one solved at no more than 1.05 times the least cost."""
    optimal_cost: Fraction | None = None
    """Least cost of solving what this one solved, over what it cost to."""
    optimal_accuracy: Fraction | None = None
    """Of the prompts that some model solved, those that this one did."""


@dataclass(frozen=True)
class Replay:
    """`task` is null for the whole set; `incomplete` prompts were not tried by every model and are left out."""

    task: str | None
    prompts: int
    incomplete: int
    solvable: int
    models: tuple[Policy, ...]
    """By their cost, the cheapest first."""
    oracle: Policy | None
    best_single: str | None
    cheapest_single: str | None
    """The cheapest model that reaches the quality asked for."""
    quality: Fraction | None
    """That quality, as a share of prompts solved."""


def replay(
    outcomes: pl.DataFrame, *, task: str | None, solved_at: float = SOLVED_AT, quality: Fraction | None = None
) -> Replay:
    """One task of a set, or all of it. `quality`: the accuracy asked of the cheapest single model."""
    models = outcomes["model"].n_unique()
    tried = outcomes.with_columns(_tried=pl.len().over("task", "prompt"), solved=pl.col("score") >= solved_at)
    every = tried.filter(pl.col("_tried") == models)
    known = every.with_columns(
        any_solved=pl.col("solved").any().over("task", "prompt"), some_unknown=pl.col("cost_nano").is_null().any()
    )
    best = known.with_columns(least=_least().over("task", "prompt"))
    singles = sorted((_single(name, some) for (name,), some in best.group_by("model", maintain_order=True)), key=_order)
    prompts = known.select("task", "prompt").n_unique()
    leader = min(singles, key=lambda one: (-one.solved, one.cost_nano or 0, one.name), default=None)
    asked = quality if quality is not None or leader is None else NEARLY_BEST * leader.accuracy
    enough = [one for one in singles if asked is not None and one.accuracy >= asked and one.cost_nano is not None]
    return Replay(
        task=task,
        prompts=prompts,
        incomplete=tried.select("task", "prompt").n_unique() - prompts,
        solvable=known.filter("any_solved").select("task", "prompt").n_unique(),
        models=tuple(singles),
        oracle=_oracle(known, prompts),
        best_single=leader.name if leader else None,
        cheapest_single=enough[0].name if enough else None,
        quality=asked,
    )


def _least() -> pl.Expr:
    """The least cost of solving the prompt; null where nobody did, or where a cost that might be it is not known."""
    unknown = (pl.col("solved") & pl.col("cost_nano").is_null()).any()
    return pl.when(~unknown).then(pl.col("cost_nano").filter("solved").min())


def _single(name: object, some: pl.DataFrame) -> Policy:
    solvable, own = some.filter("any_solved"), some.filter("solved")
    above, below = TOLERANCE
    near = own.filter(pl.col("cost_nano") * below <= pl.col("least") * above)
    costs_known = own.select(pl.col("cost_nano", "least").null_count()).row(0) == (0, 0)
    spent = int(own["cost_nano"].sum())
    return Policy(
        name=str(name),
        solved=own.height,
        accuracy=Fraction(own.height, some.height),
        mean_score=float(some["score"].sum()) / some.height,
        cost_nano=_whole(some["cost_nano"]),
        optimal_selection=_share(near.height, solvable.height) if costs_known else None,
        optimal_cost=_share(int(own["least"].sum()), spent) if costs_known else None,
        optimal_accuracy=_share(own.height, solvable.height),
    )


def _oracle(known: pl.DataFrame, prompts: int) -> Policy | None:
    if not prompts:
        return None
    picks = known.sort("solved", "cost_nano", "model", descending=[True, False, False], nulls_last=True).unique(
        ("task", "prompt"), keep="first", maintain_order=True
    )
    solved = int(picks["solved"].sum())
    all_known = known["cost_nano"].null_count() == 0
    return Policy(
        name="oracle",
        solved=solved,
        accuracy=Fraction(solved, prompts),
        mean_score=float(picks["score"].sum()) / prompts,
        cost_nano=int(picks["cost_nano"].sum()) if all_known else None,
    )


def _order(one: Policy) -> tuple[bool, int, str]:
    return one.cost_nano is None, one.cost_nano or 0, one.name


def _whole(costs: pl.Series) -> int | None:
    return None if costs.null_count() else int(costs.sum())


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
