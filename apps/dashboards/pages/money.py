"""Where does the money go? The five parts, beside the median, by one label, over time, and beside the bills."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.benchmarks.disclosure.yardsticks import efficiency
from apps.costing.efficiency import BILLING
from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.forms.money import Asked, MoneyFilter
from apps.dashboards.frame import Frame
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.bills import Reconciled
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.fixes import FixesSection
from apps.dashboards.pages.happened import Happenings
from apps.dashboards.pages.money_answer import answer
from apps.dashboards.pages.money_median import Median, median_of, no_median
from apps.dashboards.pages.money_over_time import OverTime, over_time
from apps.dashboards.pages.money_table import NOUNS, Table, table
from apps.dashboards.pages.money_tags import Tags, tags
from apps.dashboards.pages.parts import Part, is_split, parts, per_thousand, sum_of
from apps.dashboards.queries.money import Apart, Money
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import AT_LEAST, AT_MOST
from apps.rollups.parts import RETRY, SELECTION, TOKEN
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow


@dataclass(frozen=True)
class Term:
    """One summand of what was billed."""

    name: str
    figure: str


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
    median = median_of(found.standings[efficiency(BILLING).metric], window)
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
        no_median="" if median else no_median(found.standings[efficiency(BILLING).metric]),
        over_time=over_time(found.stretches, asked, happened.events) if everything.requests else None,
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


def _table_basis(found: DeploymentWindow, asked: Asked) -> str:
    sums = found.totals.requests
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
