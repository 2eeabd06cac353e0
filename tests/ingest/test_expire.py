from datetime import UTC, datetime, timedelta

from apps.ingest.expire import expire
from tests.connections import acting_as
from tests.ingest.items import item
from tests.ingest.sender import Sender


def test_the_ledger_reaches_back_as_far_as_the_raw_rows(sender: Sender, other_sender: Sender) -> None:
    now = datetime.now(UTC)
    for one in (sender, other_sender):
        one.send([item(at=now)])
    with acting_as("worker"):
        expire(now=now + timedelta(days=399))
    assert sender.count("ingest_batch") == other_sender.count("ingest_batch") == 1
    with acting_as("worker"):
        assert expire(now=now + timedelta(days=401)) >= 2
    assert sender.count("ingest_batch") == other_sender.count("ingest_batch") == 0
