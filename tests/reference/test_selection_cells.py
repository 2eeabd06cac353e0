"""Selection by task and model: every cell, and the five figures of the window, against the reference on the same raw rows."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from apps.deployments.models import Deployment
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.quality.freeze import freeze
from apps.quality.models import Evidence
from apps.quality.thresholds import declare_threshold
from apps.rollups.sweep import rebuild_all
from apps.rollups.window import deployment_window
from apps.traces.nouns import Request
from tests.connections import acting_as
from tests.reference import choices, totals
from tests.reference.cells import REQUEST_KEY, UNDER, cells_like, differing
from tests.reference.raw import facts
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

DAYS = 40
TASK = REQUEST_KEY.index("task")
MODEL = REQUEST_KEY.index("model")
LENGTHS = {"gpt-4o": (3_000, 30), "gpt-4o-mini": (4_477, 30)}
"""Tokens in how many answers: of the third model nobody knows."""
MEANS = {"gpt-4o": 0.72, "gpt-4o-mini": 0.69, "claude-3-5-haiku-20241022": 0.6}
THRESHOLDS = (("0.6", 9), ("0.99", 2))
"""Of one's own, and since how many days: the second is reached by nobody."""


def scored(requests: list[Request]) -> list[Request]:
    """Most answers with a score, around the mean of the model that was asked first."""
    rng = random.Random(4)
    told = [MEANS.get(str(one.attempts[0].model), 0.9) if one.attempts else 0.0 for one in requests]
    return [
        structs.replace(one, quality=round(min(max(rng.gauss(mean, 0.05), 0.0), 1.0), 6)) if rng.random() < 0.8 else one
        for one, mean in zip(requests, told, strict=True)
    ]


@pytest.fixture(scope="module")
def chosen(database: None) -> Iterator[Tenant]:
    """Forty days of every kind of request, scored at random, with lengths of answers and a threshold of one's own."""
    with acting_as("worker"):
        import_prices(now=NOW)
        owner = tenant()
        store(owner, scored(traffic(21, 3_000, days=DAYS)))
        freeze(**owner.place, now=NOW)
        with access.scope(owner.organization_id):
            for model, (tokens, answers) in LENGTHS.items():
                Evidence.objects.filter(**owner.place, model=model).update(output_tokens=tokens, answers=answers)
            for quality, ago in THRESHOLDS:
                declare_threshold(
                    deployment=Deployment.objects.get(pk=owner.deployment_id), task="answers", quality=Decimal(quality),
                    effective_from=NOW.date() - timedelta(days=ago), now=NOW, actor=None,
                )  # fmt: skip
        rebuild_all(now=NOW)
        with access.scope(owner.organization_id):
            yield owner


def expected(owner: Tenant) -> dict[tuple[Any, ...], dict[str, int]]:
    places = choices.known(owner.deployment_id)
    return totals.total(
        facts(owner.deployment_id), totals.request_key, lambda one: choices.request_sums(one, UNDER, places)
    )


def test_every_cell_has_the_selection_sums_of_the_reference(chosen: Tenant) -> None:
    told = expected(chosen)
    cells = cells_like("rollups_request_day", REQUEST_KEY, told, chosen.deployment_id)
    assert differing(cells, told) == []
    hours = ("(hour AT TIME ZONE 'UTC')::date", *REQUEST_KEY[1:])
    kept = {key: sums for key, sums in told.items() if key[0] > NOW.date() - timedelta(days=30)}
    by_hour = cells_like("rollups_request_hour", hours, told, chosen.deployment_id)
    assert differing({key: sums for key, sums in by_hour.items() if key in kept}, kept) == []
    key = next(key for key, sums in told.items() if sums["regret_nano"])
    for name in told[key]:
        faulty = cells | {key: cells[key] | {name: cells[key][name] + 1}}
        assert [(where, what) for where, what, *_ in differing(faulty, told)] == [(key, name)]


def test_there_is_much_to_compare_at_each_task_and_model(chosen: Tenant) -> None:
    """Good choices and bad ones, dear ones and such as are not good enough, at more than one task and model."""
    found: Counter[tuple[object, str]] = Counter()
    for key, sums in expected(chosen).items():
        for name in ("evaluable", "optimal", "under_quality", "with_optimum", "regret_nano"):
            found[key[TASK], name] += sums[name]
            found[key[MODEL], name] += sums[name]
    for task in ("triage", "answers"):
        assert all(found[task, name] > 10 for name in ("evaluable", "optimal", "under_quality", "regret_nano")), dict(
            found
        )
    assert found["", "evaluable"] == 0  # of no task, or of none with a candidate
    assert found["answers", "with_optimum"] < found["answers", "evaluable"]
    assert found["claude-3-5-haiku", "regret_nano"] > 0
    assert found["unheard-of-1", "evaluable"] == 0


def test_the_figures_of_the_window_are_those_of_the_reference(chosen: Tenant) -> None:
    sums: Counter[str] = Counter()
    for key, told in expected(chosen).items():
        if key[1] == "production":
            sums.update(told)
    window = deployment_window(
        chosen.organization_id, chosen.deployment_id, NOW.date() - timedelta(days=DAYS), NOW.date()
    )
    ratios = {
        "optimal_selection_rate": (sums["optimal"], sums["evaluable"]),
        "under_quality_rate": (sums["under_quality"], sums["evaluable"]),
        "optimal_cost_ratio": (sums["optimal_nano"], sums["optimum_planned_nano"]),
        "excess_spend": (sums["regret_nano"], sums["evaluable_base_nano"] - sums["regret_nano"]),
    }
    assert {name: window.metrics[name].value for name in ratios} == {
        name: float(Fraction(*pair)) for name, pair in ratios.items()
    }
    assert window.metrics["excess_spend"].covered == sums["evaluable"]
    assert window.parts[3].nano == sums["regret_nano"]
