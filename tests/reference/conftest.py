from collections.abc import Iterator

import pytest

from apps.demo.simulate import profile
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.rollups.rebuild import rebuild
from tests.connections import acting_as
from tests.reference.deployments import mixed, simulated, varied
from tests.rollups.tenants import NOW, Tenant, store, tenant

_BUILT: dict[object, Tenant] = {}
"""Deployments are stored and rebuilt once a run; nothing changes them."""


@pytest.fixture(scope="module", params=["mixed", *varied()], ids=lambda one: getattr(one, "slug", "mixed"))
def rebuilt(request: pytest.FixtureRequest, database: None) -> Iterator[Tenant]:
    """A deployment with its raw rows and its cells, inside its organization's scope, as the worker."""
    with acting_as("worker"):
        key = request.param if isinstance(request.param, str) else request.param.key
        owner = _BUILT.get(key) or _BUILT.setdefault(key, _build(request.param))
        with access.scope(owner.organization_id):
            yield owner


def _build(kind: str | profile.Deployment) -> Tenant:
    import_prices(now=NOW)
    owner = tenant()
    store(owner, mixed() if isinstance(kind, str) else simulated(kind))
    done = rebuild(**owner.place, now=NOW)
    assert done is not None
    assert done.requests >= 50
    return owner
