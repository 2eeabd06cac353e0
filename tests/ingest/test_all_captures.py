"""Every capture of every client, also of those that are not read yet."""

import os
from pathlib import Path

import msgspec
import pytest

from apps.ingest import otlp
from apps.ingest.limits import Limits
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture, requests_of

FOLDER = Path(os.environ.get("TOLLMARK_TRACES", Path(__file__).parents[3] / "shared" / "traces"))
CAPTURES = [c for c in captures.all_in(FOLDER) if c.bodies] if FOLDER.is_dir() else []

pytestmark = pytest.mark.public_data


def test_the_captures_are_there() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"no captures in {FOLDER}")
    assert len(CAPTURES) >= 50


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda c: c.folder.name)
def test_it_never_finds_more_than_there_was_and_keeps_no_content(capture: Capture) -> None:
    facts = capture.facts()
    found = requests_of(facts)
    checks = capture.case["checks"]
    assert len(found) <= checks["logical_count_true"]
    assert sum(len(r.attempts) for r in found) <= checks["attempts_true"]
    kept = msgspec.json.encode(facts).decode()
    assert [text for text in checks["content_strings_that_must_not_be_stored"] if text in kept] == []


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda c: c.folder.name)
def test_no_span_of_a_real_client_is_rejected(capture: Capture) -> None:
    for body in capture.bodies:
        assert otlp.decode(body, now=TAKEN, limits=Limits()).rejected == []


@pytest.mark.parametrize(
    "capture", [c for c in CAPTURES if "otel-v2" not in c.folder.name], ids=lambda c: c.folder.name
)
def test_a_client_that_is_not_read_yet_yields_no_request(capture: Capture) -> None:
    assert requests_of(capture.facts()) == []
