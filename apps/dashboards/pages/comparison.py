"""What a page may say of a place among peers: the words of the disclosure rules, never a rank."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.policy import POLICY
from apps.benchmarks.disclosure.verdict import Place, Verdict
from apps.benchmarks.queries import Standing
from apps.dashboards.figures.strip import Peers, Strip, strip
from apps.dashboards.wording import times
from apps.dashboards.wording.benchmark import basis, place
from apps.dashboards.wording.signs import EN_DASH
from apps.dashboards.wording.translate import Names

SCOPE_NAMES = Names(
    {
        "billing": gettext_noop("billing"),
        "latency": gettext_noop("latency"),
        "selection": gettext_noop("selection"),
    }
)
SCOPES = Names(
    {
        "billing": gettext_noop("token cost over what was billed: token cost and retries"),
        "latency": gettext_noop("token cost over token cost, retries and what waiting costs"),
        "selection": gettext_noop("token cost over all of it, model choice included"),
    }
)
STRATA = Names(
    {
        "complete": gettext_noop("all organizations whose attempts are complete"),
        "complete_first_hop": gettext_noop("all organizations whose attempts are known for the first hop"),
        "": gettext_noop("all organizations"),
    }
)

_OVER = (Place.WORSE, Place.WORST_QUARTER, Place.WORST_TENTH)


@dataclass(frozen=True)
class Words:
    """A stretch of a sentence; `kind` is "" plain, "you" one's own figure, "worse", or "ink" for emphasis."""

    text: str
    kind: str = ""


def emphasised(sentence: str, **values: str | Words) -> tuple[Words, ...]:
    """A sentence cut at those of its values that stand out; it is whole until then, so that a language may turn it round."""
    pieces, plain = [], ""
    for before, name, *_rest in Formatter().parse(sentence):
        value = values[name] if name else ""
        plain += before
        if isinstance(value, Words):
            pieces += [Words(plain), value] if plain else [value]
            plain = ""
        else:
            plain += value
    return (*pieces, Words(plain)) if plain else tuple(pieces)


def ladder() -> tuple[tuple[Level, str, str], ...]:
    """With so many others, so much is shown."""
    second, third, last = POLICY.median_from, POLICY.quartiles_from, POLICY.tails_from
    return (
        (Level.NOTHING, _("fewer than {number}").format(number=second), _("your own history and the published study")),
        (Level.MEDIAN, f"{second}{EN_DASH}{third - 1}", _("the median, on a coarser grid")),
        (
            Level.QUARTILES,
            f"{third}{EN_DASH}{last - 1}",
            _("the median with its interval, the middle half, your quarter"),
        ),
        (
            Level.TAILS,
            _("{number} or more").format(number=last),
            _("also the 10th and 90th percentile: one of six bands"),
        ),
    )


def peers_of(standing: Standing) -> Peers | None:
    """What is shown of the table behind a metric."""
    table = standing.shown.table
    if table.median is None:
        return None
    return Peers(table.median, table.interval_low, table.interval_high, table.p25, table.p75, table.p10, table.p90)


def strip_of(standing: Standing, words: Callable[[float], str], *, beside: Sequence[float] = ()) -> Strip | None:
    peers = peers_of(standing)
    if peers is None or standing.own is None:
        return None
    return strip(
        standing.own, peers, lower_is_better=not standing.yardstick.higher_is_better, words=words, beside=beside
    )


def is_over(verdict: Verdict | None) -> bool:
    """Whether it is said in the colour of what costs more; not when it is too near to the median to tell."""
    return verdict is not None and verdict.place in _OVER and not verdict.within_interval


def said(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    near = verdict.within_interval and verdict.place in (Place.BETTER, Place.WORSE)
    return _("near the median, too close to call") if near else place(verdict)


def band(peers: str) -> str:
    """`20-29` as `n 20-29` with a dash that does not break."""
    return "n " + peers.replace("-", f"\u2060{EN_DASH}\u2060") if peers else _("n under 10")


def frozen(standing: Standing) -> str:
    """`Week 47 (26 Oct - 22 Nov 2026), frozen Monday 23 Nov, 00:30 UTC`."""
    if standing.week is None or standing.frozen_at is None:
        return ""
    window = times.window(standing.week.first_day, standing.week.last_day)
    at = standing.frozen_at
    return _("Week {number} ({window}), frozen {weekday} {day}, {time} UTC").format(
        number=standing.week.number,
        window=window,
        weekday=times.weekday(at),
        day=times.short_day(at.date()),
        time=f"{at:%H:%M}",
    )


def cohort(standing: Standing) -> str:
    """The cohort in words: who, of which completeness, how many."""
    stratum = standing.stratum or ""
    measured = _("all organizations that measure {what}").format(what=basis(stratum))
    who = STRATA.get(stratum, measured)
    return f"{who}, {band(standing.shown.table.peers)}"
