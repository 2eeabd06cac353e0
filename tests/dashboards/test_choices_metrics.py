"""What choices cost against a single model, and what quality costs: in the registry, so in API, comparison and method."""

import html
import re
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.utils import timezone
from msgspec import structs

from apps.dashboards.queries.compare import Side, compare
from apps.dashboards.queries.span import Span
from apps.dashboards.wording.signs import MINUS
from apps.dashboards.wording.values import words_of
from apps.organizations import access
from apps.pricing.agree import PerToken, set_own_price
from apps.quality.freeze import freeze
from apps.rollups.metrics.registry import METRICS
from apps.traces.nouns import Request
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_api import get
from tests.dashboards.test_providers_page import CHEAP, DEAR, OTHER, answers, known

GAP, COST = "best_single_gap", "cost_per_quality"
USD = {DEAR: 0.003, CHEAP: 0.00018, OTHER: 0.000912}
"""Of one request: 600 tokens, 400 from the cache, 100 of answer."""


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    made = acme()
    known(made, [*_under("old", answers("triage", DEAR, 60, 58)), *_under("new", [
        *answers("triage", CHEAP, 40, 39),
        *answers("triage", OTHER, 5, 5),
        *answers("extraction", DEAR, 40, 40),
        *answers("extraction", OTHER, 40, 10),
        *answers("chat", DEAR, 29, 29),
        *answers(None, DEAR, 3, 3),
    ])])  # fmt: skip
    return made


def _under(policy: str, requests: list[Request]) -> list[Request]:
    return [structs.replace(one, policy=policy) for one in requests]


def metrics_of(place: Acme) -> dict[str, Any]:
    return {one["name"]: one for one in get(place, "deployments/chat/metrics").json()["results"]}


def test_cost_per_quality_is_of_each_task_by_its_requests(place: Acme) -> None:
    found = metrics_of(place)[COST]
    triage = (60 * USD[DEAR] + 40 * USD[CHEAP] + 5 * USD[OTHER]) / (58 + 39 + 5)
    extraction = (40 * USD[DEAR] + 40 * USD[OTHER]) / (40 + 10)
    assert found["value"] == pytest.approx(1_000 * (105 * triage + 80 * extraction) / 185)
    assert (found["covered"], found["coverage"]) == (185, pytest.approx(185 / 217))  # chat has 29 scores
    assert (found["unit"], found["direction"]) == ("usd/1000", "lower is better")


def test_the_gap_is_that_of_the_model_that_who_serves_best_names(place: Acme) -> None:
    found, told = metrics_of(place)[GAP], get(place, "deployments/chat/providers").json()["best_single"]
    assert found["value"] == pytest.approx(told["best_single_gap"])
    assert (found["basis"], found["coverage"]) == ("gpt-4o", pytest.approx(told["coverage"]))
    planned = 100 * USD[DEAR] + 40 * USD[CHEAP] + 40 * USD[OTHER]
    assert found["value"] == pytest.approx(180 * USD[DEAR] / planned - 1, rel=1e-3)


def test_without_evidence_both_are_null(database: None) -> None:
    empty = acme()
    known(empty, answers("triage", CHEAP, 40, None))
    found = metrics_of(empty)
    assert (found[GAP]["value"], found[GAP]["coverage"]) == (None, None)
    assert (found[COST]["value"], found[COST]["coverage"]) == (None, 0.0)


def test_two_policies_have_what_quality_costs_and_a_single_model_each(place: Acme) -> None:
    today = timezone.now().date()
    span = Span(today - timedelta(days=27), today, "production")
    deployment = place.deployment()
    with acting_as("web"), access.scope(deployment.organization_id):
        found = compare(Side(deployment, span, "old"), Side(deployment, span, "new"), now=timezone.now()).metrics
    assert found[COST].one.value == pytest.approx(1_000 * 60 * USD[DEAR] / 58)
    # the old one planned the dear model for triage alone, where the cheap one is as good and was not in use: it reads nothing
    # from its cache
    assert found[GAP].one.value == pytest.approx((1_000 * 0.15 + 100 * 0.6) / (600 * 2.5 + 400 * 1.25 + 100 * 10) - 1)
    assert (found[GAP].one.basis, found[GAP].one.coverage) == ("gpt-4o-mini", 1.0)
    # the new one planned both tasks, of which the dear model alone is good enough: uncached at triage, where it has no part
    triage, extraction = 40 * (1_000 * 2.5 + 100 * 10) / 1e6, 40 * USD[DEAR]
    planned = 40 * USD[CHEAP] + 40 * USD[DEAR] + 40 * USD[OTHER]
    assert found[GAP].other.value == pytest.approx((triage + 2 * extraction) / planned - 1, rel=1e-3)
    assert found[GAP].other.basis == "gpt-4o"
    assert found[GAP].other.coverage == pytest.approx(120 / 125)


def test_the_comparison_and_the_method_name_them(place: Acme) -> None:
    first = (timezone.now() - timedelta(days=27)).date().isoformat()
    page = place.client().get(place.at("chat/compare"), {"by": "policies", "start": first, "policy": "new"})
    words = html.unescape(page.content.decode()).replace("\u00a0", " ")
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", words))
    assert re.search(r"Cost per quality cost_per_quality .*\$\d\.\d\d for 1,000", text)
    assert "Gap to the best single model best_single_gap" in text
    assert [words_of(METRICS[GAP])(one) for one in (0.5, 0.0, -0.125)] == [
        "+50.0\u00a0%",
        "0.0\u00a0%",
        f"{MINUS}12.5\u00a0%",
    ]
    method = place.client().get("/method").content.decode()
    assert f'id="{GAP}"' in method
    assert f'id="{COST}"' in method


def test_a_price_that_begins_the_day_after_a_window_decides_nothing_in_it(database: None) -> None:
    made = acme()
    known(made, [*answers("triage", DEAR, 60, 58), *answers("triage", CHEAP, 40, 39)])
    organization, deployment, yesterday = made.organization(), made.deployment(), timezone.now() - timedelta(days=1)
    with acting_as("worker"):
        freeze(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=yesterday)
    today = timezone.now().astimezone(UTC).date()
    closed = f"deployments/chat/metrics?from={today - timedelta(days=7)}&to={today - timedelta(days=1)}"

    def gap() -> Any:
        return next(one["value"] for one in get(made, closed).json()["results"] if one["name"] == GAP)

    before = gap()
    assert before is not None
    with acting_as("worker"), access.scope(organization.pk):
        set_own_price(
            organization=organization, provider=CHEAP[0], model=CHEAP[1], effective_from=today,
            price=PerToken(10**12, 10**12), now=timezone.now(), actor=None,
        )  # fmt: skip
    assert gap() == before
