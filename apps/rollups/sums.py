"""What a cell of each cube holds: one field a column, in the order of the tables.

Fields are whole numbers that add up: counts of requests or attempts, nano-dollars, microseconds, tokens, billionths of
lost engagement. In the tables a sum of 0 is stored as null, which costs a bit instead of eight bytes; nothing else is
meant by it, since whether a thing was measured is told by the count beside it.
"""

from dataclasses import dataclass, fields
from typing import Literal, get_args

Lack = Literal["price", "price or tokens", "tokens"]
LACKS: tuple[Lack, ...] = get_args(Lack)
"""What an attempt without a cost may lack; the surest want of a price first."""


@dataclass(frozen=True, slots=True)
class RequestSums:
    """Of the request cube. "Measurable" requests are those whose attempts are all known."""

    requests: int = 0
    outcome_known: int = 0
    served: int = 0
    failed: int = 0
    cache_hits: int = 0
    undispatched: int = 0
    """Known to have had no attempt: cache hits, and refusals of the gateway."""
    attempts: int = 0
    counted: int = 0
    """With at least one attempt, whose number is known."""
    retried: int = 0
    """Of `counted`, with more than one attempt."""
    measurable: int = 0
    served_dispatched: int = 0
    """Served by an attempt."""
    served_with_tokens: int = 0
    served_tokens: int = 0
    """Input and output of serving attempts."""
    served_input_tokens: int = 0
    """The input of them."""
    served_tokens_priced: int = 0
    """Of `served_tokens`, those in requests with a price under the published assumptions."""
    usage_known: int = 0
    """Of a task and served, with a usage that models can be compared by, see apps.costing.selection.comparable."""
    usage_input_tokens: int = 0
    """Of their serving attempts, likewise the five below."""
    usage_cache_read_input_tokens: int = 0
    usage_cache_write_input_tokens: int = 0
    usage_cache_write_1h_input_tokens: int = 0
    usage_output_tokens: int = 0
    usage_reasoning_output_tokens: int = 0
    fallback_known: int = 0
    fallbacks: int = 0
    priced: int = 0
    """With a cost in USD; 0 dollars for those without any attempt."""
    billed_nano: int = 0
    upper_bounds: int = 0
    """Of `priced`, those whose cached tokens are unknown and priced as uncached."""
    split: int = 0
    """Measurable, priced, with a known outcome: their cost is split into parts."""
    planned_nano: int = 0
    token_nano: int = 0
    wasted_nano: int = 0
    failed_nano: int = 0
    """Of `wasted_nano`, what was billed for requests that failed."""
    premium_nano: int = 0
    saving_nano: int = 0
    evaluable: int = 0
    """Of `split`, served where the planned model and another were candidates: selection is measured on them."""
    evaluable_tokens: int = 0
    """Input and output of their serving attempts, under the published assumptions."""
    evaluable_planned_nano: int = 0
    evaluable_base_nano: int = 0
    regret_nano: int = 0
    """Selection inefficiency, a share of their base; what is left of base is token cost."""
    with_optimum: int = 0
    """Of `evaluable`, those where some candidate is eligible."""
    optimum_planned_nano: int = 0
    optimal_nano: int = 0
    """What the cheapest eligible model would have cost, and what the planned one did."""
    optimal: int = 0
    """Planned on an eligible model at no more than 1.05 times the least price."""
    under_quality: int = 0
    """Planned on a model that is not eligible."""
    published_split: int = 0
    published_token_nano: int = 0
    published_retry_nano: int = 0
    published_regret_nano: int = 0
    retried_served: int = 0
    """Of `split`, those served after more than one attempt."""
    retried_later_nano: int = 0
    """Billed for their attempts after the first."""
    retried_planned_nano: int = 0
    unknown_attempts: int = 0
    """Failed attempts of measurable requests that may have been billed."""
    unbounded_attempts: int = 0
    unknown_upper_nano: int = 0
    waiting: int = 0
    """User-facing requests that count for latency."""
    waiting_delay_known: int = 0
    waiting_delay_us: int = 0
    waiting_overhead_known: int = 0
    waiting_overhead_us: int = 0
    loss_nano: int = 0
    """Lost engagement under the published assumptions, in billionths of a request."""
    own_loss_nano: int = 0
    """The same under what the tenant declared for the day."""
    retry_delay_known: int = 0
    """Measurable requests with more than one attempt, whose starts are known."""
    retry_delay_us: int = 0
    receive_to_dispatch: int = 0
    """With a routing overhead on this basis; likewise the two below."""
    receive_to_dispatch_us: int = 0
    total_minus_provider: int = 0
    total_minus_provider_us: int = 0
    decision_only: int = 0
    decision_only_us: int = 0
    latency_known: int = 0
    latency_us: int = 0
    ttft_known: int = 0
    ttft_us: int = 0
    scored: int = 0
    """Priced and with a quality score."""
    scored_billed_nano: int = 0
    quality_micro: int = 0


@dataclass(frozen=True, slots=True)
class AttemptSums:
    """Of the attempt cube. Dollars are those of priced requests, so that both cubes add up to the same."""

    attempts: int = 0
    served: int = 0
    latency_known: int = 0
    latency_us: int = 0
    ttft_known: int = 0
    ttft_us: int = 0
    input_known: int = 0
    input_tokens: int = 0
    cache_known: int = 0
    cache_known_input_tokens: int = 0
    """Input of attempts that told how much of it was cached."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_known: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    billed: int = 0
    billed_nano: int = 0
    published_billed: int = 0
    published_billed_nano: int = 0
    reported: int = 0
    """Billed as their gateway reported, not by the price book."""
    reported_nano: int = 0
    """What their gateway reported, whether or not the rest of their request is priced."""
    computed: int = 0
    """Billed ones that the price book has a price for, reported or not."""
    computed_nano: int = 0
    """That price: what they would cost if nobody had reported anything."""
    compared: int = 0
    """Of `reported`, those whose usage has a price too, at the tenant's terms."""
    compared_reported_nano: int = 0
    compared_computed_nano: int = 0
    unpriced: int = 0
    billing_unknown: int = 0
    unknown_upper_nano: int = 0
    upper_bounds: int = 0
    wasted: int = 0
    """Of requests that are `split`: attempts that were not the one that answered."""
    wasted_nano: int = 0
    """Billed for these; over all of them, the `wasted_nano` of requests."""

    @property
    def lacks(self) -> Lack:
        """Of one model, what its unpriced attempts lack, as far as the sums tell. Tokens, where none told any, or as many
        were priced as told some: a price would change nothing. A price, where none has one though both kinds of tokens were
        told. Else a price may have begun later or ended, or tokens may be untold that cost something."""
        if self.computed >= max(self.input_known, self.output_known):
            return "tokens"
        return "price or tokens" if self.computed or not min(self.input_known, self.output_known) else "price"


REQUEST_KEYS = ("environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness")
"""Provider and model are the planned ones, those of attempt 0. An empty label: none was told."""
ATTEMPT_KEYS = ("environment", "provider", "model", "cause", "kind")
TAG_KEYS = ("environment", "key", "value")

BASES = ("receive_to_dispatch", "total_minus_provider", "decision_only")
REQUEST_SKETCHES = ("latency", "ttft", "retry_delay", *BASES)
"""Columns `<name>_sketch`, of microseconds."""
ATTEMPT_SKETCHES = ("latency", "ttft")

REQUEST_SUMS = tuple(field.name for field in fields(RequestSums))
ATTEMPT_SUMS = tuple(field.name for field in fields(AttemptSums))
TAG_SUMS = (
    "requests", "outcome_known", "served", "failed", "counted", "retried",
    "served_with_tokens", "served_tokens", "served_input_tokens",
    "priced", "billed_nano", "upper_bounds", "split", "token_nano", "wasted_nano", "premium_nano", "evaluable", "regret_nano",
    "unknown_attempts", "unbounded_attempts", "unknown_upper_nano",
    "waiting", "waiting_delay_known", "waiting_overhead_known", "own_loss_nano", "latency_known", "latency_us",
)  # fmt: skip
"""Those of RequestSums that are kept by tag: what makes the parts of the cost, and shares of requests and tokens."""


def sketch_column(name: str) -> str:
    return f"{name}_sketch"


@dataclass(frozen=True)
class Cube:
    """One of the cubes, in both tiers; `table` + `_hour` and `_day` are its tables."""

    table: str
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    sketches: tuple[str, ...]
    """Names of the columns."""
    measure: str
    """The sum that says how much is in a cell: which labels are the big ones."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.keys, *self.sums, *self.sketches)


REQUESTS = Cube(
    "rollups_request", REQUEST_KEYS, REQUEST_SUMS, tuple(sketch_column(name) for name in REQUEST_SKETCHES), "requests"
)
ATTEMPTS = Cube(
    "rollups_attempt", ATTEMPT_KEYS, ATTEMPT_SUMS, tuple(sketch_column(name) for name in ATTEMPT_SKETCHES), "attempts"
)
TAGS = Cube("rollups_tag", TAG_KEYS, TAG_SUMS, (), "billed_nano")
"""Only requests with the key are in its cells, see apps.rollups.tagged."""
CUBES = (REQUESTS, ATTEMPTS, TAGS)
WHOLE = Cube("rollups_whole", ("environment", "completeness"), REQUEST_SUMS, (), "requests")
"""Days of the cube of requests, added up over all other labels, for what is asked of many deployments or weeks. No hours."""
