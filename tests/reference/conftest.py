from collections.abc import Iterator

import pytest

from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.rollups.rebuild import rebuild
from tests.connections import acting_as
from tests.reference.deployments import mixed, simulated, varied
from tests.rollups.tenants import NOW, Tenant, store, tenant


@pytest.fixture(scope="module", params=["mixed", *varied()], ids=lambda one: getattr(one, "slug", "mixed"))
def rebuilt(request: pytest.FixtureRequest, database: None) -> Iterator[Tenant]:
    """A deployment with its raw rows and its cells, inside its organization's scope, as the worker."""
    with acting_as("worker"):
        import_prices(now=NOW)
        owner = tenant()
        store(owner, mixed() if request.param == "mixed" else simulated(request.param))
        done = rebuild(**owner.place, now=NOW)
        assert done is not None
        assert done.requests >= 50
        with access.scope(owner.organization_id):
            yield owner
