"""The operator's page: the doctor's looks that a web process may take."""

from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from apps.operations.doctor.examine import LOOKS, examine
from apps.operations.doctor.finding import OK, Finding
from apps.pricing.models import Proposal
from apps.pricing.queries import decided, waiting

NOT_WHILE_SOMEBODY_WAITS = ("mail",)
"""A mail server may take twenty seconds to say that it is not there."""


@dataclass(frozen=True)
class Overview:
    """`waiting`: prices that are hard to believe; `decided`: the latest words on such. None: they could not be read."""

    findings: tuple[Finding, ...]
    waiting: tuple[Proposal, ...] | None
    decided: tuple[Proposal, ...] | None

    @property
    def wrong(self) -> int:
        return sum(one.level != OK for one in self.findings)


def build(*, now: datetime) -> Overview:
    looks = [look for look in LOOKS if look[0] not in NOT_WHILE_SOMEBODY_WAITS]
    try:
        prices = tuple(waiting()), tuple(decided())
    except DatabaseError:  # the page has to answer when the database is away
        return Overview(tuple(examine(now=now, looks=looks)), None, None)
    return Overview(tuple(examine(now=now, looks=looks)), *prices)
