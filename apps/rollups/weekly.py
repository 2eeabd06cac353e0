"""The evidence of an efficiency, week by week, summed where the cells lie; needs an open organization."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from psycopg import sql

from apps.costing.efficiency import Evidence
from apps.costing.frames import MEASURABLE
from apps.rollups.select import placed, summed
from apps.rollups.sums import BASES

OF_ALL = (
    "requests", "measurable", "outcome_known", "served_dispatched", "served_with_tokens", "served_tokens",
    "served_tokens_priced", "waiting", "waiting_delay_known", "waiting_overhead_known", "undispatched", "evaluable_tokens",
    *BASES,
)  # fmt: skip
OF_MEASURABLE = ("published_token_nano", "published_retry_nano", "loss_nano", "published_regret_nano")
"""Of the classes whose attempts are all known, as `Totals.evidence` has them."""
SUMS = (*OF_ALL, *OF_MEASURABLE)
Weekly = Sequence[int]
"""Of one week: SUMS in their order. A list of deployments reads hundreds of weeks, so they stay numbers until they are told."""


def evidence_by_week(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date
) -> Mapping[int, Mapping[str, Mapping[date, Weekly]]]:
    """By deployment, environment and the Monday of an ISO week; weeks without requests are absent. One statement.

    `start` is a Monday: weeks are counted from it, which is a tenth of the work of naming each day's.
    """
    where, values = placed(organization_id, deployment_ids, start, end, environment=None)
    week = sql.SQL("(day - {}::date) / 7").format(sql.Literal(start))
    measurable = sql.SQL("completeness = ANY({})").format(sql.Literal(list(MEASURABLE)))
    found: dict[int, dict[str, dict[date, Weekly]]] = {}
    keys: list[str | sql.Composable] = ["deployment_id", "environment", week]
    rows = summed("whole", SUMS, keys, (where, values), only=dict.fromkeys(OF_MEASURABLE, measurable))
    for one, name, number, *sums in rows:
        found.setdefault(one, {}).setdefault(name, {})[start + timedelta(weeks=number)] = sums
    return found


def evidence_of(some: Sequence[Weekly]) -> Evidence:
    """Of the same week of several environments together."""
    sums = dict(zip(SUMS, some[0] if len(some) == 1 else map(sum, zip(*some, strict=True)), strict=True))
    return Evidence(
        requests=sums["requests"],
        measurable=sums["measurable"],
        outcome_known=sums["outcome_known"],
        served=sums["served_dispatched"],
        served_with_tokens=sums["served_with_tokens"],
        served_tokens=sums["served_tokens"],
        served_tokens_priced=sums["served_tokens_priced"],
        token_nano=sums["published_token_nano"],
        retry_nano=sums["published_retry_nano"],
        waiting=sums["waiting"],
        delay_known=sums["waiting_delay_known"],
        overhead_known=sums["waiting_overhead_known"],
        dispatched=sums["requests"] - sums["undispatched"],
        one_basis=max(sums[basis] for basis in BASES),
        loss_nano=sums["loss_nano"],
        evaluable_tokens=sums["evaluable_tokens"],
        regret_nano=sums["published_regret_nano"],
    )
