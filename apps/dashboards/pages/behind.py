"""Addresses of the requests behind a figure: the page of requests with its filters set, over the same window."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from apps.dashboards.carried import moment
from apps.dashboards.clock import ZONE
from apps.dashboards.queries.span import Span
from apps.rollups.labels import OTHER


@dataclass(frozen=True)
class Behind:
    """`path` is the page of requests, `zone` the one in which it takes moments."""

    path: str
    span: Span
    zone: ZoneInfo

    def at(self, **filters: str) -> str:
        """Empty where a label was not told, or stands for many: such requests cannot be asked for by it."""
        if any(value in ("", OTHER) for value in filters.values()):
            return ""
        start, until = self.span.start, self.span.end + timedelta(days=1)
        window = {"since": moment(start, self.zone), "until": moment(until, self.zone)}
        where = {"environment": self.span.environment} if self.span.environment else {}
        return f"{self.path}?{urlencode({**window, ZONE: self.zone.key, **where, **filters})}"
