"""Cells of a deployment with rules: what the reference calls each request is what the rebuild counted it under."""

import pytest

from apps.deployments.labels import (
    AGENT,
    CONTAINS,
    EQUALS,
    MODEL,
    OPERATION,
    ROUTE,
    STARTS,
    TAG,
    TASK,
    Labels,
    Merge,
    Rule,
)
from apps.deployments.models import Deployment
from apps.deployments.relabel import declare_labels
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.rollups.rebuild import rebuild
from apps.rollups.verify import verify
from tests.reference.cells import REQUEST_KEY, cells_like, differing, expected_requests
from tests.reference.deployments import mixed
from tests.reference.raw import select
from tests.rollups.tenants import NOW, Tenant, store, tenant

RULES = Labels(
    merges=(Merge(ROUTE, "deep", "fast"), Merge(TASK, "triage", "sorting"), Merge(TASK, "gone", "sorting")),
    rules=(
        Rule(OPERATION, EQUALS, "embeddings", "lookup"),
        Rule(AGENT, CONTAINS, "x", "never"),
        Rule(TASK, EQUALS, "triage", "never: it is read as sorting by then"),
        Rule(TAG, EQUALS, "a", "team a", "team"),
        Rule(MODEL, STARTS, "gpt-4o-", "small"),
        Rule(TASK, CONTAINS, "ort", "sorted"),
        Rule(ROUTE, CONTAINS, "as", "quick"),
    ),
)


@pytest.fixture
def named(as_worker: None) -> Tenant:
    import_prices(now=NOW)
    owner = tenant()
    store(owner, mixed()[:300])
    rebuild(**owner.place, now=NOW)
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.get(pk=owner.deployment_id)
        assert declare_labels(deployment=deployment, labels=RULES, now=NOW, actor=None)
        assert not declare_labels(deployment=deployment, labels=RULES, now=NOW, actor=None)
    done = rebuild(**owner.place, now=NOW)
    assert done is not None
    assert done.requests == 300
    return owner


def test_cells_are_counted_under_what_the_reference_calls_each_request(named: Tenant) -> None:
    place = named.deployment_id
    with access.scope(named.organization_id):
        expected = expected_requests(place)
        assert differing(cells_like("rollups_request_day", REQUEST_KEY, expected, place), expected) == []
        tasks = {key[REQUEST_KEY.index("task")] for key in expected}
        assert tasks == {"lookup", "team a", "small", "sorted", "quick", "answers", ""}
        assert {key[REQUEST_KEY.index("route")] for key in expected} == {"fast", ""}
    (found,) = verify(organization_id=named.organization_id, now=NOW)
    assert (found.pending, found.different_cells, found.requests) == (0, 0, 300)
    with access.scope(named.organization_id):  # a rule put before another is seen by the reference
        select("UPDATE deployments_labelrule SET position = 100 - position WHERE deployment_id = %(deployment)s "
               "RETURNING id", place)  # fmt: skip
        other = expected_requests(place)
        assert differing(cells_like("rollups_request_day", REQUEST_KEY, other, place), other)
