"""An organization with something on every page, and the addresses of the pages."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID

from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.freeze import freeze
from apps.dashboards.exports.write import write
from apps.dashboards.models import RequestExport
from apps.ingest.models import Batch, SetAside
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.rollups.sweep import rebuild_all
from tests.benchmarks import tenants
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD
from tests.names import unique
from tests.rollups.tenants import Tenant, store, traffic

OUTSIDE = {
    "sign-in": "/accounts/login/",
    "forgotten": "/accounts/password/reset/",
    "sign-up": "/accounts/signup/",
    "not-found": "/nothing-here",
    "method": "/method",
}
ACCOUNT = {
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
    "two-factor": "/accounts/2fa/",
    "confirm": "/accounts/2fa/totp/activate/",
    "sign-out": "/accounts/logout/",
}
EMPTY = {
    "empty-deployments": "",
    "empty-arrivals": "chat/",
    "empty-standing": "chat/standing",
    "empty-health": "chat/health",
    "empty-requests": "chat/requests",
    "empty-exports": "chat/requests/exports",
    "empty-failures": "chat/failures",
    "empty-waiting": "chat/waiting",
    "empty-money": "chat/money",
}
"""Of a deployment that has reported nothing yet."""


@dataclass(frozen=True)
class Shown:
    """An organization that stands among 21 others, with traffic of every kind, and one with nothing."""

    email: str
    pages: dict[str, str]


def stand() -> Shown:
    with acting_as("worker"):
        pool, members = unique("pool"), []
        for number in range(22):
            made = tenants.tenant(pool)
            for metric, low, step in (("efficiency_billing", 0.70, 0.01), ("retry_rate", 0.02, 0.005)):
                tenants.bring(made, low + step * number, metric=metric, stratum="complete")
            tenants.bring(made, 0.01 + 0.002 * number)
            members.append(made)
        freeze(week=tenants.WEEK, now=tenants.NOW, pool=pool)
        first = members[3]
        came = traffic(1, 400, days=20, end=timezone.now())
        store(Tenant(first.organization.pk, first.deployment.pk), came)
        import_prices(now=timezone.now())
        rebuild_all(now=timezone.now())
        _lose(first.organization.pk, first.deployment.pk)
        slug = first.organization.slug
        user = User.objects.get(email=f"{slug}@example.com")
        user.set_password(PASSWORD)
        user.save()
    at = f"/o/{slug}"
    names = {"deployments": "/", "standing": "/chat/standing", "arrivals": "/chat/", "keys": "/chat/keys"}
    names |= {
        "settings": "/chat/settings",
        "health": "/chat/health",
        "members": "/-/members",
        "tokens": "/-/tokens",
        "add": "/-/add",
    }
    names |= {
        "prices": "/chat/prices",
        "prices-entering": "/chat/prices?provider=self-hosted&model=house-llama#enter-price",
    }
    names |= {"money": "/chat/money", "money-by-model": "/chat/money?by=model&per=week&environment=all"}
    names |= {"money-mistaken": "/chat/money?from=2026-99-99", "bills": "/chat/money/bills"}
    names |= {"requests": "/chat/requests", "requests-filtered": "/chat/requests?cause=rate_limited&min_cost_usd=x"}
    names |= {
        "failures": "/chat/failures",
        "waiting": "/chat/waiting?environment=all",
        "waiting-wrong": "/chat/waiting?from=yesterday",
    }
    names |= {
        "money-by-tag": "/chat/money?by=tag&environment=all",
        "decay": "/chat/decay",
        "providers": "/chat/providers",
        "replay-sets": "/chat/providers/replay-sets",
        "compare": "/chat/compare",
        "what-if": "/chat/what-if?change=cap&retries=0",
        "rules": "/chat/rules",
        "tasks": "/chat/tasks",
        "files": "/chat/files",
    }
    longest = max(came, key=lambda one: len(one.attempts))
    names["request"] = f"/chat/requests/{longest.received_at.astimezone(UTC):%Y-%m-%d}/{longest.request_id}"
    names |= {"exports": "/chat/requests/exports", "export": f"/chat/requests/exports/{_exported(first)}"}
    return Shown(user.email, {name: at + rest for name, rest in names.items()})


def _exported(place: tenants.Tenant) -> UUID:
    """A file that is ready."""
    now, organization_id = timezone.now(), place.organization.pk
    with acting_as("web"), access.scope(organization_id):
        one = RequestExport.objects.create(
            organization_id=organization_id,
            deployment_id=place.deployment.pk,
            asked={"outcome": "failed"},
            said="outcome=failed",
            since=now - timedelta(days=28),
            until=now,
            state=RequestExport.State.WAITING,
            created_at=now,
            expires_at=now + timedelta(days=7),
        )
    with acting_as("worker"):
        write(organization_id=organization_id, export_id=one.pk, clock=timezone.now)
    return one.key


def _lose(organization_id: int, deployment_id: int) -> None:
    """A post of which something was not taken, one that was turned down, and a clock that was wrong."""
    message = "received_at is older than 400 days, for which raw traces are kept."
    samples = [{"index": number, "code": "too_old", "message": message} for number in (3, 17)]
    lossy = {"accepted": 812, "rejected": 2, "reasons": {"too_old": 2}, "warnings": {"clock_skew_corrected": 812}}
    whole = {"accepted": 0, "rejected": 0, "reasons": {}, "warnings": {}, "refused": "body_too_large"}
    owner = {"organization_id": organization_id, "deployment_id": deployment_id, "received_at": timezone.now()}
    common = {"duplicate": 4, "conflict": 0, "body_bytes": 1, "digest": b""}
    with access.scope(organization_id):
        Batch.objects.create(**owner, **common, **lossy, source="native", samples=samples, skew_ms=95_000)
        Batch.objects.create(**owner, **common, **whole, source="otlp")
        SetAside.objects.create(
            organization_id=organization_id,
            deployment_id=deployment_id,
            unit="a",
            error="builtins.ValueError",
            at=timezone.now(),
        )
