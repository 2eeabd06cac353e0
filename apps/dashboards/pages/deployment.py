"""What comes in from a deployment: waiting for its first trace, then what its traces let one measure, and what would add."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.dashboards.frame import Frame
from apps.dashboards.pages.advice import OUTCOME, TOKENS, Advice, advice_for
from apps.dashboards.pages.stacks import Connect
from apps.dashboards.queries.arrivals import BOUND, Arrivals
from apps.dashboards.queries.posts import Posts
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count, listed, share

FEW = 6
"""Models named in a sentence."""
NEARLY_ALL = 0.95


@dataclass(frozen=True)
class Capability:
    """One thing that can or cannot be measured: what, how far, why, and what would change it."""

    what: str
    state: str
    lacks: bool
    why: str


@dataclass(frozen=True)
class Ledger:
    """What became of the posts of the last seven days, in words."""

    sentence: str
    nothing_taken: bool
    """Posts came, and nothing of any was taken."""


@dataclass(frozen=True)
class Came:
    """What came in; all in words."""

    answer: str
    headline: str
    detail: str
    capabilities: tuple[Capability, ...]
    basis: str


@dataclass(frozen=True)
class DeploymentPage:
    frame: Frame
    name: str
    came: Came | None
    ledger: Ledger | None
    """None when there was no post in the last seven days."""
    silent_since: str
    """The last day with traffic, when nothing came for 35 days; empty otherwise."""
    connect: Connect
    chosen: bool
    """Whether the reader picked a stack."""
    key: str
    """The text of a key just made, or a placeholder."""
    key_is_fresh: bool
    has_keys: bool
    may_change: bool
    standing: str
    health: str
    keys: str
    settings: str

    @property
    def waiting(self) -> bool:
        return self.came is None and not self.silent_since


def came(arrived: Arrivals, *, zone: ZoneInfo, now: datetime) -> Came:
    models = listed(
        [*arrived.models[:FEW], *([f"{len(arrived.models) - FEW} more"] if len(arrived.models) > FEW else [])]
    )
    capabilities = tuple(_capabilities(arrived))
    which = "The latest " if arrived.bounded else ""
    return Came(
        answer=_answer(capabilities),
        headline=f"{which}{count(arrived.requests, 'request')}, {count(arrived.attempts, 'attempt')}, "
        f"{count(len(arrived.models), 'model')}",
        detail=" · ".join(
            filter(None, (models, f"last at {times.moment(arrived.latest, zone)}", times.ago(arrived.latest, now=now)))
        ),
        capabilities=capabilities,
        basis=_basis(arrived, zone),
    )


def ledger(posts: Posts) -> Ledger | None:
    if not posts.posts:
        return None
    taken = [f"{count(posts.accepted)} taken", f"{count(posts.rejected)} rejected"]
    if posts.duplicate:
        taken.append(f"{count(posts.duplicate)} sent twice")
    if posts.conflict:
        taken.append(f"{count(posts.conflict)} sent again with other content, of which the first is kept")
    refused = f"; {count(posts.refused, 'post')} turned down whole" if posts.refused else ""
    return Ledger(
        sentence=f"In {count(posts.posts, 'post')} of the last seven days: {listed(taken)}{refused}.",
        nothing_taken=not posts.accepted + posts.duplicate,
    )


def silence(latest: date | None) -> str:
    return times.day(latest) if latest else ""


def _answer(capabilities: Sequence[Capability]) -> str:
    named = [(one.what[0].lower() + one.what[1:], one.lacks) for one in capabilities]
    lacking, whole = [name for name, lacks in named if lacks], [name for name, lacks in named if not lacks]
    if not lacking:
        return "What comes in lets everything be measured."
    if not whole:
        return "What comes in lets nothing be measured in full; below is what would change that."
    if len(lacking) > len(whole):
        return (
            f"What comes in lets {listed(whole)} be measured in full; below is what would do so for {listed(lacking)}."
        )
    return f"What comes in lets everything be measured but {listed(lacking)}; below is what would change that."


def _basis(arrived: Arrivals, zone: ZoneInfo) -> str:
    reach = (
        f"the latest {BOUND:,} requests"
        if arrived.bounded
        else f"all {count(arrived.requests, 'request')} of the last 35 days"
    )
    span = f"{times.moment(arrived.earliest, zone)} to {times.moment(arrived.latest, zone)}"
    production = share(arrived.production / arrived.requests, decimals=0)
    return f"Judged by {reach}, {span}; {production} of them in production. Sent as {listed(list(arrived.sources))}."


def _capabilities(arrived: Arrivals) -> Iterator[Capability]:
    advice = advice_for(arrived.sources, arrived.dialects)
    yield _attempts(arrived, advice)
    yield _cost(arrived)
    yield _delay(arrived, advice)
    yield _overhead(arrived, advice)
    yield _part(
        "Outcome",
        arrived.with_outcome,
        arrived.requests,
        "Served or failed is known.",
        OUTCOME,
    )
    yield _part(
        "Task labels",
        arrived.with_task,
        arrived.requests,
        "Costs can be split by task.",
        advice.task,
    )
    yield _part(
        "Quality",
        arrived.with_quality,
        arrived.requests,
        "Scores tell which models are good enough.",
        advice.quality,
    )


def _attempts(arrived: Arrivals, advice: Advice) -> Capability:
    complete = arrived.completeness.get("complete", 0)
    first_hop = arrived.completeness.get("complete_first_hop", 0)
    if complete >= NEARLY_ALL * arrived.requests:
        return Capability("Attempts", "complete", lacks=False, why="Every retry and fallback shows.")
    if complete + first_hop >= NEARLY_ALL * arrived.requests:
        return Capability(
            "Attempts", "first hop", lacks=False, why="Retries show; those of a gateway behind yours do not."
        )
    known = share((complete + first_hop) / arrived.requests, decimals=0)
    return Capability("Attempts", f"known for {known}", lacks=True, why=advice.attempts)


def _cost(arrived: Arrivals) -> Capability:
    if not arrived.answered:
        return Capability("Cost", "no", lacks=True, why="No attempt has answered yet.")
    tokens = arrived.answered_with_tokens / arrived.answered
    if arrived.with_cost >= NEARLY_ALL * arrived.answered:
        return Capability("Cost", "reported", lacks=False, why="By the sender, for nearly all answers.")
    if tokens >= NEARLY_ALL:
        return Capability("Cost", "computed", lacks=False, why="From tokens, at the dated prices of each model.")
    return Capability("Cost", f"for {share(tokens, decimals=0)} of answers", lacks=True, why=TOKENS)


def _delay(arrived: Arrivals, advice: Advice) -> Capability:
    if arrived.attempts and arrived.with_start >= NEARLY_ALL * arrived.attempts:
        return Capability("Retry delay", "yes", lacks=False, why="Attempts say when they started.")
    part = share(arrived.with_start / arrived.attempts, decimals=0) if arrived.attempts else "none"
    return Capability("Retry delay", f"for {part}", lacks=True, why=advice.delay)


def _overhead(arrived: Arrivals, advice: Advice) -> Capability:
    if len(arrived.bases) == 1 and arrived.with_overhead >= NEARLY_ALL * arrived.requests:
        return Capability(
            "Routing overhead", "yes", lacks=False, why=f"Measured as {arrived.bases[0].replace('_', ' ')}."
        )
    if len(arrived.bases) > 1:
        why = "Keep to one `overhead_basis`: figures of different bases do not mix."
        return Capability("Routing overhead", "mixed", lacks=True, why=why)
    state = "in part" if arrived.with_overhead else "no"
    return Capability("Routing overhead", state, lacks=True, why=advice.overhead)


def _part(what: str, known: int, of: int, good: str, fix: str) -> Capability:
    if known >= NEARLY_ALL * of:
        return Capability(what, "yes", lacks=False, why=good)
    return Capability(what, f"for {share(known / of, decimals=0)}" if known else "no", lacks=True, why=fix)
