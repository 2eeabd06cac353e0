"""Every look there is, in the order in which one would mend what they find."""

from collections.abc import Callable, Iterable
from datetime import datetime

from apps.operations.doctor import broker, disk, mail, postgres, walls, work
from apps.operations.doctor.finding import FAIL, Finding

Look = Callable[[datetime], Iterable[Finding]]
LOOKS: tuple[tuple[str, Look], ...] = (
    ("durability", postgres.durability),
    ("clock of the database", postgres.clock),
    ("migrations", postgres.migrations),
    ("roles", walls.roles),
    ("walls", walls.tables),
    ("partitions", work.partitions),
    ("disk", disk.free),
    ("Redis", broker.servers),
    ("marks", work.marks),
    ("quarantine", work.quarantine),
    ("mail", mail.delivery),
)


def examine(*, now: datetime, looks: Iterable[tuple[str, Look]] | None = None) -> list[Finding]:
    """All of them, also after one could not look; as the worker, which alone learns the names of who is set aside."""
    return [finding for name, look in (LOOKS if looks is None else looks) for finding in _looked(name, look, now)]


def _looked(name: str, look: Look, now: datetime) -> list[Finding]:
    try:
        return list(look(now))
    except Exception as error:  # noqa: BLE001  # whatever keeps it from looking is what there is to say
        said = f"could not be looked at: {type(error).__qualname__}"
        return [Finding(name, FAIL, said, "See that it answers, and that its address in the environment is right.")]
