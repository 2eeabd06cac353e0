"""What happened, told by a program: stored once, of the key's deployment alone, and refused with a reason."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.ingest.sender import Sender, new_sender

pytestmark = pytest.mark.usefixtures("database")
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def tell(sender: Sender, *items: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {sender.key}"}
    answer = Client().post("/api/v1/annotations", json.dumps(items), content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_deploy_that_says_it_twice_marks_once() -> None:
    sender, other = new_sender(""), new_sender("")
    release = {"kind": "release", "label": "router 1.4", "at": NOON.isoformat()}
    assert tell(sender, release, {**release, "label": " router  1.4 "})["duplicate"] == 1
    assert tell(sender, release)["duplicate"] == 1
    assert tell(other, release)["accepted"] == 1
    (kept,) = sender.rows("deployments_annotation", "at, kind, label")
    assert kept == {"at": NOON, "kind": "release", "label": "router 1.4"}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"kind": "release"}, "missing_field"),
        ({"kind": "party", "label": "x"}, "invalid_value"),
        ({"kind": "other", "label": "   "}, "invalid_value"),
        ({"kind": "other", "label": "x" * 121}, "invalid_length"),
        ({"kind": "other", "label": "a\0b"}, "invalid_encoding"),
        ({"kind": "other", "label": "x", "at": "2026-11-22T10:00:00"}, "invalid_time"),
        ({"kind": "other", "label": "x", "at": "9999-01-01T00:00:00Z"}, "future"),
        ({"kind": "other", "label": "x", "at": "0001-01-01T00:00:00Z"}, "too_old"),
        ({"kind": "other", "label": "x", "prompt": "secret"}, "unknown_field"),
        (7, "invalid_type"),
    ],
)
def test_what_cannot_be_a_mark_is_refused_with_a_reason_and_the_rest_is_kept(item: object, code: str) -> None:
    sender = new_sender("")
    told = tell(sender, item, {"kind": "incident", "label": "provider down"})
    assert told["accepted"] == 1
    (rejected,) = told["rejected"]
    assert (rejected["index"], rejected["code"]) == (0, code)
