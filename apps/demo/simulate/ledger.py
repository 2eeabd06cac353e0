"""The simulator's own account of the truth by hour, to hold the product's figures against."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from apps.demo.simulate.arrivals import HOUR_US
from apps.demo.simulate.skills import CRITERIA
from apps.demo.simulate.truth import Happening


class Entry(Struct):
    """Sums over the requests received in one hour; counts, tokens and microseconds."""

    requests: int = 0
    served: int = 0
    failed: int = 0
    cache_hits: int = 0
    dispatched: int = 0
    """Requests with at least one attempt."""
    retried: int = 0
    """Requests with more than one."""
    fallbacks: int = 0
    """Served by another model or provider than planned."""
    attempts: int = 0
    answered: int = 0
    """Attempts that answered; more than the served ones where requests are hedged."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    retry_delay_us: int = 0
    """From the first dispatch to that of the serving attempt; of the last where none served."""
    overhead_us: int = 0
    """In the gateway before the first dispatch, of dispatched requests."""
    latency_us: int = 0
    judged: int = 0
    """Requests whose answer has a quality."""
    criteria_met: int = 0
    """Of their answers, together."""

    @property
    def quality_micro(self) -> int:
        return self.criteria_met * 1_000_000 // CRITERIA


class Ledger:
    """Entries by (deployment, environment, hour); the hour is its first second since 1970."""

    def __init__(self) -> None:
        self.entries: defaultdict[tuple[str, str, int], Entry] = defaultdict(Entry)
        self.tokens: defaultdict[tuple[str, str, int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        """Input, cached, written and output tokens by (deployment, environment, hour, provider, model)."""
        self.quality: defaultdict[tuple[str, str, int, str, str], list[int]] = defaultdict(lambda: [0, 0])
        """Judged answers and the criteria they met, by (deployment, environment, hour, task, model)."""

    def add(self, deployment: str, happenings: Iterable[Happening]) -> None:
        """Enter requests of the deployment with this key."""
        for one in happenings:
            key = (deployment, "production" if one.production else "staging", one.received_us // HOUR_US * 3600)
            entry = self.entries[key]
            _request(entry, one)
            if one.criteria_met is not None and one.serving is not None:
                known = self.quality[*key, one.job.task or "", one.tries[one.serving].offer.model]
                known[0] += 1
                known[1] += one.criteria_met
            for made in one.tries:
                entry.attempts += 1
                entry.answered += made.error is None
                if made.output is None:
                    continue
                entry.input_tokens += made.input or 0
                entry.cached_tokens += made.cached or 0
                entry.output_tokens += made.output
                entry.reasoning_tokens += made.reasoning or 0
                sums = self.tokens[*key, made.offer.provider, made.offer.model]
                for place, amount in enumerate((made.input, made.cached, made.written, made.output)):
                    sums[place] += amount or 0

    def total(self, deployment: str, *, environment: str = "production", since: int = 0, until: int = 1 << 62) -> Entry:
        """Sums over hours that begin in [since, until), in seconds since 1970."""
        total = Entry()
        for (key, where, hour), entry in self.entries.items():
            if key == deployment and where == environment and since <= hour < until:
                for name in Entry.__struct_fields__:
                    setattr(total, name, getattr(total, name) + getattr(entry, name))
        return total


def _request(entry: Entry, one: Happening) -> None:
    entry.requests += 1
    entry.served += one.served
    entry.failed += not one.served
    entry.cache_hits += one.cache_hit
    entry.latency_us += one.latency_us
    if one.criteria_met is not None:
        entry.judged += 1
        entry.criteria_met += one.criteria_met
    if not one.tries:
        return
    entry.dispatched += 1
    entry.retried += len(one.tries) > 1
    entry.overhead_us += one.overhead_us
    last = one.tries[-1 if one.serving is None else one.serving]
    entry.retry_delay_us += last.start_us - one.tries[0].start_us
    entry.fallbacks += one.serving is not None and last.offer is not one.tries[0].offer
