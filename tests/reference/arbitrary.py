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


listed = st.builds(lambda pair, tier: Model(pair[0], pair[1], tier), st.sampled_from([*RATES]), st.just("standard"))
complete = st.builds(
    Usage,
    input_tokens=st.integers(1, 9_000),
    cache_read=st.none() | st.integers(0, 99),
    output_tokens=st.integers(0, 900),
)
answers = st.builds(
    lambda model, usage, start, reported: Attempt(model, usage, start, 200, None, reported),
    listed,
    complete,
    st.integers(0, 60_000_000),
    st.none() | st.integers(0, 99) | st.integers(0, 10_000_000_000),
)
known_failures = st.builds(
    lambda model, usage, start, failure: Attempt(model, usage, start, failure[0], failure[1]),
    listed,
    st.just(Usage()) | complete,
    st.integers(0, 60_000_000),
    st.sampled_from([(429, None), (500, None), (None, "timeout"), (200, "cut")]),
)


@st.composite
def usual(draw: st.DrawFn) -> Request:
    """A request as most are: everything is priced and told, some attempts failed, one answered or none, on any model."""
    outcome = draw(st.sampled_from(["served", "served", "failed"]))
    failed = draw(st.lists(known_failures, min_size=outcome == "failed", max_size=3))
    served = draw(st.lists(answers, min_size=1, max_size=2)) if outcome == "served" else []
    made = tuple(failed + served)
    return Request(
        attempts=made,
        outcome=outcome,
        serving=draw(st.integers(len(failed), len(made) - 1)) if served else None,
        received_us=STEP_US + draw(st.integers(-60_000_000, 60_000_000)),
        completeness=draw(st.sampled_from(["complete", "complete_first_hop"])),
        parallel=draw(st.booleans()),
        overhead_us=draw(st.integers(0, 500_000)),
        overhead_basis="receive_to_dispatch",
    )


@st.composite
def odd(draw: st.DrawFn) -> Request:
    """Anything the wire lets through; the serving attempt, where one is named, is one of its attempts."""
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


def requests() -> st.SearchStrategy[Request]:
    """Usual requests and odd ones, half and half."""
    return usual() | odd()
