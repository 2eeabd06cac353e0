"""From scored requests to selection in the figures of a deployment: evidence, rebuild, window."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.deployments.models import Deployment, StaleSince
from apps.organizations import access
from apps.quality.freeze import freeze
from apps.quality.models import Evidence, EvidenceDay
from apps.quality.queries import evidence_of, last_evidence_of
from apps.quality.thresholds import declare_threshold
from apps.rollups.sweep import rebuild_all
from apps.rollups.verify import verify
from apps.rollups.window import DeploymentWindow, deployment_window
from apps.traces.nouns import Attempt, Request, Usage
from tests.rollups.tenants import NOW, Tenant, store, tenant

pytestmark = pytest.mark.usefixtures("priced")

TODAY = NOW.date()
USAGE = Usage(input_tokens=100_000, cache_read_input_tokens=0, output_tokens=10_000)
DEAR, CHEAP = "gpt-4o", "gpt-4o-mini"
IN_DOLLARS = {DEAR: 0.35, CHEAP: 0.021}
"""Of that usage."""


def scored(name: str, model: str, quality: float | None, *, days_ago: int, task: str | None = "triage") -> Request:
    return Request(
        request_id=name,
        received_at=NOW - timedelta(days=days_ago, hours=3),
        attempts=[Attempt(provider="openai", model=model, start_offset_ms=0.0, status=200, usage=USAGE)],
        task=task,
        quality=quality,
    )


def history(dear: float, cheap: float) -> list[Request]:
    """Thirty scored answers of each a week ago, and today's traffic: three requests, two of them on the dear model."""
    past = [
        scored(f"p{model}{n}", model, q, days_ago=7) for model, q in ((DEAR, dear), (CHEAP, cheap)) for n in range(30)
    ]
    return [*past, *(scored(f"t{n}", model, None, days_ago=0) for n, model in enumerate((DEAR, DEAR, CHEAP)))]


def built(requests: list[Request]) -> Tenant:
    owner = tenant()
    store(owner, requests)
    freeze(**owner.place, now=NOW)
    rebuild_all(now=NOW, of=[owner.organization_id])
    return owner


def today(owner: Tenant, day: date = TODAY) -> DeploymentWindow:
    with access.scope(owner.organization_id):
        return deployment_window(owner.organization_id, owner.deployment_id, day, day)


def figures(owner: Tenant) -> dict[str, float | None]:
    return {name: one.value for name, one in today(owner).metrics.items()}


def test_a_dearer_model_than_needed_is_regretted() -> None:
    owner = built(history(dear=0.9, cheap=0.87))
    found, window = figures(owner), today(owner)
    assert found["optimal_selection_rate"] == pytest.approx(1 / 3)
    assert found["under_quality_rate"] == 0
    whole, least = 2 * IN_DOLLARS[DEAR] + IN_DOLLARS[CHEAP], 3 * IN_DOLLARS[CHEAP]
    assert found["optimal_cost_ratio"] == pytest.approx(least / whole)
    assert found["excess_spend"] == pytest.approx(whole / least - 1)
    token, retry, _, selection, _ = window.parts
    assert selection.coverage == 1.0
    assert selection.nano == pytest.approx((whole - least) * 1e9)
    assert (token.nano or 0) + (retry.nano or 0) + (selection.nano or 0) == window.totals.requests.billed_nano
    billing, _, whole_scope = window.efficiencies
    assert billing.value == 1.0
    assert whole_scope.gates[-1].passed


def test_a_cheap_model_that_is_not_good_enough_saves_nothing() -> None:
    owner = built(history(dear=0.9, cheap=0.5))
    found = figures(owner)
    assert found["optimal_selection_rate"] == pytest.approx(2 / 3)
    assert found["under_quality_rate"] == pytest.approx(1 / 3)
    assert found["excess_spend"] == 0
    assert (found["optimal_cost_ratio"] or 0) > 1


def test_without_evidence_of_two_models_selection_is_not_measured() -> None:
    alone = [one for one in history(dear=0.9, cheap=0.9) if one.attempts[0].model == DEAR or one.quality is None]
    few = [one for one in history(dear=0.9, cheap=0.9) if not one.request_id.endswith("29")]
    unnamed = [scored(f"u{n}", DEAR, 0.9, days_ago=7, task=None) for n in range(60)]
    for requests in (alone, few, unnamed):
        owner = built(requests)
        assert {figures(owner)[name] for name in ("optimal_selection_rate", "excess_spend", "under_quality_rate")} <= {
            None
        }
        assert today(owner).parts[3].nano is None
        assert today(owner).headline is None or today(owner).headline.scope != "selection"  # type: ignore[union-attr]


def test_an_own_threshold_changes_dollars_from_its_day_on_and_never_the_efficiency() -> None:
    owner = built(history(dear=0.9, cheap=0.5))
    before = today(owner)
    with access.scope(owner.organization_id):
        declare_threshold(
            deployment=Deployment.objects.get(pk=owner.deployment_id), task="triage", quality=Decimal("0.4"),
            effective_from=TODAY, now=NOW, actor=None,
        )  # fmt: skip
    rebuild_all(now=NOW, of=[owner.organization_id])
    after = today(owner)
    assert after.metrics["under_quality_rate"].value == 0
    assert (after.parts[3].nano or 0) > 0 == before.parts[3].nano
    assert [one.value for one in after.efficiencies] == [one.value for one in before.efficiencies]
    assert after.published == before.published


def test_evidence_stands_beside_the_threshold_that_was_in_force_on_its_day() -> None:
    owner, days = tenant(), [TODAY - timedelta(days=n) for n in range(5)]
    declared = (
        ("triage", 3, Decimal("0.4")),
        ("triage", 1, None),
        ("triage", -1, Decimal("0.9")),
        ("x", 9, Decimal(1)),
    )
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.get(pk=owner.deployment_id)
        for day in days:
            known = {
                "day": day,
                "task": "triage",
                "model": DEAR,
                "quality_micro": 1,
                "own": 7,
                "replayed": 2,
                "pooled": 1,
            }
            Evidence.objects.create(**owner.place, **known)
        for task, days_ago, quality in declared:
            since = TODAY - timedelta(days=days_ago)
            declare_threshold(
                deployment=deployment, task=task, quality=quality, effective_from=since, now=NOW, actor=None
            )
        found = evidence_of(owner.deployment_id, days)
        last, none = (last_evidence_of(owner.deployment_id, TODAY - timedelta(days=n)) for n in (2, 99))
    assert found["day"].to_list() == days[::-1]
    assert found["threshold_micro"].to_list() == [None, 400_000, 400_000, None, None]
    assert last.select("day", "threshold_micro", "observations").rows() == [(days[2], 400_000, 10)]
    assert none.is_empty()


def test_scores_that_come_late_change_later_days_only() -> None:
    owner = tenant()
    store(owner, [one for one in history(dear=0.9, cheap=0.9) if one.quality is not None])
    early = NOW.replace(hour=0, minute=10)
    freeze(**owner.place, now=early)
    with access.scope(owner.organization_id):
        as_known = list(Evidence.objects.filter(day=TODAY).values_list("model", "own", "quality_micro"))
        assert EvidenceDay.objects.get(day=TODAY).frozen
    store(owner, [scored(f"late{n}", CHEAP, 0.1, days_ago=6) for n in range(30)])
    freeze(**owner.place, now=early + timedelta(hours=9))
    freeze(**owner.place, now=early + timedelta(days=1))
    with access.scope(owner.organization_id):
        assert list(Evidence.objects.filter(day=TODAY).values_list("model", "own", "quality_micro")) == as_known
        tomorrow = Evidence.objects.get(day=TODAY + timedelta(days=1), model=CHEAP)
    assert (tomorrow.own, tomorrow.quality_micro) == (60, 500_000)


def test_a_day_that_is_made_anew_before_midnight_marks_what_was_computed_with_it() -> None:
    owner = built([one for one in history(dear=0.9, cheap=0.9) if one.attempts[0].model == DEAR])
    assert figures(owner)["optimal_selection_rate"] is None
    store(owner, [one for one in history(dear=0.9, cheap=0.9) if one.attempts[0].model == CHEAP], marked=False)
    freeze(**owner.place, now=NOW + timedelta(hours=1))
    with access.scope(owner.organization_id):
        assert StaleSince.objects.filter(deployment_id=owner.deployment_id).exists()
    rebuild_all(now=NOW + timedelta(hours=1), of=[owner.organization_id])
    assert figures(owner)["optimal_selection_rate"] == pytest.approx(1 / 3)


def test_every_cell_with_selection_in_it_is_found_again_from_raw() -> None:
    owner = built(history(dear=0.9, cheap=0.87))
    (found,) = verify(organization_id=owner.organization_id, now=NOW)
    assert (found.pending, found.different_cells) == (0, 0)
    assert found.requests == 63
