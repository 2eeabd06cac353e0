"""What the ledger keeps of rejected items: why, and nothing that stood in them."""

import json
from datetime import UTC, datetime

import pytest

from tests.ingest.items import array, attempt, item
from tests.ingest.sender import Sender

CANARY = "the-quick-canary"


def broken() -> list[dict[str, object]]:
    """Items with a text where no text belongs, each turned down for another reason."""
    now = datetime.now(UTC)
    return [
        {**item(at=now), CANARY: 1},
        {**item(at=now), f"x - at `$.{CANARY}": 1},
        item(at=now, outcome=CANARY),
        item(at=now, outcome=f"x - at `$.{CANARY}`"),
        item(at=now, attempts=[attempt(currency=CANARY, cost=1)]),
        item(at=now, attempts=[attempt(latency_ms=CANARY)]),
        item(at=now, task=CANARY * 100),
        item(at=now, tags={CANARY: {"deeper": CANARY}}),
        item(at=now, streaming=CANARY),
        {"request_id": CANARY, "received_at": CANARY},
        {"received_at": now.isoformat(), "route": CANARY},
    ]


@pytest.mark.parametrize("number", range(len(broken())))
def test_a_sample_says_why_and_never_what_stood_in_the_item(sender: Sender, number: int) -> None:
    answer = sender.send([broken()[number]])
    (told,) = answer.json["rejected"]
    kept = sender.rows("ingest_batch")[0]["samples"]
    (sample,) = json.loads(kept) if isinstance(kept, str) else kept
    assert (sample["index"], sample["code"]) == (0, told["code"])
    assert sample["message"]
    assert CANARY not in str(kept)


@pytest.mark.parametrize("path", ["/api/v1/scores", "/v1/litellm"])
def test_the_other_ways_in_keep_no_text_either(sender: Sender, path: str) -> None:
    rows = [{CANARY: CANARY, "value": CANARY, "startTime": CANARY, "litellm_call_id": CANARY}]
    assert sender.post(array(rows), path).json["rejected"]
    kept = sender.rows("ingest_batch")[0]["samples"]
    assert kept
    assert CANARY not in str(kept)


def test_text_that_is_no_json_is_not_kept(sender: Sender) -> None:
    body = f'{{"request_id": "a" {CANARY}}}\n{{"request_id": NaN, "task": "{CANARY}"}}'.encode()
    assert sender.post(body, Content_Type="application/x-ndjson").counts[3] == 2
    assert CANARY not in str(sender.rows("ingest_batch"))


def test_three_of_a_post_are_kept_and_none_where_all_were_taken(sender: Sender) -> None:
    now = datetime.now(UTC)
    sender.send([item(at=now)])
    sender.send([item("old", at=now.replace(year=2001))] * 5)
    first, second = sender.rows("ingest_batch", "samples", order="id")
    assert first["samples"] is None
    kept = second["samples"]
    assert [one["index"] for one in (json.loads(kept) if isinstance(kept, str) else kept)] == [0, 1, 2]
