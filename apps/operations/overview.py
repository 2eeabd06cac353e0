"""The operator's page: the doctor's looks that a web process may take."""

from dataclasses import dataclass
from datetime import datetime

from apps.operations.doctor.examine import LOOKS, examine
from apps.operations.doctor.finding import OK, Finding

NOT_WHILE_SOMEBODY_WAITS = ("mail",)
"""A mail server may take twenty seconds to say that it is not there."""


@dataclass(frozen=True)
class Overview:
    findings: tuple[Finding, ...]

    @property
    def wrong(self) -> int:
        return sum(one.level != OK for one in self.findings)


def build(*, now: datetime) -> Overview:
    looks = [look for look in LOOKS if look[0] not in NOT_WHILE_SOMEBODY_WAITS]
    return Overview(tuple(examine(now=now, looks=looks)))
