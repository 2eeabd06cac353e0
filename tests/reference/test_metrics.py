"""Metrics and efficiencies of whole deployments against the reference's, from the same raw rows."""

from datetime import timedelta
from fractions import Fraction

import pytest

from apps.rollups.window import DeploymentWindow, deployment_window
from tests.reference import operations as ops
from tests.reference.cells import UNDER
from tests.reference.nouns import Request
from tests.reference.raw import facts
from tests.rollups.tenants import NOW, Tenant

DAYS = 10
MEASURED: set[str] = set()
"""Scopes in which some deployment had an efficiency."""


def window(tenant: Tenant, environment: str | None) -> DeploymentWindow:
    first = NOW.date() - timedelta(days=DAYS - 1)
    return deployment_window(tenant.organization_id, tenant.deployment_id, first, NOW.date(), environment)


def requests(tenant: Tenant, environment: str | None) -> list[Request]:
    known = facts(tenant.deployment_id)
    return [one.request for one in known if environment in (None, one.row["environment"])]


def near(value: float | None, exact: Fraction | int | None, *, by: float = 1e-9) -> bool:
    if value is None or exact is None:
        return value is None and not exact
    return abs(value - float(exact)) <= by * max(1.0, abs(float(exact)))


@pytest.mark.parametrize("environment", [None, "production"])
def test_operational_metrics_are_the_references(rebuilt: Tenant, environment: str | None) -> None:
    asked, found = requests(rebuilt, environment), window(rebuilt, environment).metrics
    expected = {name: find(asked) for name, find in ops.WITHOUT_PRICES.items()}
    expected |= {name: find(asked, UNDER.own) for name, find in ops.WITH_PRICES.items()}
    expected["added_latency_hours_per_day"] = ops.added_latency_hours_per_day(asked, DAYS)
    assert {
        name: (found[name].value, value) for name, value in expected.items() if not near(found[name].value, value)
    } == {}


@pytest.mark.parametrize(("name", "share"), [("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99")])
def test_routing_overheads_are_within_one_per_cent(rebuilt: Tenant, name: str, share: str) -> None:
    found = window(rebuilt, None).metrics[f"routing_overhead_ms_{name}"]
    asked = requests(rebuilt, None)
    assert (found.basis or None) == ops.commonest_basis(asked)
    exact = ops.nearest_rank(ops.overheads_ms(asked), Fraction(share))
    assert near(found.value, exact) or (found.value and exact and abs(found.value - float(exact)) <= 0.01 * exact)


def test_efficiencies_are_the_references_wherever_there_is_one(rebuilt: Tenant) -> None:
    asked = requests(rebuilt, "production")
    for one in window(rebuilt, "production").efficiencies:
        if one.value is not None:
            exact = ops.efficiency(asked, UNDER.published, with_latency=one.scope == "latency")
            assert near(one.value, exact)
            assert 0 <= one.value <= 1
            MEASURED.add(one.scope)


def test_there_were_efficiencies_in_both_scopes_to_compare() -> None:
    assert {"billing", "latency"} <= MEASURED


def test_a_source_that_hides_attempts_has_no_efficiency(rebuilt: Tenant) -> None:
    asked = requests(rebuilt, "production")
    share = Fraction(len(ops.known(asked)), len(asked))
    billing = window(rebuilt, "production").efficiencies[0]
    assert share >= Fraction(9, 10) or billing.value is None


def test_metrics_of_half_of_the_requests_are_told_apart(rebuilt: Tenant) -> None:
    """The comparison above is no empty one. Of a small deployment some metrics are 0 in every half."""
    asked, found = requests(rebuilt, None), window(rebuilt, None)
    expected = {name: find(asked[::2]) for name, find in ops.WITHOUT_PRICES.items()}
    expected |= {name: find(asked[::2], UNDER.own) for name, find in ops.WITH_PRICES.items()}
    apart = {name for name, value in expected.items() if not near(found.metrics[name].value, value)}
    assert len(apart) >= (7 if len(asked) > 800 else 1)
