"""A metric of a window with its interval and coverage, and beside it what may be said of peers and of the study."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.benchmarks.queries import Standing
from apps.dashboards.figures.strip import Strip
from apps.dashboards.pages import comparison, missing
from apps.dashboards.wording import ranges
from apps.dashboards.wording.benchmark import literature
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.values import title_of, translated, words_of
from apps.rollups.metrics.definition import Measure


@dataclass(frozen=True)
class Row:
    """`own` is of the window that is asked for; the strip is of the frozen week, with the own value of that week."""

    title: str
    url: str
    """The requests behind it, where they can be asked for."""
    note: str
    own: str
    interval: str
    known: str
    frozen: str
    median: str
    strip: Strip | None
    verdict: str
    over: bool
    reason: str
    literature: str


def row(measure: Measure, standing: Standing | None, *, url: str = "") -> Row:
    metric = translated(measure.metric)
    words = words_of(metric)
    strip = comparison.strip_of(standing, words) if standing else None
    low, high = measure.low, measure.high
    return Row(
        title=title_of(metric),
        url=url,
        note=_("{part}, of {whole}").format(part=metric.numerator, whole=metric.denominator),
        own=words(measure.value) if measure.value is not None else "",
        interval=ranges.ends(words(low), words(high)) if low is not None and high is not None else "",
        known=_known(measure),
        frozen=words(standing.own) if standing and standing.own is not None else "",
        median=words(standing.shown.median) if standing and standing.shown.median is not None else "",
        strip=strip,
        verdict=comparison.said(standing.verdict) if standing else "",
        over=comparison.is_over(standing.verdict) if standing else False,
        reason="" if strip or standing is None else missing.reason(standing),
        literature="; ".join(
            literature(one, words(one.value)) for one in (standing.yardstick.literature if standing else ())
        ),
    )


def basis(standing: Standing | None) -> str:
    """What the strips are of."""
    if standing is None or standing.week is None:
        return _("No week has been frozen yet, so no peers are shown.")
    return _(
        "Strips: {week}, production, under the published assumptions; the dot is your own value of that week; "
        "cohort: {cohort}."
    ).format(week=comparison.frozen(standing), cohort=comparison.cohort(standing))


def _known(measure: Measure) -> str:
    if measure.coverage is None:
        return _("of none")
    return f"{share(measure.coverage)}, {count(measure.covered)}"
