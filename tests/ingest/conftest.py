import pytest

from apps.ingest import hints
from tests.ingest.sender import Sender, new_sender
from tests.live import LivePlatform


@pytest.fixture
def sender(live_platform: LivePlatform) -> Sender:
    """A tenant nobody else uses, before a real gunicorn."""
    return new_sender(live_platform.url)


@pytest.fixture
def other_sender(live_platform: LivePlatform) -> Sender:
    return new_sender(live_platform.url)


@pytest.fixture
def alone(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test does the worker's work itself: one that another test started is not told of it."""
    monkeypatch.setattr(hints, "send_or_leave", lambda _send: None)
