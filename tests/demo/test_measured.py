"""The committed figures are those of the public data sets, computed again from the files."""

import os
from pathlib import Path

import pytest

from apps.demo.simulate import measured
from tests.demo import recompute

pytestmark = pytest.mark.public_data


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get("TOLLMARK_PUBLIC_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}")
    return folder


def test_lengths_are_those_of_the_azure_and_mooncake_traces(data: Path) -> None:
    assert recompute.azure_lengths(data, "conv") == measured.CONVERSATION
    assert recompute.azure_lengths(data, "code") == measured.CODE
    trace = recompute.mooncake(data)
    assert {"input": trace["input"], "output": trace["output"]} == measured.LONG
    assert trace["cacheable_share"] == measured.CACHEABLE_SHARE


def test_speeds_and_refusals_are_those_of_the_llmperf_runs(data: Path) -> None:
    figures = recompute.llmperf(data)
    assert figures["first_token_ms"] == measured.FIRST_TOKEN_MS
    assert figures["between_tokens_ms"] == measured.BETWEEN_TOKENS_MS
    assert figures["rate_limited_calm"] == measured.RATE_LIMITED_CALM
    assert figures["rate_limited_storm"] == measured.RATE_LIMITED_STORM
    assert figures["connection_error"] == measured.CONNECTION_ERROR


def test_arrivals_are_those_of_the_servegen_clients(data: Path) -> None:
    figures = recompute.servegen(data)
    assert figures["hour_weights"] == measured.HOUR_WEIGHTS
    assert figures["weekend_factor"] == measured.WEEKEND_FACTOR
    assert figures["daily_cv"] == measured.DAILY_CV
    assert figures["gap_cv"] == measured.GAP_CV


def test_malformed_answers_are_those_of_the_aider_leaderboard(data: Path) -> None:
    assert recompute.aider(data)["malformed"] == measured.MALFORMED
