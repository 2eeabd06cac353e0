"""What the benches of ingest measure is stored once, and they say so; how long it took is no test's business."""

import json

import pytest

from apps.bench import render
from apps.bench.result import Ratio, Result
from tests.bench.conftest import Bench

pytestmark = pytest.mark.load


def kept(result: Result) -> list[Ratio]:
    """The checks: what was acknowledged is stored."""
    return [ratio for ratio in result.ratios if "stored / sent" in ratio.name]


def test_ingest_stores_what_it_posts_in_every_protocol_and_compares_it_with_its_floors(bench: Bench) -> None:
    result = bench("ingest", "--batch", "1,10", "--work", "20")
    # Two rounds of 20 singles and two posts of ten in three native codings, and the rows that were only copied.
    assert [ratio.name for ratio in kept(result)] == ["requests stored / sent (280)", "spans stored / sent (80)"]
    assert all(ratio.reached for ratio in kept(result))
    assert {"empty", "copy", "parse json", "parse otlp", "json 1", "ndjson-gz 10", "otlp 10"} <= {
        row["what"] for row in result.rows
    }
    assert {"ndjson 1 / empty", "decode json / parse json"} <= {ratio.name for ratio in result.ratios}
    assert json.loads(render.as_json(result))["bench"] == "ingest"


def test_a_post_sent_again_or_repacked_stores_nothing_more(bench: Bench) -> None:
    result = bench("dedup", "--batch", "200", "--work", "200")
    assert [ratio.name for ratio in kept(result)] == ["requests stored / sent (400)", "spans stored / sent (400)"]
    assert "ndjson again / first" in {ratio.name for ratio in result.ratios}


def test_writers_side_by_side_lose_nothing_and_the_server_without_marks_leaves_none(bench: Bench) -> None:
    result = bench("contention", "--writers", "2", "--batch", "10", "--work", "40")
    assert [ratio.name for ratio in kept(result)] == ["requests stored / sent (80)"] * 2
    assert not result.notes


def test_every_request_is_derived_of_the_spans_that_were_acknowledged(bench: Bench) -> None:
    result = bench("derive", "--batch", "30", "--work", "60")
    assert [ratio.name for ratio in kept(result)] == ["spans stored / sent (120)", "requests stored / sent (40)"]


def test_the_refusals_of_a_neighbour_beyond_its_quota_are_its_own(bench: Bench) -> None:
    result = bench("neighbours", "--items", "2", "--rate", "20", "--seconds", "1")
    assert [ratio.reached for ratio in kept(result)] == [True]
    alone, within, beyond = result.rows
    assert alone["neighbour taken"] == within["neighbour refused (429)"] == 0
    assert beyond["neighbour refused (429)"]
    assert beyond["neighbour else"] == 0
