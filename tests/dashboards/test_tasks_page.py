"""Tasks by rules get evidence, thresholds are tried before they are set, and what is not measured says what is missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.deployments.labels import ROUTE, STARTS, TAG, Labels, Merge, Rule
from apps.deployments.models import StaleSince
from apps.deployments.relabel import declare_labels
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.quality.freeze import freeze
from apps.quality.models import Evidence, Threshold
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_rules_page import told
from tests.rollups.tenants import Tenant, store

USAGE = Usage(input_tokens=1_000, cache_read_input_tokens=0, output_tokens=100)
LABELS = Labels(
    (Merge(ROUTE, "/v1", "/v2"),), (Rule(ROUTE, STARTS, "/v2", "triage"), Rule(TAG, STARTS, "%", "x", "50%"))
)


def answers(model: str, quality: float | None, n: int, **labels: Any) -> list[Request]:
    at = timezone.now() - timedelta(days=1)
    made = [Attempt(provider="openai", model=model, start_offset_ms=0.0, status=200, usage=USAGE)]
    name = f"{model}-{'-'.join(labels.values())}"
    return [
        Request(request_id=f"{name}-{i}", received_at=at, attempts=made, quality=quality, **labels) for i in range(n)
    ]


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    one = acme()
    deployment = one.deployment()
    requests = [
        *answers("gpt-4o", 0.9, 20, route="/v1"),
        *answers("gpt-4o", 0.9, 20, route="/v2"),
        *answers("gpt-4o-mini", 0.87, 40, route="/v2/mini"),
        *answers("gpt-4o", None, 3, task="other work"),
        *answers("gpt-4o", None, 2),
    ]
    with acting_as("worker"):
        import_prices(now=timezone.now())
        store(Tenant(deployment.organization_id, deployment.pk), requests)
        rebuild_all(now=timezone.now(), of=[deployment.organization_id])
    return one


def gathered(place: Acme) -> list[tuple[str, str, int]]:
    deployment = place.deployment()
    with acting_as("worker"):
        freeze(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=timezone.now())
        rebuild_all(now=timezone.now(), of=[deployment.organization_id])
        with access.scope(deployment.organization_id):
            rows = Evidence.objects.filter(deployment_id=deployment.pk, day=timezone.now().date())
            return list(rows.order_by("task", "model").values_list("task", "model", "own"))


def test_tasks_that_rules_name_are_judged_and_their_thresholds_tried_and_set(place: Acme) -> None:
    client, address, deployment = place.client(), place.at("chat/tasks"), place.deployment()
    assert gathered(place) == []
    before = told(client.get(address))
    assert "Not measured: none of your 1 task has two models" in before
    assert "scored; 30 of each of two models are needed" in before
    assert "no task name it by a rule 82" in before
    with acting_as("worker"), access.scope(deployment.organization_id):
        declare_labels(deployment=deployment, labels=LABELS, now=timezone.now(), actor=None)
    assert gathered(place) == [("triage", "gpt-4o", 40), ("triage", "gpt-4o-mini", 40)]

    page = told(client.get(address, {"task": "triage"}))
    assert "1 of your 2 tasks can be judged, all at 95 % of the best candidate." in page
    assert "triage not in the public taxonomy, 80 requests; threshold 0.855, 95 % of the best" in page
    assert "0.870" in page
    assert "eligible, the cheapest" in page
    posted = {"task": "triage", "quality": "0.88", "effective_from": f"{timezone.now():%Y-%m-%d}"}
    tried = told(client.post(address, {**posted, "deed": "try"}))
    assert "gpt-4o-mini is no longer eligible." in tried
    assert "A threshold of 0.880 in the place of 0.855: 1 model of 2 eligible, 2 now. Nothing is saved yet." in tried
    assert "The cheapest eligible model would be gpt-4o, $3.50 for 1,000 requests, where it was gpt-4o-mini" in tried
    assert "less than or equal to 1" in told(client.post(address, {**posted, "quality": "2", "deed": "set"}))
    with acting_as("worker"), access.scope(deployment.organization_id):
        assert not Threshold.objects.filter(deployment_id=deployment.pk).exists()
    assert client.post(address, {**posted, "deed": "set"}).status_code == 302
    client.post(address, {"task": "triage", "taxonomy": "classification", "deed": "kind"})
    after = told(client.get(address))
    assert "triage classification, 80 requests; threshold 0.880, set by you" in after
    assert "under the threshold" in after
    with acting_as("worker"), access.scope(deployment.organization_id):
        assert StaleSince.objects.filter(deployment_id=deployment.pk).exists()

    key = {"Authorization": f"Bearer {place.token}"}
    rules = client.get("/api/v1/deployments/chat/rules", headers=key).json()
    assert [one["task"] for one in rules["rules"]] == ["triage", "x"]
    assert rules["tasks"] == [{"task": "triage", "taxonomy": "classification"}]
    (threshold,) = client.get("/api/v1/deployments/chat/thresholds", headers=key).json()["results"]
    assert (threshold["task"], threshold["quality"]) == ("triage", 0.88)
