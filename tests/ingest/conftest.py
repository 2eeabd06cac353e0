import pytest

from tests.ingest.sender import Sender, new_sender
from tests.live import LivePlatform


@pytest.fixture
def sender(live_platform: LivePlatform) -> Sender:
    """A tenant nobody else uses, before a real gunicorn."""
    return new_sender(live_platform.url)


@pytest.fixture
def other_sender(live_platform: LivePlatform) -> Sender:
    return new_sender(live_platform.url)
