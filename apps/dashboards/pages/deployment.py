"""What comes in from a deployment: waiting for its first trace, then what its traces let one measure, and what would add."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.frame import Frame
from apps.dashboards.pages.advice import OUTCOME, TOKENS, Advice, advice_for
from apps.dashboards.pages.stacks import Connect
from apps.dashboards.queries.arrivals import BOUND, Arrivals
from apps.dashboards.queries.posts import Posts
from apps.dashboards.wording import ranges, times
from apps.dashboards.wording.benchmark import basis
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
    more = len(arrived.models) - FEW
    models = listed([*arrived.models[:FEW], *([_("{number} more").format(number=more)] if more > 0 else [])])
    capabilities = tuple(_capabilities(arrived))
    counts = (
        count(arrived.requests, "request"),
        count(arrived.attempts, "attempt"),
        count(len(arrived.models), "model"),
    )
    headline = ", ".join(counts)
    latest = _("last at {moment}").format(moment=times.moment(arrived.latest, zone))
    return Came(
        answer=_answer(capabilities),
        headline=_("The latest {counts}").format(counts=headline) if arrived.bounded else headline,
        detail=" · ".join(filter(None, (models, latest, times.ago(arrived.latest, now=now)))),
        capabilities=capabilities,
        basis=_basis(arrived, zone),
    )


def ledger(posts: Posts) -> Ledger | None:
    if not posts.posts:
        return None
    taken = [
        _("{number} taken").format(number=count(posts.accepted)),
        _("{number} rejected").format(number=count(posts.rejected)),
    ]
    if posts.duplicate:
        taken.append(_("{number} sent twice").format(number=count(posts.duplicate)))
    if posts.conflict:
        again = _("{number} sent again with other content, of which the first is kept")
        taken.append(again.format(number=count(posts.conflict)))
    sentence = (
        _("In {posts} of the last seven days: {taken}; {refused} turned down whole.")
        if posts.refused
        else _("In {posts} of the last seven days: {taken}.")
    )
    return Ledger(
        sentence=sentence.format(
            posts=count(posts.posts, "post"), taken=listed(taken), refused=count(posts.refused, "post")
        ),
        nothing_taken=not posts.accepted + posts.duplicate,
    )


def silence(latest: date | None) -> str:
    return times.day(latest) if latest else ""


def _answer(capabilities: Sequence[Capability]) -> str:
    named = [(one.what[0].lower() + one.what[1:], one.lacks) for one in capabilities]
    lacking, whole = [name for name, lacks in named if lacks], [name for name, lacks in named if not lacks]
    if not lacking:
        return _("What comes in lets everything be measured.")
    if not whole:
        return _("What comes in lets nothing be measured in full; below is what would change that.")
    if len(lacking) > len(whole):
        said = _("What comes in lets {whole} be measured in full; below is what would do so for {lacking}.")
    else:
        said = _("What comes in lets everything be measured but {lacking}; below is what would change that.")
    return said.format(whole=listed(whole), lacking=listed(lacking))


def _basis(arrived: Arrivals, zone: ZoneInfo) -> str:
    said = (
        _("Judged by the latest {requests}, {span}; {part} of them in production. Sent as {sources}.")
        if arrived.bounded
        else _("Judged by all {requests} of the last 35 days, {span}; {part} of them in production. Sent as {sources}.")
    )
    return said.format(
        requests=count(BOUND if arrived.bounded else arrived.requests, "request"),
        span=ranges.ends(times.moment(arrived.earliest, zone), times.moment(arrived.latest, zone)),
        part=share(arrived.production / arrived.requests, decimals=0),
        sources=listed(list(arrived.sources)),
    )


def _capabilities(arrived: Arrivals) -> Iterator[Capability]:
    advice = advice_for(arrived.sources, arrived.dialects)
    yield _attempts(arrived, advice)
    yield _cost(arrived)
    yield _delay(arrived, advice)
    yield _overhead(arrived, advice)
    yield _part(
        _("Outcome"),
        arrived.with_outcome,
        arrived.requests,
        _("Served or failed is known."),
        _(OUTCOME),
    )
    yield _part(
        _("Task labels"),
        arrived.with_task,
        arrived.requests,
        _("Costs can be split by task."),
        advice.task,
    )
    yield _part(
        _("Quality"),
        arrived.with_quality,
        arrived.requests,
        _("Scores tell which models are good enough."),
        advice.quality,
    )


def _attempts(arrived: Arrivals, advice: Advice) -> Capability:
    complete = arrived.completeness.get("complete", 0)
    first_hop = arrived.completeness.get("complete_first_hop", 0)
    if complete >= NEARLY_ALL * arrived.requests:
        return Capability(_("Attempts"), _("complete"), lacks=False, why=_("Every retry and fallback shows."))
    if complete + first_hop >= NEARLY_ALL * arrived.requests:
        return Capability(
            _("Attempts"), _("first hop"), lacks=False, why=_("Retries show; those of a gateway behind yours do not.")
        )
    known = share((complete + first_hop) / arrived.requests, decimals=0)
    return Capability(_("Attempts"), _("known for {part}").format(part=known), lacks=True, why=advice.attempts)


def _cost(arrived: Arrivals) -> Capability:
    if not arrived.answered:
        return Capability(_("Cost"), _("no"), lacks=True, why=_("No attempt has answered yet."))
    tokens = arrived.answered_with_tokens / arrived.answered
    if arrived.with_cost >= NEARLY_ALL * arrived.answered:
        return Capability(_("Cost"), _("reported"), lacks=False, why=_("By the sender, for nearly all answers."))
    if tokens >= NEARLY_ALL:
        return Capability(
            _("Cost"), _("computed"), lacks=False, why=_("From tokens, at the dated prices of each model.")
        )
    part = _("for {part} of answers").format(part=share(tokens, decimals=0))
    return Capability(_("Cost"), part, lacks=True, why=_(TOKENS))


def _delay(arrived: Arrivals, advice: Advice) -> Capability:
    if arrived.attempts and arrived.with_start >= NEARLY_ALL * arrived.attempts:
        return Capability(_("Retry delay"), _("yes"), lacks=False, why=_("Attempts say when they started."))
    part = share(arrived.with_start / arrived.attempts, decimals=0) if arrived.attempts else _("none")
    return Capability(_("Retry delay"), _("for {part}").format(part=part), lacks=True, why=advice.delay)


def _overhead(arrived: Arrivals, advice: Advice) -> Capability:
    if len(arrived.bases) == 1 and arrived.with_overhead >= NEARLY_ALL * arrived.requests:
        return Capability(
            _("Routing overhead"),
            _("yes"),
            lacks=False,
            why=_("Measured as {basis}.").format(basis=basis(arrived.bases[0])),
        )
    if len(arrived.bases) > 1:
        why = _("Keep to one `overhead_basis`: figures of different bases do not mix.")
        return Capability(_("Routing overhead"), _("mixed"), lacks=True, why=why)
    state = _("in part") if arrived.with_overhead else _("no")
    return Capability(_("Routing overhead"), state, lacks=True, why=advice.overhead)


def _part(what: str, known: int, of: int, good: str, fix: str) -> Capability:
    if known >= NEARLY_ALL * of:
        return Capability(what, _("yes"), lacks=False, why=good)
    state = _("for {part}").format(part=share(known / of, decimals=0)) if known else _("no")
    return Capability(what, state, lacks=True, why=fix)
