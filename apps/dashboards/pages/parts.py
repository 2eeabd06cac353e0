"""The five parts of a cost in words, each with its share; a part that is not measured says why."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import share

STUDY = {"token": 0.58, "retry": 0.14, "latency": 0.08, "selection": 0.15, "upkeep": 0.05}
"""Median breakdown of the published study, in shares of the total: literature, never peers."""


@dataclass(frozen=True)
class Part:
    """`figure` and `detail` are words; an `absent` part has no swatch and says in `detail` what it lacks."""

    kind: str
    name: str
    figure: str
    detail: str
    absent: bool
    literature: str


def parts(per_thousand: Mapping[str, int | None], why_absent: Mapping[str, str]) -> tuple[Part, ...]:
    """From nano-USD per 1,000 requests by part; `why_absent` says for each unknown part what would measure it."""
    total = sum(amount for amount in per_thousand.values() if amount is not None)
    made = []
    for kind, name in NAMES.items():
        amount = per_thousand.get(kind)
        absent = amount is None
        detail = why_absent.get(kind, "") if absent else share(amount / total) if total and amount is not None else ""
        figure = "not measured" if absent else money.dollars(amount)
        made.append(Part(kind, name, figure, detail, absent, share(STUDY[kind], decimals=0)))
    return tuple(made)


def study_bar() -> Bar:
    return bar(STUDY, owner="Published study, median of 47 deployments; literature, not peers")
