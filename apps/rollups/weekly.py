"""The evidence of an efficiency, week by week; needs an open organization."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from psycopg import sql

from apps.costing.efficiency import Evidence
from apps.rollups.select import placed, summed
from apps.rollups.sums import BASES, AttemptSums, RequestSums
from apps.rollups.totals import Totals, add

EVIDENCE_SUMS = (
    "requests",
    "measurable",
    "outcome_known",
    "served_dispatched",
    "served_with_tokens",
    "served_tokens",
    "served_tokens_priced",
    "published_token_nano",
    "published_retry_nano",
    "waiting",
    "waiting_delay_known",
    "waiting_overhead_known",
    "undispatched",
    *BASES,
    "loss_nano",
    "evaluable_tokens",
    "published_regret_nano",
)
"""All that `Totals.evidence` reads."""
Weekly = Mapping[str, RequestSums]
"""Of one week, by completeness: EVIDENCE_SUMS alone."""


def evidence_by_week(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date
) -> Mapping[int, Mapping[str, Mapping[date, Weekly]]]:
    """By deployment, environment and the Monday of an ISO week; weeks without requests are absent. One statement."""
    place = placed(organization_id, deployment_ids, start, end, environment=None)
    keys: list[str | sql.Composable] = [
        "deployment_id",
        "environment",
        sql.SQL("date_trunc('week', day)::date"),
        "completeness",
    ]
    found: dict[int, dict[str, dict[date, dict[str, RequestSums]]]] = {}
    for one, name, monday, completeness, *sums in summed("request", EVIDENCE_SUMS, keys, place):
        weeks = found.setdefault(one, {}).setdefault(name, {})
        weeks.setdefault(monday, {})[completeness] = RequestSums(**dict(zip(EVIDENCE_SUMS, sums, strict=True)))
    return found


def evidence_of(some: Sequence[Weekly]) -> Evidence:
    """Of the same week of several environments together."""
    names = sorted({name for one in some for name in one})
    classes = {name: add(one[name] for one in some if name in one) for name in names}
    return Totals(date.min, date.min, None, 0, classes, AttemptSums()).evidence
