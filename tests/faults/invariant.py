"""Sent = stored + rejected with a reason + still held by the client; nothing twice; and every cell as raw rows say."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from apps.rollups.verify import Verified, verify
from tests.connections import acting_as
from tests.faults.load import Account, Load
from tests.faults.stack import Stack, wait_for
from tests.ingest.sender import Sender

MARKS = ("traces_stalehour", "traces_staletrace", "deployments_stalesince")


def nothing_lost(stack: Stack, load: Load, *, within_s: float = 180) -> None:
    """After the fault is over and the client has sent all it held; rollups are complete in three minutes."""
    balanced(load)
    rolled_up(stack, load.sender, within_s=within_s)


def balanced(load: Load) -> None:
    """Whatever was sent is stored once, rejected with a reason, or still held; and nothing else is stored."""
    _balanced(load.requests, _stored(load.sender, "traces_request", "request_id"))
    _balanced(load.spans, _stored(load.sender, "traces_span", "(trace_id || ' ' || span_id)"))


def rolled_up(stack: Stack, sender: Sender, *, within_s: float = 180) -> Verified:
    """No mark is left, and every figure of every cell is what raw rows yield."""
    wait_for(lambda: not marks_left(stack, sender), "rollups are complete", seconds=within_s)
    with acting_as("worker"):
        (verified,) = verify(organization_id=sender.organization_id, now=datetime.now(UTC))
    assert not verified.different_cells, verified.differences
    assert not verified.pending
    assert verified.requests == sender.count("traces_request")
    return verified


def marks_left(stack: Stack, sender: Sender) -> int:
    with stack.admin() as connection:
        return sum(
            _number(
                connection.execute(f"SELECT count(*) FROM {table} WHERE deployment_id = %s", [sender.deployment_id])
            )
            for table in MARKS
        )


def _number(cursor: Any) -> int:
    return int(cursor.fetchone()[0])


def _stored(sender: Sender, table: str, key: str) -> Counter[Any]:
    columns = f"{key} AS key"
    if table == "traces_request":  # those derived from spans are counted as spans
        rows = [row["key"] for row in sender.rows(table, f"{columns}, source") if row["source"] == "native"]
        return Counter(rows)
    return Counter(tuple(row["key"].split()) for row in sender.rows(table, columns))


def _balanced(account: Account, stored: Counter[Any]) -> None:
    assert not account.dropped, account.dropped[:3]
    assert not account.without_retry_after
    twice = [key for key, times in stored.items() if times > 1]
    assert not twice, twice[:3]
    kept, rejected = set(stored), set(account.rejected)
    assert not kept & rejected
    assert all(account.rejected.values())
    lost = account.sent - kept - rejected - account.held
    assert not lost, f"{len(lost)} of {len(account.sent)} lost: {sorted(lost)[:3]}"
    assert kept <= account.sent
