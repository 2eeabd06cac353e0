import pytest

from apps.pricing.import_prices import import_prices
from tests.rollups.tenants import NOW


@pytest.fixture
def priced(as_worker: None) -> None:
    """As the worker, with the price list there."""
    import_prices(now=NOW)
