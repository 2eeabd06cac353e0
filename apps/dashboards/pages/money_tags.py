"""By tag: which keys there are to choose from, and what has to be said of their values."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.queries.money import Apart
from apps.dashboards.wording.shares import count
from apps.rollups.labels import MOST_TAG_KEYS, MOST_TAG_VALUES
from apps.rollups.sums import RequestSums
from apps.rollups.totals import add

MOST_OFFERED = 12


@dataclass(frozen=True)
class Choice:
    name: str
    url: str
    here: bool


@dataclass(frozen=True)
class Tags:
    """`choices`: keys; `none`: what to say where there is none; `basis`: what stands under the table."""

    key: str
    choices: tuple[Choice, ...]
    none: str
    basis: str
    chargeback: str
    """Where the months are as a file."""


NONE = gettext_lazy(
    "No request of these days carries a tag. Send “tags” with each request, such as a team or the name of a key, and "
    "what each of them cost is summed here from then on."
)


def tags(found: Apart, *, address: Callable[..., str], chargeback: Callable[[str], str]) -> Tags | None:
    """None where the table is not by tag. `chargeback(key)`: the address of the file of months."""
    if found.keys is None:
        return None
    offered = [one.key for one in found.keys.keys[:MOST_OFFERED]]
    if found.key and found.key not in offered:
        offered.append(found.key)
    return Tags(
        key=found.key or "",
        choices=tuple(
            Choice(one, address(by="tag", key=one, page=None, sort=None), one == found.key) for one in offered
        ),
        none="" if found.key else str(NONE),
        basis=_basis(found, found.keys.crowded_days),
        chargeback=chargeback(found.key) if found.key else "",
    )


def _basis(found: Apart, crowded_days: int) -> str:
    said = [
        _(
            "Requests stand at the value they carry; together they are every request of these days, so that rows add up to "
            "what was billed."
        )
    ]
    if crowded_days:
        crowded = _(
            "On {days} there were more than {keys} keys, and the dearest are told apart: what has no value then is among the "
            "folded."
        )
        said.append(crowded.format(days=count(crowded_days, "day"), keys=MOST_TAG_KEYS))
    folded = _("In an hour or a day the {values} dearest values are told apart, the others are folded.")
    said += [folded.format(values=MOST_TAG_VALUES), _coverage(add(one.sums for one in found.slices))]
    return " ".join(said)


def _coverage(sums: RequestSums) -> str:
    return _(
        "Failed is of {requests} whose outcome is known, retried of {counted} whose attempts can be counted. "
    ).format(requests=count(sums.outcome_known, "request"), counted=count(sums.counted))
