"""The book against `genai_prices.calc_price`: every model of every provider, around every dated step, on every tier."""

from collections import Counter
from functools import cache

import polars as pl
import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from apps.pricing.book import Book, frame_prices
from apps.pricing.quote import appraise, quote
from apps.pricing.resolve import find_listed
from apps.pricing.unfold import packaged_prices
from tests.pricing.oracle import (
    CONTEXTS,
    SOME_DAY,
    Case,
    all_prices,
    frame,
    inputs,
    instants,
    priced,
    spellings,
    to_nano,
)

TOKEN_KEYS = {
    "input_mtok",
    "cache_read_mtok",
    "cache_write_mtok",
    "cache_write_1h_mtok",
    "output_mtok",
    "output_reasoning_mtok",
    "requests_kcount",
}


@cache
def book() -> Book:
    return Book.of(frame_prices(packaged_prices()))


@cache
def everything() -> list[tuple[Provider, ModelInfo]]:
    return [(provider, model) for provider in get_snapshot().providers for model in provider.models]


@cache
def names() -> dict[tuple[str, str], str]:
    """A name of every model by which the package finds it."""
    return {(provider.id, model.id): spellings(provider, model)[0] for provider, model in everything()}


def by_other_units_only(model: ModelInfo) -> bool:
    """Priced by the hour, the page, the character, and never by token: for tokens the package says 0, we say unknown."""
    keys = {key for prices in all_prices(model)[:1] for key in prices.__dict__}
    return bool(keys) and not keys & TOKEN_KEYS


def cases_of(provider: Provider, model: ModelInfo) -> list[Case]:
    """Token sizes x instants x tiers x shapes of a usage."""
    name = names()[provider.id, model.id]
    tiers = CONTEXTS if model.price_variants else ("standard", "batch")
    return [
        priced(Case(provider.id, name, tier, at, size, *shape), model, provider)
        for at in instants(model)
        for tier in tiers
        for size in inputs(model)
        for shape in ((0, 0, 0, 631, 0), (size // 3, size // 5, size // 7, 1_009, 503))
    ]


def test_every_model_is_found_by_a_name_the_package_knows() -> None:
    found = [find_listed(provider.id, names()[provider.id, model.id]) for provider, model in everything()]
    assert [(hit and hit.provider, hit and hit.model) for hit in found] == [(p.id, m.id) for p, m in everything()]


def test_it_agrees_with_the_package_to_the_nano_dollar() -> None:
    cases = [
        case for provider, model in everything() if not by_other_units_only(model) for case in cases_of(provider, model)
    ]
    answers = frame(cases).with_columns(quote(frame(cases), book()))
    differing = answers.filter(pl.col("price_nano").ne_missing(pl.col("expected_nano")))
    assert differing.is_empty(), differing.head(5)
    assert len(cases) > 25_000
    assert answers["price_nano"].n_unique() > 3_000


def test_few_models_are_left_out_of_that_and_all_for_one_reason() -> None:
    left_out = [(provider.id, model) for provider, model in everything() if by_other_units_only(model)]
    assert len(left_out) <= 40 < len(everything()) // 50
    cases = [Case(provider, model.id, "standard", SOME_DAY, 1_000) for provider, model in left_out]
    assert quote(frame(cases), book()).null_count() == len(cases)


def test_the_box_of_a_moment_is_one_or_none() -> None:
    """Boxes of a series are disjoint, so that a usage is priced once."""
    boxes = book().boxes
    overlapping = boxes.join(boxes, on="series").filter(
        pl.col("box") < pl.col("box_right"),
        *(
            (pl.col(f"{kind}_from{us}") < pl.col(f"{kind}_until{us}_right"))
            & (pl.col(f"{kind}_from{us}_right") < pl.col(f"{kind}_until{us}"))
            for kind, us in (("effective", "_us"), ("daily", "_us"), ("input", ""))
        ),
    )
    assert overlapping.is_empty()


def priced_units() -> list[tuple[Provider, ModelInfo, str]]:
    known = set(get_snapshot().providers[0].models[0].prices.__dict__) | TOKEN_KEYS
    return [
        (provider, model, key)
        for provider, model in everything()
        for key in dict.fromkeys(key for prices in all_prices(model)[:1] for key in prices.__dict__)
        if key not in known
    ]


USAGE_KEYS = {
    "web_searches_kcount": "web_searches",
    "storage_searches_kcount": "storage_searches",
    "rerank_searches_kcount": "rerank_searches",
    "audio_hours": "audio_seconds",
    "input_audio_hours": "input_audio_seconds",
    "input_document_kpages": "input_document_pages",
    "input_annotated_document_kpages": "input_annotated_document_pages",
    "input_mchars": "input_characters",
    "input_text_messages_kcount": "input_text_messages",
    "input_audio_mtok": "input_audio_tokens",
    "output_audio_mtok": "output_audio_tokens",
    "input_image_mtok": "input_image_tokens",
    "output_image_mtok": "output_image_tokens",
    "input_video_mtok": "input_video_tokens",
    "output_video_mtok": "output_video_tokens",
    "output_citation_mtok": "output_citation_tokens",
    "cache_audio_read_mtok": "cache_audio_read_tokens",
    "cache_image_read_mtok": "cache_image_read_tokens",
}
"""The package's names of a price and of what it prices."""

CONTAINING = {
    "cache_audio_read_tokens": ("input_audio_tokens",),
    "cache_image_read_tokens": ("input_image_tokens",),
    "input_audio_seconds": ("audio_seconds",),
    "input_annotated_document_pages": ("input_document_pages",),
}


@pytest.mark.parametrize("count", [1, 17, 4_999])
def test_other_units_agree_with_the_package_too(count: int) -> None:
    """Each other unit that a model prices, with the units that contain it: searches, hours, pages, audio tokens."""
    cases, others, expected, kinds = list[Case](), list[str](), list[int](), Counter[str]()
    for provider, model, key in priced_units():
        unit = USAGE_KEYS[key]
        used = {unit: count, **dict.fromkeys(CONTAINING.get(unit, ()), count + 3)}
        if provider.id == "groq" and count < 10:
            continue  # its speech models bill ten seconds at least, which is the one rule the table does not hold
        cached = 6_000 if "cache" in unit or "input" not in unit else 0
        usage = Usage(input_tokens=9_000, cache_read_tokens=cached, output_tokens=8_000, **used)
        answer = model.calc_price(usage, provider, genai_request_timestamp=SOME_DAY)
        cases.append(
            Case(provider.id, names()[provider.id, model.id], "standard", SOME_DAY, 9_000, cached, 0, 0, 8_000)
        )
        others.append("{" + ", ".join(f'"{name}": {n}' for name, n in used.items()) + "}")
        expected.append(to_nano(answer.total_price))
        kinds[unit] += 1
    got = appraise(frame(cases).with_columns(other_units=pl.Series(others)), book())["price_nano"]
    wrong = [(c.provider, c.model, o, g, e) for c, o, g, e in zip(cases, others, got, expected, strict=True) if g != e]
    assert wrong == []
    assert len(kinds) >= 14
