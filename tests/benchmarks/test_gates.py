"""Gates: each named, each with its floor exactly, each with what would fix it."""

from dataclasses import replace
from datetime import date

import pytest

from apps.benchmarks.disclosure.freemail import is_free_mail
from apps.benchmarks.disclosure.gates import (
    DeploymentFacts,
    OrganizationFacts,
    deployment_gates,
    failed,
    organization_gates,
    stratum,
)
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS

FACTS = DeploymentFacts(
    contributes=True,
    requests=1_000,
    active_days=5,
    with_outcome=950,
    served_attempts=900,
    served_attempts_with_tokens=855,
    served_tokens=10_000,
    priced_tokens=9_000,
    evaluable_tokens=3_000,
    completeness={"complete": 900, "count_only": 100},
    overhead={"receive_to_dispatch": 900, "decision_only": 50},
    dispatched=1_000,
    waiting=500,
    waiting_with_delay=450,
    waiting_with_overhead=450,
)
"""Exactly at every floor."""

STRANGER = OrganizationFacts(
    vouched=False, mail_verified=True, domain="acme.example", domain_verified=True, created_on=date(2026, 10, 26)
)
SUNDAY = date(2026, 11, 23)
EVERY_GATE = YARDSTICKS["efficiency_latency"]


@pytest.mark.parametrize("metric", YARDSTICKS)
def test_a_deployment_at_every_floor_is_eligible(metric: str) -> None:
    assert failed(deployment_gates(FACTS, YARDSTICKS[metric])) == ()


@pytest.mark.parametrize(
    ("metric", "change", "gate"),
    [
        ("failure_rate", {"contributes": False}, "contributes"),
        ("failure_rate", {"requests": 999, "with_outcome": 999}, "requests"),
        ("failure_rate", {"active_days": 4}, "active_days"),
        ("failure_rate", {"with_outcome": 949}, "outcome_known"),
        ("failure_rate", {"served_attempts_with_tokens": 854}, "tokens_known"),
        ("effective_cost_uplift", {"priced_tokens": 8_999}, "tokens_priced"),
        ("efficiency_billing", {"priced_tokens": 8_999}, "tokens_priced"),
        ("retry_rate", {"completeness": {"complete": 899, "count_only": 101}}, "attempts_known"),
        (
            "routing_overhead_ms_p50",
            {"overhead": {"receive_to_dispatch": 899, "decision_only": 101}},
            "one_overhead_basis",
        ),
        ("efficiency_latency", {"waiting_with_delay": 449}, "delay_known"),
        ("optimal_selection_rate", {"evaluable_tokens": 2_999}, "tokens_evaluable"),
        ("optimal_selection_rate", {"priced_tokens": 8_999}, "tokens_priced"),
        ("efficiency_latency", {"waiting_with_overhead": 449}, "overhead_known"),
    ],
)
def test_one_below_a_floor_fails_that_gate_alone(metric: str, change: dict[str, object], gate: str) -> None:
    gates = failed(deployment_gates(replace(FACTS, **change), YARDSTICKS[metric]))  # type: ignore[arg-type]
    assert [each.name for each in gates] == [gate]
    assert gates[0].fix


def test_a_metric_asks_only_for_what_it_rests_on() -> None:
    unpriced = replace(FACTS, priced_tokens=0, completeness={}, overhead={}, waiting_with_delay=0)
    assert failed(deployment_gates(unpriced, YARDSTICKS["failure_rate"])) == ()
    assert {gate.name for gate in failed(deployment_gates(unpriced, EVERY_GATE))} == {
        "tokens_priced",
        "attempts_known",
        "one_overhead_basis",
        "delay_known",
    }


def test_nothing_measured_never_passes() -> None:
    nothing = DeploymentFacts(
        contributes=True,
        requests=0,
        active_days=0,
        with_outcome=0,
        served_attempts=0,
        served_attempts_with_tokens=0,
        served_tokens=0,
        priced_tokens=0,
        dispatched=0,
        waiting=0,
        waiting_with_delay=0,
        waiting_with_overhead=0,
    )
    gates = deployment_gates(nothing, EVERY_GATE)
    assert {gate.name for gate in gates if gate.passed} == {"contributes"}
    assert next(gate for gate in gates if gate.name == "tokens_priced").measured is None


@pytest.mark.parametrize(
    ("completeness", "expected"),
    [
        ({"complete": 900, "complete_first_hop": 100}, "complete"),
        ({"complete": 899, "complete_first_hop": 101}, "complete_first_hop"),
        ({"complete_first_hop": 900, "count_only": 100}, "complete_first_hop"),
        ({"complete_first_hop": 899, "count_only": 101}, None),
        ({"lower_bound": 1_000}, None),
    ],
)
def test_complete_and_first_hop_are_pooled_apart(completeness: dict[str, int], expected: str | None) -> None:
    assert stratum(replace(FACTS, completeness=completeness), YARDSTICKS["retry_rate"]) == expected


def test_an_overhead_is_pooled_by_its_basis_and_other_metrics_whole() -> None:
    assert stratum(FACTS, YARDSTICKS["routing_overhead_ms_p50"]) == "receive_to_dispatch"
    assert stratum(replace(FACTS, overhead={"decision_only": 600}), YARDSTICKS["routing_overhead_ms_p50"]) is None
    assert stratum(FACTS, YARDSTICKS["failure_rate"]) == ""


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"mail_verified": False}, "mail_verified"),
        ({"domain_verified": False}, "domain_verified"),
        ({"domain": "gmail.com"}, "domain_verified"),
        ({"created_on": date(2026, 10, 27)}, "age"),
    ],
)
def test_vouching_waives_mail_domain_and_age(change: dict[str, object], gate: str) -> None:
    facts = replace(STRANGER, **change)  # type: ignore[arg-type]
    assert failed(organization_gates(STRANGER, on=SUNDAY)) == ()
    assert [each.name for each in failed(organization_gates(facts, on=SUNDAY))] == [gate]
    assert failed(organization_gates(replace(facts, vouched=True), on=SUNDAY)) == ()


def test_vouching_waives_nothing_of_a_deployment() -> None:
    """A vouched organization has the same gates before its figures as everybody."""
    organization = {gate.name for gate in organization_gates(replace(STRANGER, vouched=True), on=SUNDAY)}
    assert organization == {"mail_verified", "domain_verified", "age"}
    assert not organization & {gate.name for gate in deployment_gates(FACTS, EVERY_GATE)}


@pytest.mark.parametrize(
    ("domain", "free"),
    [
        ("gmail.com", True),
        ("GMail.com.", True),
        ("mail.gmx.de", True),
        ("acme.example", False),
        ("notgmail.com", False),
        ("", False),
    ],
)
def test_free_mail_domains_are_known(domain: str, free: bool) -> None:
    assert is_free_mail(domain) is free
