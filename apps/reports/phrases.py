"""The sentences of the mail: the headline says in words what the subject says in figures."""

from collections.abc import Sequence

from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.verdict import Place
from apps.benchmarks.queries import NOT_COUNTED, NOT_ENOUGH_PEERS, NOT_FROZEN, Standing
from apps.costing import causes
from apps.reports.report import Report, Section
from apps.reports.wording import NAMES, PARTS, SCOPES, day, decimals, moment, money, more, points, share, value

MOVERS = {
    "token": "Token cost",
    "retry": "Retries",
    "latency": "Waiting",
    "selection": "Model choice",
    "maintenance": "Maintenance",
}
CAUSES = {
    causes.RATE_LIMITED: "rate limited",
    causes.TIMEOUT: "timed out",
    causes.SERVER_ERROR: "server error",
    causes.CUT: "answer cut off",
    causes.CONNECTION: "no connection",
    causes.REJECTED: "request rejected",
    causes.UNAUTHORIZED: "not authorized",
    causes.CLIENT_CLOSED: "client gave up",
}
WHY_NO_PEERS = {
    NOT_ENOUGH_PEERS: "There are not enough peers yet: fewer than 10 other organizations.",
    NOT_COUNTED: "It came after the last freeze; the next one has it.",
    NOT_FROZEN: "No week was frozen yet.",
}


def subject(report: Report) -> str:
    section = report.sections[0]
    own, gap = section.efficiency.own, section.efficiency.gap
    if own is None:
        return f"{report.organization}: week {report.week.number} of {section.name}"
    start = f"{report.organization}: routing efficiency {share(own)}"
    if gap is not None:
        return f"{start}, {_against(gap, 'the median')}"
    if section.efficiency_before is not None:
        return f"{start}, {_change(own - section.efficiency_before)}"
    return start


def headline(section: Section) -> str:
    own, median = section.efficiency.own, section.efficiency.shown.median
    if own is None:
        return "How much of each dollar bought answers cannot be told yet."
    cents = round(own * 100)
    sentence = f"Of each dollar, {cents} cent{'' if cents == 1 else 's'} bought answers"
    if median is None:
        return f"{sentence}."
    gap = cents - round(median * 100)
    if gap == 0:
        return f"{sentence}: as many as at the median of your peers."
    return f"{sentence}: {abs(gap)} {'more' if gap > 0 else 'fewer'} than at the median of your peers."


def basis(section: Section) -> str:
    """Under which assumptions, and in which scope; or what stands in the way."""
    if section.efficiency.own is not None:
        return f"Counted alike for everybody, under the published assumptions; {SCOPES[section.efficiency.metric]}."
    failed = section.efficiency.failed
    return f"What would open it: {failed[0].fix}" if failed else WHY_NO_PEERS.get(section.efficiency.missing, "")


def cost(section: Section) -> str:
    """What a thousand requests cost, without the change."""
    if section.total is None:
        return "What the requests cost is not known"
    return f"By your own settings, a thousand requests cost {money(section.total, digits(section))}"


def change(section: Section) -> str:
    """The change, to follow the cost; '' when there is no earlier window."""
    if section.change is None:
        return ""
    shown = digits(section)
    if more(section.change, shown) == "unchanged":
        return "as a week ago"
    return f"{money(abs(section.change), shown)} {'more' if section.change > 0 else 'less'} than a week ago"


def mover(section: Section) -> str:
    """The part that moved most; '' where none did."""
    moved = [part for part in section.parts if part.change and more(part.change, digits(section)) != "unchanged"]
    if not moved:
        return ""
    most = max(moved, key=lambda part: abs(part.change or 0))
    return f"{MOVERS[most.name]} moved most, {more(most.change or 0, digits(section))}."


def digits(section: Section) -> int:
    return decimals((section.total, section.total_before))


def place(standing: Standing) -> str:
    """The verdict, or why there is none."""
    if standing.verdict is not None:
        close = standing.verdict.within_interval and standing.verdict.place is not Place.MEDIAN
        return "near the median, too close to call" if close else standing.verdict.words
    if standing.missing in WHY_NO_PEERS:
        return {NOT_ENOUGH_PEERS: "not enough peers yet"}.get(standing.missing, "with the next freeze")
    return "not measurable" if standing.own is None else "not comparable"


def metric(standing: Standing) -> tuple[str, str, str, str]:
    """(name, own, median, place)."""
    unit = standing.yardstick
    own = "not measured" if standing.own is None else value(standing.own, unit)
    median = "" if standing.shown.median is None else value(standing.shown.median, unit)
    return NAMES[standing.metric], own, median, place(standing)


def missing_parts(section: Section) -> list[str]:
    """Why parts are not known, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for part in section.parts:
        if part.missing:
            by_reason.setdefault(part.missing, []).append(PARTS[part.name])
    return [f"{', '.join(names)}: {reason}" for reason, names in by_reason.items()]


def notes(report: Report) -> list[str]:
    """What the reader should know of the figures, a sentence for each matter and not for each deployment."""
    sections = report.sections
    silent = [f"{one.name} has been silent since {moment(one.silent_since)}." for one in sections if one.silent_since]
    unpriced = [f"{_least(one.unpriced)} of the requests of {one.name}" for one in sections if one.unpriced]
    unknown = [f"{one.billing_unknown:,} of {one.name}" for one in sections if one.billing_unknown]
    outside = [
        f"{one.name} is not in the benchmark itself: {' '.join(gate.fix for gate in one.efficiency.failed)}"
        for one in sections
        if one.efficiency.own is not None and one.efficiency.failed
    ]
    if unpriced:
        silent.append(f"Without a price, and so in no dollar figure: {', '.join(unpriced)}.")
    if unknown:
        silent.append(
            f"Failed attempts that may have been billed, so that retries cost \u201cat least\u201d what is said: "
            f"{', '.join(unknown)}."
        )
    return silent + outside + _best_fix(sections)


def _best_fix(sections: Sequence[Section]) -> list[str]:
    """One line, of the deployment where it surely saves most."""
    found = [(one.fix, one.name) for one in sections if one.fix is not None]
    if not found:
        return []
    fix, name = max(found, key=lambda pair: pair[0].saves.low)
    low, high = money(fix.saves.low), money(fix.saves.high)
    saves = low if low == high else f"{low} to {high}"
    if fix.to is not None:
        at = "" if fix.quality is None else f" at {share(fix.quality, 0)} of today\u2019s quality, n = {fix.evidence:,}"
        return [f"The fix worth most, in {name}: {fix.to.written} for {fix.task} saves {saves} a month{at}."]
    route = f" on the route {fix.route}" if fix.route else ""
    cause = CAUSES.get(fix.cause, "another error")
    return [f"The fix worth most, in {name}: failed attempts{route} ({cause}) cost {saves} a month beyond plan."]


def _least(share_of_requests: float) -> str:
    """A share is not rounded down to nothing."""
    return "less than 0.1\u202f%" if share_of_requests < 0.001 else f"{share_of_requests * 100:.1f}\u202f%"


def window(report: Report) -> str:
    now, before = report.week, report.week.back(1)
    return (
        f"Parts: own settings, {day(now.first_day)} to {day(now.last_day)} {now.last_day.year} "
        f"against {day(before.first_day)} to {day(before.last_day)}, UTC."
    )


def cohort(report: Report) -> str:
    """Whom the figures are compared with, in what detail, frozen when."""
    shown = report.sections[0].efficiency.shown
    frozen = f", frozen {moment(report.frozen_at)}" if report.frozen_at else ""
    among = "simulated organizations" if report.demo else "all organizations"
    if shown.level is Level.NOTHING:
        return f"Place: published assumptions{frozen}; cohort {among}, fewer than 10 others."
    return f"Place: published assumptions{frozen}; cohort {among}, {shown.table.peers} others. {_strip(shown.level)}"


def _strip(level: Level) -> str:
    match level:
        case Level.TAILS:
            return "Strip: pale, 10th to 90th percentile; dark, the middle half; line, median; blue, you."
        case Level.QUARTILES:
            return "Strip: dark, the middle half of peers; line, median; blue, you."
        case _:
            return "Strip: line, the median, told in coarse steps while peers are few; blue, you."


def _against(gap: float, whom: str) -> str:
    size = points(gap)
    return f"at {whom}" if size.startswith("0 ") else f"{size} {'above' if gap > 0 else 'below'} {whom}"


def _change(difference: float) -> str:
    size = points(difference)
    return "as a week ago" if size.startswith("0 ") else f"{'up' if difference > 0 else 'down'} {size} in a week"
