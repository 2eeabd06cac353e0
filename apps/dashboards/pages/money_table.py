"""The cost by one label, as a table in words: sorted, a page at a time, and what is on no page of it summed as one row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.pages.parts import is_split
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import AT_LEAST, NOTHING_KNOWN
from apps.dashboards.wording.translate import Names
from apps.rollups.breakdown import TAG, Slice, merge
from apps.rollups.labels import OTHER
from apps.rollups.parts import LATENCY, RETRY, SELECTION, TOKEN

A_PAGE = 20
PARTS = (TOKEN, RETRY, LATENCY, SELECTION)
SHORT = Names(
    {
        TOKEN: gettext_noop("Token"),
        RETRY: gettext_noop("Retry"),
        LATENCY: gettext_noop("Latency"),
        SELECTION: gettext_noop("Selection"),
    }
)
SHARES = (gettext_lazy("Failed"), gettext_lazy("Retried"))
NOUNS = {
    "provider": (gettext_lazy("Provider"), gettext_lazy("provider"), gettext_lazy("providers")),
    "model": (gettext_lazy("Model"), gettext_lazy("model"), gettext_lazy("models")),
    "task": (gettext_lazy("Task"), gettext_lazy("task"), gettext_lazy("tasks")),
    "route": (gettext_lazy("Route"), gettext_lazy("route"), gettext_lazy("routes")),
    "environment": (gettext_lazy("Environment"), gettext_lazy("environment"), gettext_lazy("environments")),
    "tag": (gettext_lazy("Tag"), gettext_lazy("value"), gettext_lazy("values")),
}


@dataclass(frozen=True)
class Head:
    """A column that one can sort by; `sorted` is what assistive technology is told of it."""

    title: str
    url: str
    sorted: str


@dataclass(frozen=True)
class Row:
    """`cells`: dollars of each shown part, by its short name; `kind` is "", "others" or "all"."""

    label: str
    told: bool
    requests: str
    bar: Bar | None
    cells: tuple[tuple[str, str], ...]
    billed: str
    share: str
    per_thousand: str
    shares: tuple[tuple[str, str], ...] = ()
    """Of requests, by what they are shares of; by tag alone."""
    url: str = ""
    """The requests behind it."""
    kind: str = ""


@dataclass(frozen=True)
class Table:
    noun: str
    nouns: str
    name: Head
    requests: Head
    parts: tuple[Head, ...]
    billed: Head
    per_thousand: Head
    shares: tuple[str, ...]
    rows: tuple[Row, ...]
    others: Row | None
    total: Row | None
    page: int
    pages: int
    back: str
    further: str


def table(
    slices: Sequence[Slice],
    *,
    by: str,
    sort: str,
    page: int,
    address: Callable[..., str],
    title: str = "",
    behind: Callable[[str], str] = lambda _: "",
) -> Table:
    """`address(**changed)` is the page's own address with something changed, `behind(label)` that of its requests; `title`:
    another head of the labels than their kind has."""
    ordered = sorted_by(slices, sort)
    pages = max(1, -(-len(ordered) // A_PAGE))
    page = min(page, pages)
    shown = ordered[(page - 1) * A_PAGE : page * A_PAGE]
    left = [*ordered[: (page - 1) * A_PAGE], *ordered[page * A_PAGE :]]
    whole = merge(slices) if slices else None
    kinds = [kind for kind in PARTS if whole and amount(whole, kind) is not None]
    widest = max((_known(one) for one in shown), default=0)
    kind_of, noun, nouns = map(str, NOUNS[by])
    with_shares = by == TAG

    def head(name: str, title: str) -> Head:
        direction = ("ascending" if name == "name" else "descending") if name == sort else "none"
        return Head(title, address(sort=name, page=None), direction)

    def row(one: Slice, label: str, kind: str = "") -> Row:
        drawn = _row(one, label, kind, kinds=kinds, whole=whole, widest=0 if kind else widest)
        url = behind(one.label) if drawn.told and one.label else ""
        return replace(drawn, shares=_shares(one) if with_shares else (), url=url)

    return Table(
        noun=noun,
        nouns=nouns,
        name=head("name", title or kind_of),
        requests=head("requests", _("Requests")),
        parts=tuple(head(kind, SHORT[kind]) for kind in kinds),
        billed=head("billed", _("Billed")),
        per_thousand=head("per_thousand", _("Per 1,000")),
        shares=tuple(map(str, SHARES)) if with_shares else (),
        rows=tuple(row(one, _label(one)) for one in shown),
        others=row(merge(left), _others(len(left)), "others") if left else None,
        total=row(whole, _("All"), "all") if whole and len(slices) > 1 else None,
        page=page,
        pages=pages,
        back=address(page=page - 1 if page > 2 else None) if page > 1 else "",
        further=address(page=page + 1) if page < pages else "",
    )


def sorted_by(slices: Sequence[Slice], sort: str) -> list[Slice]:
    """Names in alphabetical order, figures from the greatest on; what is not known comes last."""
    if sort == "name":
        return sorted(slices, key=lambda one: (one.label is None, (one.label or "").casefold()))
    figures = [(_figure(one, sort), one) for one in slices]
    return [one for _, one in sorted(figures, key=lambda pair: (pair[0] is None, -(pair[0] or 0), pair[1].label or ""))]


def amount(one: Slice, kind: str) -> int | None:
    """Nano-USD of a part; token cost and retries are known where any request has a price."""
    nano = next((part.nano for part in one.parts if part.name == kind), None)
    return None if kind in (TOKEN, RETRY) and not is_split(one.sums) else nano


def records(slices: Sequence[Slice]) -> list[dict[str, Any]]:
    """Every row with exact figures, for files and programs. None: not measured, or no label."""
    return [
        {
            "label": one.label,
            "requests": one.sums.requests,
            "priced": one.sums.priced,
            "billed_usd": exact_dollars(one.sums.billed_nano) if one.sums.priced else None,
            "parts": [
                {
                    "name": part.name,
                    "usd": exact_dollars(amount(one, part.name)),
                    "coverage": part.coverage,
                    "at_least": part.at_least,
                    "at_most_usd": exact_dollars(part.at_most_nano),
                    "declared": part.declared,
                }
                for part in one.parts
            ],
            "unknown_billing": one.sums.unknown_attempts,
            "outcome_known": one.sums.outcome_known,
            "failed": one.sums.failed,
            "counted": one.sums.counted,
            "retried": one.sums.retried,
            "served_with_tokens": one.sums.served_with_tokens,
            "served_input_tokens": one.sums.served_input_tokens,
            "served_output_tokens": one.sums.served_tokens - one.sums.served_input_tokens,
        }
        for one in slices
    ]


def _figure(one: Slice, sort: str) -> float | None:
    match sort:
        case "requests":
            return one.sums.requests
        case "billed":
            return one.sums.billed_nano if one.sums.priced else None
        case "per_thousand":
            return one.sums.billed_nano / one.sums.priced if one.sums.priced else None
        case _:
            return amount(one, sort)


def _label(one: Slice) -> str:
    if one.label is None:
        return _("none told")
    return _("all others, folded") if one.label == OTHER else one.label


def _others(number: int) -> str:
    return ngettext("{number} others", "{number} others", number).format(number=number)


def _known(one: Slice) -> int:
    return sum(amount(one, kind) or 0 for kind in PARTS)


def _row(one: Slice, label: str, kind: str, *, kinds: Sequence[str], whole: Slice | None, widest: int) -> Row:
    amounts = {part: amount(one, part) for part in kinds}
    everything = whole.sums.billed_nano if whole else 0
    lower = {part.name for part in one.parts if part.at_least}
    return Row(
        label=label,
        told=one.label is not None and one.label != OTHER,
        requests=count(one.sums.requests),
        bar=_bar(amounts, label, widest) if widest and _known(one) else None,
        cells=tuple((SHORT[part], _dollars(nano, at_least=part in lower)) for part, nano in amounts.items()),
        billed=money.dollars(one.sums.billed_nano) if one.sums.priced else NOTHING_KNOWN,
        share=share(one.sums.billed_nano / everything) if everything and one.sums.priced else "",
        per_thousand=money.dollars(money.per_thousand(one.sums.billed_nano, one.sums.priced)),
        kind=kind,
    )


def _shares(one: Slice) -> tuple[tuple[str, str], ...]:
    """Of requests whose outcome, or whose number of attempts, is known."""
    told = ((one.sums.failed, one.sums.outcome_known), (one.sums.retried, one.sums.counted))
    figures = (share(part / whole) if whole else NOTHING_KNOWN for part, whole in told)
    return tuple(zip((str(name).lower() for name in SHARES), figures, strict=True))


def _bar(amounts: dict[str, int | None], label: str, widest: int) -> Bar:
    drawn = bar(amounts, owner=label, whole=widest)
    words = [f"{NAMES[kind].lower()} {money.dollars(nano)}" for kind, nano in amounts.items() if nano is not None]
    return Bar(drawn.segments, (), f"{label}: {', '.join(words)}.")


def _dollars(nano: int | None, *, at_least: bool) -> str:
    return f"{AT_LEAST} {money.dollars(nano)}" if at_least and nano is not None else money.dollars(nano)
