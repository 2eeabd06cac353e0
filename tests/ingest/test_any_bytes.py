"""Whatever is posted is taken or refused: never a fault, and never something that stands in the way of the rest."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from hypothesis import given

from apps.ingest.rederive import rederive
from apps.pricing.import_prices import import_prices
from apps.rollups.rebuild import rebuild
from apps.rollups.verify import verify
from tests.connections import acting_as
from tests.effort import effort
from tests.ingest.anything import Anything, posts
from tests.ingest.sender import new_sender
from tests.ingest.waiting import eventually

pytestmark = pytest.mark.usefixtures("alone")


def test_any_bytes_are_taken_or_refused_and_what_is_taken_can_be_computed() -> None:
    """With every server of ours up, 503 would be a poison too: its client sends it again for ever."""
    sender, client = new_sender(""), Client()

    @effort(250)
    @given(posts())
    def post(sent: Anything) -> None:
        headers = {"Authorization": f"Bearer {sender.key}", **sent.headers}
        content_type = headers.pop("Content-Type")
        answer = client.generic("POST", sent.path, sent.body, content_type=content_type, headers=headers)
        assert answer.status_code in {200, 400, 413, 415}

    post()
    assert sender.count("traces_request") > 0
    assert sender.count("traces_span") > 0
    now = datetime.now(UTC)
    place = {"organization_id": sender.organization_id, "deployment_id": sender.deployment_id}
    with acting_as("worker"):
        import_prices(now=now)
        eventually(lambda: not rederive(**place, now=now) and not sender.count("traces_staletrace"), seconds=180)
        assert rebuild(**place, now=now)
        (verified,) = verify(organization_id=sender.organization_id, now=now)
    assert sender.rows("ingest_setaside") == []
    assert (verified.different_cells, verified.pending) == (0, 0)
    assert verified.requests == sender.count("traces_request")
