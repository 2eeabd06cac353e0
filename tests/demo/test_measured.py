"""The committed figures are those of the public data sets, computed again from the files."""

from pathlib import Path

import pytest

from apps.demo.simulate import measured
from tests.demo import recompute

pytestmark = pytest.mark.public_data


def test_lengths_are_those_of_the_azure_and_mooncake_traces(public_data: Path) -> None:
    assert recompute.azure_lengths(public_data, "conv") == measured.CONVERSATION
    assert recompute.azure_lengths(public_data, "code") == measured.CODE
    trace = recompute.mooncake(public_data)
    assert {"input": trace["input"], "output": trace["output"]} == measured.LONG
    assert trace["cacheable_share"] == measured.CACHEABLE_SHARE


def test_speeds_and_refusals_are_those_of_the_llmperf_runs(public_data: Path) -> None:
    figures = recompute.llmperf(public_data)
    assert figures["first_token_ms"] == measured.FIRST_TOKEN_MS
    assert figures["between_tokens_ms"] == measured.BETWEEN_TOKENS_MS
    assert figures["rate_limited_calm"] == measured.RATE_LIMITED_CALM
    assert figures["rate_limited_storm"] == measured.RATE_LIMITED_STORM
    assert figures["connection_error"] == measured.CONNECTION_ERROR


def test_arrivals_are_those_of_the_servegen_clients(public_data: Path) -> None:
    figures = recompute.servegen(public_data)
    assert figures["hour_weights"] == measured.HOUR_WEIGHTS
    assert figures["weekend_factor"] == measured.WEEKEND_FACTOR
    assert figures["daily_cv"] == measured.DAILY_CV
    assert figures["gap_cv"] == measured.GAP_CV


def test_malformed_answers_are_those_of_the_aider_leaderboard(public_data: Path) -> None:
    assert recompute.aider(public_data)["malformed"] == measured.MALFORMED
