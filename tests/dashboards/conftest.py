from collections.abc import Iterator

import pytest

from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme


@pytest.fixture
def place(database: None) -> Iterator[Acme]:
    """An organization of its own; the test acts as the web."""
    made = acme()
    with acting_as("web"):
        yield made
