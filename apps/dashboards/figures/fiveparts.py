"""The five-part bar: what a dollar was spent on, in one order and one set of colours everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.dashboards.wording.translate import Names, gettext
from apps.dashboards.wording.translate import gettext_noop as _

NAMES = Names(
    {
        "token": _("Token cost"),
        "retry": _("Retry overhead"),
        "latency": _("Latency impact"),
        "selection": _("Selection inefficiency"),
        "maintenance": _("Maintenance, declared"),
    }
)


@dataclass(frozen=True)
class Segment:
    """One known part; `x` and `width` in percent of the bar, `share` of the known total."""

    kind: str
    name: str
    x: float
    width: float
    share: float


@dataclass(frozen=True)
class Bar:
    """The known parts in their order. A part that is unknown is named in `absent` and takes no room."""

    segments: tuple[Segment, ...]
    absent: tuple[str, ...]
    label: str


def bar(amounts: Mapping[str, float | None], *, owner: str, whole: float | None = None) -> Bar:
    """The bar of `amounts` by part, all in one unit; None = not measured.

    `whole` is the amount that fills the width (default: the sum of the known parts), so that several bars can share one
    scale. A known part of 0 is in the label, not in the picture.
    """
    known = {kind: amount for kind in NAMES if (amount := amounts.get(kind)) is not None}
    total = sum(known.values())
    width = whole or total
    segments, x = [], 0.0
    for kind, amount in known.items():
        if amount > 0 and width > 0:
            portion = 100 * amount / width
            segments.append(Segment(kind, NAMES[kind], round(x, 2), round(portion, 2), amount / total))
            x += portion
    absent = tuple(NAMES[kind] for kind in NAMES if amounts.get(kind) is None)
    return Bar(tuple(segments), absent, _label(owner, known, total, absent))


def _label(owner: str, known: Mapping[str, float], total: float, absent: tuple[str, ...]) -> str:
    words = [f"{NAMES[kind].lower()} {100 * amount / total:.1f} %" for kind, amount in known.items()] if total else []
    words += [gettext("{part} not measured").format(part=name.lower()) for name in absent]
    return f"{owner}: " + (", ".join(words) or gettext("no cost")) + "."
