"""The sentences of the mail: the headline says in words what the subject says in figures."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from apps.benchmarks.disclosure.gates import FIXES, Gate
from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.verdict import Place
from apps.benchmarks.queries import NOT_COUNTED, NOT_ENOUGH_PEERS, NOT_FROZEN, Standing
from apps.reports.report import Report, Section
from apps.reports.wording import (
    NAMES,
    PARTS,
    SCOPES,
    day,
    decimals,
    differs,
    moment,
    money,
    more,
    moves,
    points,
    share,
    value,
)

MOVERS = {
    "token": gettext_noop("Token cost moved most, {change}."),
    "retry": gettext_noop("Retries moved most, {change}."),
    "latency": gettext_noop("Waiting moved most, {change}."),
    "selection": gettext_noop("Model choice moved most, {change}."),
    "maintenance": gettext_noop("Maintenance moved most, {change}."),
}
WHY_NO_PEERS = {
    NOT_ENOUGH_PEERS: gettext_noop("There are not enough peers yet: fewer than 10 other organizations."),
    NOT_COUNTED: gettext_noop("It came after the last freeze; the next one has it."),
    NOT_FROZEN: gettext_noop("No week was frozen yet."),
}


def subject(report: Report) -> str:
    section = report.sections[0]
    own, gap = section.efficiency.own, section.efficiency.gap
    if own is None:
        said = _("{organization}: week {number} of {deployment}")
        return said.format(organization=report.organization, number=report.week.number, deployment=section.name)
    said = _("{organization}: routing efficiency {share}")
    start = said.format(organization=report.organization, share=share(own))
    if gap is not None:
        return f"{start}, {_against_the_median(gap)}"
    if section.efficiency_before is not None:
        return f"{start}, {_change(own - section.efficiency_before)}"
    return start


def headline(section: Section) -> str:
    own, median = section.efficiency.own, section.efficiency.shown.median
    if own is None:
        return _("How much of each dollar bought answers cannot be told yet.")
    cents = round(own * 100)
    gap = None if median is None else cents - round(median * 100)
    return _of_each_dollar(cents, gap).format(cents=cents, gap=abs(gap or 0))


def _of_each_dollar(cents: int, gap: int | None) -> str:
    if gap is None:
        return ngettext(
            "Of each dollar, {cents} cent bought answers.", "Of each dollar, {cents} cents bought answers.", cents
        )
    if gap == 0:
        return ngettext(
            "Of each dollar, {cents} cent bought answers: as many as at the median of your peers.",
            "Of each dollar, {cents} cents bought answers: as many as at the median of your peers.",
            cents,
        )
    if gap > 0:
        return ngettext(
            "Of each dollar, {cents} cent bought answers: {gap} more than at the median of your peers.",
            "Of each dollar, {cents} cents bought answers: {gap} more than at the median of your peers.",
            cents,
        )
    return ngettext(
        "Of each dollar, {cents} cent bought answers: {gap} fewer than at the median of your peers.",
        "Of each dollar, {cents} cents bought answers: {gap} fewer than at the median of your peers.",
        cents,
    )


def basis(section: Section) -> str:
    """Under which assumptions, and in which scope; or what stands in the way."""
    if section.efficiency.own is not None:
        said = _("Counted alike for everybody, under the published assumptions; {scope}.")
        return said.format(scope=_(SCOPES[section.efficiency.metric]))
    failed = section.efficiency.failed
    if not failed:
        return why_no_peers(section.efficiency.missing)
    return _("What would open it: {fix}").format(fix=fix_of(failed[0]))


def why_no_peers(missing: str) -> str:
    why = WHY_NO_PEERS.get(missing)
    return _(why) if why else ""


def fix_of(gate: Gate) -> str:
    """How to pass it."""
    return gate.fix_in(_(FIXES[gate.name]))


def cost(section: Section) -> str:
    """What a thousand requests cost, without the change."""
    if section.total is None:
        return _("What the requests cost is not known")
    amount = money(section.total, digits(section))
    return _("By your own settings, a thousand requests cost {amount}").format(amount=amount)


def change(section: Section) -> str:
    """The change, to follow the cost; '' when there is no earlier window."""
    if section.change is None:
        return ""
    shown = digits(section)
    if not moves(section.change, shown):
        return _("as a week ago")
    said = _("{amount} more than a week ago") if section.change > 0 else _("{amount} less than a week ago")
    return said.format(amount=money(abs(section.change), shown))


def mover(section: Section) -> str:
    """The part that moved most; '' where none did."""
    moved = [part for part in section.parts if part.change and moves(part.change, digits(section))]
    if not moved:
        return ""
    most = max(moved, key=lambda part: abs(part.change or 0))
    return _(MOVERS[most.name]).format(change=more(most.change or 0, digits(section)))


def digits(section: Section) -> int:
    return decimals((section.total, section.total_before))


def place(standing: Standing) -> str:
    """The verdict, or why there is none."""
    if standing.verdict is not None:
        close = standing.verdict.within_interval and standing.verdict.place is not Place.MEDIAN
        return _("near the median, too close to call") if close else _(standing.verdict.words)
    if standing.missing in WHY_NO_PEERS:
        return _("not enough peers yet") if standing.missing == NOT_ENOUGH_PEERS else _("with the next freeze")
    return _("not measurable") if standing.own is None else _("not comparable")


def metric(standing: Standing) -> tuple[str, str, str, str]:
    """(name, own, median, place)."""
    unit = standing.yardstick
    own = _("not measured") if standing.own is None else value(standing.own, unit)
    median = "" if standing.shown.median is None else value(standing.shown.median, unit)
    return _(NAMES[standing.metric]), own, median, place(standing)


def missing_parts(section: Section) -> list[str]:
    """Why parts are not known, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for part in section.parts:
        if part.missing:
            by_reason.setdefault(part.missing, []).append(_(PARTS[part.name]))
    return [f"{', '.join(names)}: {_(reason)}" for reason, names in by_reason.items()]


def window(report: Report) -> str:
    now, before = report.week, report.week.back(1)
    return _("Parts: own settings, {first} to {last} {year} against {first_before} to {last_before}, UTC.").format(
        first=day(now.first_day),
        last=day(now.last_day),
        year=now.last_day.year,
        first_before=day(before.first_day),
        last_before=day(before.last_day),
    )


def cohort(report: Report) -> str:
    """Whom the figures are compared with, in what detail, frozen when."""
    shown = report.sections[0].efficiency.shown
    among = _("simulated organizations") if report.demo else _("all organizations")
    if shown.level is Level.NOTHING:
        said = _("cohort {organizations}, fewer than 10 others.").format(organizations=among)
        return f"{_assumptions(report)}; {said}"
    said = _("cohort {organizations}, {number} others.").format(organizations=among, number=shown.table.peers)
    return f"{_assumptions(report)}; {said} {_strip(shown.level)}"


def _assumptions(report: Report) -> str:
    if report.frozen_at is None:
        return _("Place: published assumptions")
    return _("Place: published assumptions, frozen {moment}").format(moment=moment(report.frozen_at))


def _strip(level: Level) -> str:
    match level:
        case Level.TAILS:
            return _("Strip: pale, 10th to 90th percentile; dark, the middle half; line, median; blue, you.")
        case Level.QUARTILES:
            return _("Strip: dark, the middle half of peers; line, median; blue, you.")
        case _:
            return _("Strip: line, the median, told in coarse steps while peers are few; blue, you.")


def _against_the_median(gap: float) -> str:
    if not differs(gap):
        return _("at the median")
    said = _("{points} above the median") if gap > 0 else _("{points} below the median")
    return said.format(points=points(gap))


def _change(difference: float) -> str:
    if not differs(difference):
        return _("as a week ago")
    said = _("up {points} in a week") if difference > 0 else _("down {points} in a week")
    return said.format(points=points(difference))
