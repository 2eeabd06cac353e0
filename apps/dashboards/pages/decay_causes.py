"""Why rules choose worse than they did, in words, and why that is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from apps.costing.decay import CAUSES, Cause
from apps.dashboards.figures.decay import Bar, causes
from apps.dashboards.queries.decay import Decayed, Fall, Rate
from apps.dashboards.wording import decay as wording
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.signs import MINUS


@dataclass(frozen=True)
class Part:
    """One cause in words; `figure` with its sign where it is a gain."""

    kind: str
    name: str
    figure: str
    note: str


@dataclass(frozen=True)
class Why:
    title: str
    bar: Bar | None
    parts: tuple[Part, ...]
    note: str


def why(fall: Fall) -> Why | None:
    if fall.parts is None:
        return None
    figures = _rounded({cause: float(part) for cause, part in fall.parts.items()})
    parts = tuple(_part(cause, figures[cause]) for cause in sorted(CAUSES, key=lambda one: -figures[one]))
    lost = {cause.value: figures[cause] for cause in CAUSES}
    told = ", ".join(f"{one.name.lower()} {one.figure}" for one in parts)
    label = _("Causes of the loss, in percentage points: {causes}.").format(causes=told)
    note = _(
        "The requests of {after} and of {before}, each judged under the other days' prices, candidates and quality. The four "
        "causes sum to the loss, in whatever order they are taken."
    )
    return Why(
        title=_("Why {before} became {after}").format(before=share(fall.before.value), after=share(fall.after.value)),
        bar=causes(lost, label=label) if any(value > 0 for value in lost.values()) else None,
        parts=parts,
        note=note.format(after=_days(fall.after), before=_days(fall.before)),
    )


def _rounded(parts: Mapping[Cause, float]) -> dict[Cause, float]:
    """In tenths of a point; what rounding takes from one it gives to the next, so that they add up as they are read."""
    told, exact, given = {}, 0.0, 0
    for cause in CAUSES:
        exact += 1_000 * parts[cause]
        tenths = round(exact) - given
        told[cause] = tenths / 10
        given += tenths
    return told


def _part(cause: Cause, value: float) -> Part:
    note = wording.LOSES[cause] if value > 0 else wording.GAINS[cause] if value < 0 else _("no part in it")
    sign = MINUS if value < 0 else ""
    return Part(cause.value, wording.CAUSES[cause], wording.pp(sign, value), note)


def _days(rate: Rate) -> str:
    return times.window(rate.days[0], rate.days[-1])


def why_missing(found: Decayed, fall: Fall) -> str:
    if fall.parts is not None:
        return ""
    if not fall.after.days:
        return _(
            "Causes are told from the eighth day on which requests are evaluable: the first seven are what is compared with."
        )
    if found.aged.computed_at is None:
        return _("The causes are being computed: it takes some minutes after the days were rolled up.")
    return _(
        "The causes of some of the last seven days are being computed, or the requests of the first days are gone."
    )


def told(parts: Mapping[Cause, Fraction]) -> str:
    """The causes that took or gave anything, the largest loss first: `price change 2.6 pp, quality +0.5 pp`."""
    figures = _rounded({cause: float(part) for cause, part in parts.items()})
    return ", ".join(
        f"{wording.CAUSES[cause].lower()} {wording.pp(MINUS if figures[cause] > 0 else '+', figures[cause])}"
        for cause in sorted(CAUSES, key=lambda one: -figures[one])
        if figures[cause]
    )
