"""Where does the money go? The five parts, beside the median, by one label, over time, and beside the bills."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.benchmarks.disclosure.yardsticks import efficiency
from apps.benchmarks.queries import Standing
from apps.costing.efficiency import BILLING
from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.figures.plots import Event, Figure, Plot, Series, drawn_with, stacked
from apps.dashboards.forms.money import Asked, MoneyFilter
from apps.dashboards.frame import Frame
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.bills import Reconciled
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.fixes import FixesSection
from apps.dashboards.pages.happened import Happenings
from apps.dashboards.pages.money_answer import answer
from apps.dashboards.pages.money_table import NOUNS, Table, table
from apps.dashboards.pages.money_tags import Tags, tags
from apps.dashboards.pages.parts import Part, is_split, parts, per_thousand, sum_of
from apps.dashboards.queries.money import Apart, Money
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import AT_LEAST, AT_MOST, EN_DASH
from apps.rollups.breakdown import Stretch
from apps.rollups.parts import RETRY, SELECTION, TOKEN
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow


@dataclass(frozen=True)
class Term:
    """One summand of what was billed."""

    name: str
    figure: str


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


@dataclass(frozen=True)
class Column:
    """One day or week; amounts in nano-USD by part, None = not measured. `words` name its days."""

    first: date
    words: str
    amounts: Mapping[str, int | None]


@dataclass(frozen=True)
class OverTime:
    """A chart, and the same as rows."""

    plot: Plot
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Days, requests, and each known part with its name."""
    step: str


@dataclass(frozen=True)
class Tab:
    name: str
    url: str
    here: bool


@dataclass(frozen=True)
class Shown:
    """What is there to see of a range that could be read."""

    answer: tuple[Words, ...]
    basis: str
    total: str
    bar: Bar | None
    parts: tuple[Part, ...]
    parts_basis: str
    billed: str
    terms: tuple[Term, ...]
    beside: tuple[str, ...]
    median: Median | None
    no_median: str
    over_time: OverTime | None
    happened: Happenings
    tabs: tuple[Tab, ...]
    table: Table
    tags: Tags | None
    """Where it is by tag."""
    table_basis: str
    csv: str


@dataclass(frozen=True)
class MoneyPage:
    frame: Frame
    name: str
    form: MoneyFilter
    set: str
    """The range, in words."""
    shown: Shown | None
    """None where the form says what is wrong."""
    bills: tuple[Reconciled, ...]
    bills_basis: str
    bills_url: str
    fixes: FixesSection
    settings: str
    may_change: bool


@dataclass(frozen=True)
class Addresses:
    """`page(**changed)` is the page's own with something changed, `csv` the table's, `chargeback(key)` that of the months."""

    page: Callable[..., str]
    csv: str
    chargeback: Callable[[str], str]
    behind: Behind


def shown(found: Money, asked: Asked, *, at: Addresses, happened: Happenings) -> Shown:
    window = found.window
    amounts = per_thousand(window)
    everything = window.totals.requests
    drawn = amounts.get(TOKEN) is not None and sum_of(amounts)
    median = _median(found.standings[efficiency(BILLING).metric], window)
    return Shown(
        answer=answer(window, amounts),
        basis=_basis(window, asked),
        total=_total(window) if drawn else "",
        bar=bar(amounts, owner=_("You")) if drawn else None,
        parts=_parts(window),
        parts_basis=_parts_basis(window),
        billed=money.dollars(everything.billed_nano) if everything.priced else "",
        terms=_terms(window) if is_split(everything) and everything.priced else (),
        beside=tuple(_beside(everything)),
        median=median,
        no_median="" if median else _no_median(found.standings[efficiency(BILLING).metric]),
        over_time=_over_time(found.stretches, asked, happened.events) if everything.requests else None,
        happened=happened,
        tabs=tuple(
            Tab(str(NOUNS[by][0]), at.page(by=by, key=None, page=None, sort=None), by == asked.by) for by in NOUNS
        ),
        table=_table(found.apart, asked, at),
        tags=tags(found.apart, address=at.page, chargeback=at.chargeback),
        table_basis=_table_basis(window, asked),
        csv=at.csv,
    )


def _table(found: Apart, asked: Asked, at: Addresses) -> Table:
    return table(
        found.slices,
        by=asked.by,
        sort=asked.sort,
        page=asked.page,
        address=at.page,
        title=found.key or "",
        behind=lambda label: at.behind.at(tag=f"{found.key}:{label}") if found.key else "",
    )


def environment_words(asked: Asked) -> str:
    return _("every environment") if asked.environment is None else asked.environment or _("no environment told")


def _basis(window: DeploymentWindow, asked: Asked) -> str:
    sums = window.totals.requests
    where = f"{times.window(asked.start, asked.end)}, UTC, {environment_words(asked)}"
    if not sums.requests:
        return f"{where}."
    requests = count(sums.requests, "request")
    if sums.waiting:
        waiting = share(sums.waiting / sums.requests, decimals=0)
        requests = _("{requests}, {share} of them waited for").format(requests=requests, share=waiting)
    known = _(
        "{priced} have a price, the cost of {split} is split into parts. Latency and maintenance as you declared them."
    ).format(priced=share(sums.priced / sums.requests), split=share(sums.split / sums.requests))
    return f"{where}: {requests}. {known}"


def _total(window: DeploymentWindow) -> str:
    known = sum(part.nano for part in window.parts if part.nano is not None)
    at_least = any(part.at_least for part in window.parts)
    return f"{AT_LEAST} {money.dollars(known)}" if at_least else money.dollars(known)


def _parts(window: DeploymentWindow) -> tuple[Part, ...]:
    """As everywhere, each with its sum over the range beside its share."""
    sums = {part.name: part.nano for part in window.parts}
    return tuple(
        one
        if one.absent
        else replace(one, detail=f"{one.detail} \u00b7 {money.dollars(sums.get(one.kind))}".strip(" \u00b7"))
        for one in parts(window)
    )


def _parts_basis(window: DeploymentWindow) -> str:
    known = [part for part in window.parts if part.nano is not None]
    if not known:
        return ""
    return _(
        "Large: for a thousand requests; beside its share, the sum of these days. A part that is not measured is in no sum, "
        "and is not zero: shares are of the parts that are known."
    )


def _terms(window: DeploymentWindow) -> tuple[Term, ...]:
    """They add up to what was billed, to the nano-dollar."""
    parts_of = {part.name: part.nano for part in window.parts}
    names = ((TOKEN, _("token")), (RETRY, _("retry")), (SELECTION, _("selection")))
    named = [(name, parts_of.get(kind)) for kind, name in names]
    known = [(name, nano) for name, nano in named if nano is not None]
    rest = window.totals.requests.billed_nano - sum(nano for _, nano in known)
    terms = [Term(name, money.dollars(nano)) for name, nano in known]
    return (*terms, Term(_("not split"), money.dollars(rest))) if rest > 0 else tuple(terms)


def _beside(sums: RequestSums) -> list[str]:
    """What is in no figure, or makes one a bound."""
    found = []
    unpriced = sums.requests - sums.priced
    if unpriced:
        said = _(
            "Unpriced: {share} of requests ({number}), in no dollar figure: an attempt of theirs has no cost that is known."
        )
        found.append(said.format(share=share(unpriced / sums.requests), number=count(unpriced)))
    if sums.unknown_attempts:
        found.append(_unknown_billing(sums))
    if sums.upper_bounds:
        said = ngettext(
            "Upper bound: {requests} did not tell how much of the input was cached, and are priced as if none was.",
            "Upper bound: {requests} did not tell how much of the input was cached, and are priced as if none was.",
            sums.upper_bounds,
        )
        found.append(said.format(requests=count(sums.upper_bounds, "request")))
    if sums.saving_nano:
        said = _("Saved: fallbacks to cheaper models cost {amount} less than planned, which is no part.")
        found.append(said.format(amount=money.dollars(sums.saving_nano)))
    return found


def _unknown_billing(sums: RequestSums) -> str:
    attempts = count(sums.unknown_attempts, "failed attempt")
    bounded = sums.unknown_attempts - sums.unbounded_attempts
    if not bounded or not sums.unknown_upper_nano:
        return _(
            "Unknown billing: {attempts} may have been billed without anybody knowing, and nothing bounds how much."
        ).format(attempts=attempts)
    return _(
        "Unknown billing: {attempts} may have been billed without anybody knowing: {most} more, by the input of {number} of "
        "them."
    ).format(attempts=attempts, most=f"{AT_MOST} {money.dollars(sums.unknown_upper_nano)}", number=count(bounded))


def _median(standing: Standing, window: DeploymentWindow) -> Median | None:
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


def _no_median(standing: Standing) -> str:
    why = missing.reason(standing)
    return _("No median stands here: {why}.").format(why=why) if why else _("No median stands here.")


def _over_time(stretches: Sequence[Stretch], asked: Asked, events: Sequence[Event]) -> OverTime:
    name = times.short_day if asked.start.year == asked.end.year else times.day
    columns = [Column(one.first, _days(one, name), _amounts(one)) for one in stretches]
    kinds = [kind for kind in NAMES if any(column.amounts[kind] is not None for column in columns)]
    names = {kind: NAMES[kind] for kind in kinds}
    rows = [
        (
            column.words,
            count(one.sums.requests),
            tuple((names[kind], money.dollars(column.amounts[kind])) for kind in kinds),
        )
        for one, column in zip(stretches, columns, strict=True)
    ]
    return OverTime(
        plot=Plot("cost-over-time", drawn_with(drawn(columns, kinds), events), _said(columns, asked)),
        heads=tuple(names.values()),
        rows=tuple(rows),
        step=asked.step,
    )


def drawn(columns: Sequence[Column], kinds: Sequence[str]) -> Figure:
    """The parts upon each other, in their order; what is not known of a day leaves no bar."""
    days = [column.first for column in columns]
    series = [
        Series(
            NAMES[kind],
            kind,
            [None if (nano := column.amounts[kind]) is None else nano / money.NANO for column in columns],
        )
        for kind in kinds
    ]
    return stacked(days, series, prefix="$")


def _days(one: Stretch, name: Callable[[date], str]) -> str:
    return name(one.first) if one.first == one.last else f"{name(one.first)} {EN_DASH} {name(one.last)}"


def _amounts(one: Stretch) -> dict[str, int | None]:
    """What is not split of a day is not known of it; a day without requests cost nothing but upkeep."""
    found = {part.name: part.nano for part in one.parts}
    if one.sums.requests and not is_split(one.sums):
        found |= {TOKEN: None, RETRY: None}
    return found


def _said(columns: Sequence[Column], asked: Asked) -> str:
    sums = [(column, sum(nano for nano in column.amounts.values() if nano is not None)) for column in columns]
    column, most = max(sums, key=lambda pair: pair[1])
    said = {
        "day": _("The known parts of the cost by day; the most, {amount}, on {when}."),
        "week": _("The known parts of the cost by week; the most, {amount}, on {when}."),
    }[asked.step]
    return said.format(amount=money.dollars(most), when=column.words)


def _table_basis(window: DeploymentWindow, asked: Asked) -> str:
    sums = window.totals.requests
    whose = {
        "provider": _(
            "Requests stand at the provider that was asked first, with all that their retries and fallbacks cost."
        ),
        "model": _("Requests stand at the model that was asked first, with all that their retries and fallbacks cost."),
        "environment": _("All environments, whichever is chosen above."),
    }.get(asked.by, "")
    window = times.window(asked.start, asked.end)
    if not sums.requests:
        said = _(
            "Own data, no cohort, {window}; per 1,000 is of those. Maintenance is of the deployment and in no row."
        )
        return f"{whose} {said.format(window=window)}".strip()
    said = _(
        "Own data, no cohort, {window}; {share} of requests are priced; per 1,000 is of those. Maintenance is of the "
        "deployment and in no row."
    ).format(window=window, share=share(sums.priced / sums.requests))
    return f"{whose} {said}".strip()
