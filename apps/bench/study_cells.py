"""The study's cells: rebuilt from its raw rows by the real rebuild, here and now."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from apps.bench import stack
from apps.bench.study import DAYS, Laid, lay
from apps.deployments.models import StaleSince
from apps.organizations import access
from apps.pricing.import_prices import import_prices
from apps.quality.freeze import freeze
from apps.rollups.rebuild import SINCE_EVER, rebuild


def laid_out(*sizes: int, now: datetime, name: str, tagged: bool = False) -> list[Laid]:
    """Tables, prices and one organization for each number of requests, with raw rows and without cells."""
    stack.prepare(days=DAYS + 1)
    import_prices(now=now)
    return [
        lay(slug=f"{name}-{requests}-{now:%H%M%S}", requests=requests, now=now, tagged=tagged) for requests in sizes
    ]


def know(laid: Laid, *, now: datetime) -> int:
    """What is known each day of the models by the scores of the days before; how many days were made."""
    places = [{"organization_id": laid.organization_id, "deployment_id": one} for one, _, _ in laid.deployments]
    return sum(freeze(**place, now=now) for place in places)


def rebuild_whole(laid: Laid, *, now: datetime) -> int:
    """Every cell of the organization, from all its raw rows; how many requests."""
    requests = 0
    for deployment_id, _, _ in laid.deployments:
        place = {"organization_id": laid.organization_id, "deployment_id": deployment_id}
        with access.scope(laid.organization_id):
            StaleSince.objects.create(**place, since=SINCE_EVER, marked_at=now)
        while (done := rebuild(**place, now=now)) is not None:
            requests += done.requests
            if not done.left:
                break
    return requests


def forget_peak_memory() -> None:
    """Begin to measure the peak anew, where the kernel lets one."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory_mb() -> float:
    """The most memory that this process held since `forget_peak_memory`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
