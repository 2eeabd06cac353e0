"""Addresses of the requests behind a figure: the page of requests with its filters set, over the same window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

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
        window = {"since": self._moment(self.span.start), "until": self._moment(self.span.end + timedelta(days=1))}
        where = {"environment": self.span.environment} if self.span.environment else {}
        return f"{self.path}?{urlencode({**window, ZONE: self.zone.key, **where, **filters})}"

    def _moment(self, day: date) -> str:
        """Midnight UTC on the clock of the zone; with its offset where the clock shows that hour twice."""
        local = datetime.combine(day, time(), UTC).astimezone(self.zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return local.isoformat(timespec="minutes") if twice else f"{local:%Y-%m-%dT%H:%M}"
