"""Token cost and retries of what was billed, beside the median of one's peers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.benchmarks.queries import Standing
from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.pages import comparison, missing
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import share
from apps.rollups.parts import RETRY, TOKEN
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow


@dataclass(frozen=True)
class Median:
    """Token cost and retries of what was billed, you over the median of your peers, both as shares of 100 %."""

    own: Bar
    own_words: str
    peers: Bar
    peers_words: str
    verdict: str
    over: bool
    basis: str
    in_dollars: str


def median_of(standing: Standing, window: DeploymentWindow) -> Median | None:
    median, own = standing.shown.median, standing.own
    if median is None or own is None or standing.missing:
        return None
    return Median(
        own=_two(own, _("You")),
        own_words=_two_words(own),
        peers=_two(median, _("Median of your peers")),
        peers_words=_two_words(median),
        verdict=comparison.said(standing.verdict),
        over=comparison.is_over(standing.verdict),
        basis=_(
            "Token cost and retries, of what was billed, under the published assumptions. {frozen}; {cohort}. Only these two "
            "are pooled: what peers lose to waiting, model choice and upkeep is not told apart, and no dollar of theirs is "
            "ever shown."
        ).format(frozen=comparison.frozen(standing), cohort=comparison.cohort(standing)),
        in_dollars=_in_dollars(own, median, window.totals.requests),
    )


def _two(token: float, owner: str) -> Bar:
    drawn = bar({TOKEN: token, RETRY: 1 - token}, owner=owner)
    return Bar(drawn.segments, (), f"{owner}: {_two_words(token)}.")


def _two_words(token: float) -> str:
    return _("token cost {token}, retries {retries}").format(token=share(token), retries=share(1 - token))


def _in_dollars(own: float, median: float, sums: RequestSums) -> str:
    """The peers' share of one's own total: the only dollars that a comparison may have."""
    total = sums.token_nano + sums.regret_nano + sums.wasted_nano + sums.premium_nano
    if not total or own >= median:
        return ""
    return _("At the median’s share, {amount} of your {total} in these days would not have gone to retries.").format(
        amount=money.dollars(round(total * (median - own))), total=money.dollars(total)
    )


def no_median(standing: Standing) -> str:
    why = missing.reason(standing)
    return _("No median stands here: {why}.").format(why=why) if why else _("No median stands here.")
