"""The one routing efficiency, a metric for each scope."""

from collections.abc import Callable

from django.utils.translation import gettext_noop as _

from apps.costing.efficiency import BILLING, LATENCY, SELECTION, efficiencies
from apps.rollups.metrics.definition import Direction, Found, Metric, Unit
from apps.rollups.totals import Totals


def _in_scope(scope: str) -> Callable[[Totals], Found]:
    def find(totals: Totals) -> Found:
        found = next(one for one in efficiencies(totals.evidence) if one.scope == scope)
        basis = totals.completeness_class or ""
        return Found(found.value, totals.requests.published_split, totals.requests.requests, basis)

    return find


def _efficiency(scope: str, title: str, denominator: str) -> Metric:
    return Metric(
        name=f"efficiency_{scope}",
        title=title,
        unit=Unit.SHARE,
        direction=Direction.HIGHER,
        numerator=_("token cost"),
        denominator=denominator,
        coverage=_("requests whose cost is split into parts, of all"),
        why=_("Of each dollar that routing costs, how much bought the answer itself."),
        caveat=_(
            "Under the published assumptions, for everybody: list prices, 1.2 % of engagement lost per 100 ms, "
            "$0.50 per 1,000 user-facing requests, no declared maintenance. Scopes are not comparable with each other."
        ),
        find=_in_scope(scope),
    )


EFFICIENCY = (
    _efficiency(BILLING, _("Routing efficiency (billing)"), _("token cost + retry overhead")),
    _efficiency(LATENCY, _("Routing efficiency (latency)"), _("token cost + retry overhead + latency impact")),
    _efficiency(
        SELECTION,
        _("Routing efficiency (selection)"),
        _("token cost + retry overhead + latency impact + selection inefficiency"),
    ),
)
