"""On whose clock a page tells times."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest

from apps.organizations.models import Organization

ZONE = "zone"
"""Of the address or the form, and of the cookie that static/js/zone.js keeps."""


def zone_of(request: HttpRequest, organization: Organization) -> ZoneInfo:
    """That which the address names, so that a link means the same to everybody; the browser's; the organization's."""
    named = (request.GET.get(ZONE), request.POST.get(ZONE), request.COOKIES.get(ZONE))
    return ZoneInfo(next((name for name in named if name in _known()), organization.time_zone))


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
