"""Arbitrary requests: retries, fallbacks, hedging, failures of every kind, gaps in everything that may be missing."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.reference.nouns import Attempt, Model, Request, Usage
from tests.reference.prices import RATES, STEP_US

tokens = st.integers(0, 100_000_000) | st.integers(0, 5)
told = st.builds(
    Usage,
    input_tokens=tokens,
    cache_read=st.none() | tokens,
    cache_write=st.none() | tokens,
    output_tokens=st.none() | tokens,
)
usages = st.just(Usage()) | told | told | st.builds(Usage, output_tokens=tokens) | st.builds(Usage, cache_read=tokens)
pairs: list[tuple[str | None, str | None]] = [*RATES, ("nobody", "unlisted"), (None, "gpt-4o"), ("openai", None)]
models = st.builds(
    lambda pair, tier: Model(pair[0], pair[1], tier),
    st.sampled_from(pairs),
    st.sampled_from(["standard"] * 4 + ["batch", "flex"]),
)
failures = st.sampled_from(
    [
        (None, None),
        (None, None),
        (200, None),
        (429, None),
        (400, None),
        (403, "PermissionDeniedError"),
        (413, None),
        (422, "x"),
        (500, None),
        (503, "overloaded"),
        (408, None),
        (499, None),
        (402, None),
        (200, "cut"),
        (None, "timeout"),
        (None, "connection_error"),
        (None, "429"),
        (None, "503"),
        (None, "openai.RateLimitError"),
        (None, "SomethingElse"),
    ]
)
times = st.none() | st.integers(0, 60_000_000) | st.integers(0, 3)
attempts = st.builds(
    lambda model, usage, start, failure, reported, currency: Attempt(
        model, usage, start, failure[0], failure[1], reported, currency
    ),
    models,
    usages,
    times,
    failures,
    st.none() | st.none() | st.integers(0, 10_000_000_000),
    st.sampled_from(["USD", "USD", "USD", "EUR"]),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Any request; the serving attempt, where one is named, is one of its attempts."""
    made = tuple(draw(st.lists(attempts, max_size=4)))
    if draw(st.booleans()):  # repeated on the same model, as most retries are
        made = tuple(replace(one, model=made[0].model) for one in made)
    outcome = draw(st.sampled_from(["served", "served", "served", "failed", None]))
    positions = [st.none(), *([st.integers(0, len(made) - 1)] * 4 if made else [])]
    return Request(
        attempts=made,
        outcome=outcome,
        serving=draw(st.one_of(positions)) if outcome == "served" else None,
        received_us=STEP_US + draw(st.integers(-60_000_000, 60_000_000)),
        operation=draw(st.sampled_from(["chat", "chat", "embeddings", "rerank", "completion"])),
        user_facing=draw(st.booleans()),
        completeness=draw(
            st.sampled_from(["complete"] * 4 + ["complete_first_hop", "count_only", "lower_bound", "unknown"])
        ),
        cache_hit=draw(st.booleans()) if not made and outcome == "served" else False,
        parallel=draw(st.booleans()),
        overhead_us=draw(times),
        overhead_basis=draw(st.sampled_from(["receive_to_dispatch", "total_minus_provider", "decision_only", None])),
    )
