"""Twenty-four real changes of prices, 2024 to 2026, taken in as they were seen, each right on both sides of its day.

The figures are those of price_changes_20.csv and, for a whole provider, of genai_prices_git_changes.csv, of the public
data beside the project (pydantic/genai-prices, AgentOps-AI/tokencost, simonw/llm-prices; see its README for licences).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.pricing import load
from apps.pricing.book import Book
from apps.pricing.decide import accept
from apps.pricing.import_prices import add_list
from apps.pricing.price_row import PriceRow
from apps.pricing.queries import waiting
from apps.pricing.quote import quote
from tests.names import unique
from tests.pricing.usage import MTOK, price_row, usage

pytestmark = pytest.mark.public_data

NANO = 10**9
LONG = 200_000
NAMES = {
    "mistral-large-latest": ("mistral", "mistral-large-latest"),
    "open-mixtral-8x7b": ("mistral", "open-mixtral-8x7b"),
    "groq llama3-70b-8192": ("groq", "llama3-70b-8192"),
    "gemini-1.5-flash": ("google", "gemini-1.5-flash"),
    "cohere command-r": ("cohere", "command-r"),
    "cohere command-r-plus": ("cohere", "command-r-plus"),
    "gpt-4o (alias)": ("openai", "gpt-4o"),
    "claude-3-5-haiku": ("anthropic", "claude-3-5-haiku"),
    "o1-mini": ("openai", "o1-mini"),
    "deepseek-chat": ("deepseek", "deepseek-chat"),
    "mistral-small-latest": ("mistral", "mistral-small-latest"),
    "mistral-medium-latest": ("mistral", "mistral-medium-latest"),
    "o3": ("openai", "o3"),
    "gemini-2.5-flash (preview to GA)": ("google", "gemini-2.5-flash"),
    "groq gpt-oss-20b": ("groq", "gpt-oss-20b"),
    "deepseek-v4-pro": ("deepseek", "deepseek-v4-pro"),
    "gpt-5.6-luna": ("openai", "gpt-5.6-luna"),
    "gpt-5.6-terra": ("openai", "gpt-5.6-terra"),
    "claude-sonnet-5": ("anthropic", "claude-sonnet-5"),
}
BETWEEN_WHEELS = {"2025-12 to 2026-03": date(2026, 3, 1)}
"""Seen at the end of that time."""
TIER_REMOVED = {"claude-opus-4-6": ((5, 25), (10, 37.5)), "claude-sonnet-4-6": ((3, 15), (6, 22.5))}
"""Below and above 200,000 tokens of input, before; the lower one held for all of it from then on."""
ANNOUNCED = date(2026, 7, 15)
"""When the rise of September was known."""


@dataclass(frozen=True)
class Change:
    number: int
    provider: str
    model: str
    day: date
    old: tuple[float, float]
    new: tuple[float, float]
    declared: bool
    input_tokens: int = MTOK


def told(data: Path) -> Iterator[Change]:
    with (data / "price_changes_20.csv").open() as file:
        for row in csv.DictReader(file):
            number = int(row["n"])
            if row["model"] in NAMES:
                day = BETWEEN_WHEELS.get(row["effective_from"]) or date.fromisoformat(row["effective_from"])
                old, new = ((float(row[f"{one}_in"]), float(row[f"{one}_out"])) for one in ("old", "new"))
                declared = row["date_kind"] in ("from_date", "start_date", "announced future date")
                yield Change(number, *NAMES[row["model"]], day, old, new, declared)
            elif row["model"].startswith("novita"):
                yield from of_a_provider(data, number, date.fromisoformat(row["effective_from"]))
            else:
                for model, (below, above) in TIER_REMOVED.items():
                    yield Change(
                        number,
                        "anthropic",
                        model,
                        date.fromisoformat(row["effective_from"]),
                        above,
                        below,
                        declared=True,
                    )


def of_a_provider(data: Path, number: int, day: date) -> Iterator[Change]:
    """The end of a discount of 20 % on everything that one provider sells: both rates of each model, by the commit."""
    rates: dict[str, dict[str, tuple[float, float]]] = {}
    with (data / "genai_prices_git_changes.csv").open() as file:
        for row in csv.DictReader(file):
            ended = row["commit"] == "9ebd466b" and row["provider"] == "huggingface_novita" and row["old"]
            if ended and abs(float(row["old"]) / float(row["new"]) - 0.8) < 0.001:
                rates.setdefault(row["model"], {})[row["field"]] = (float(row["old"]), float(row["new"]))
    for model, fields in sorted(rates.items()):
        if {"input_mtok", "output_mtok"} <= set(fields):
            (old_in, new_in), (old_out, new_out) = fields["input_mtok"], fields["output_mtok"]
            yield Change(number, "novita", model, day, (old_in, old_out), (new_in, new_out), declared=False)


def price(change: Change, rates: tuple[float, float], **bounds: Any) -> PriceRow:
    return price_row(change.provider, change.model, dollars=rates, **bounds)


def moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def said(change: Change, seen: date) -> list[PriceRow]:
    """What a list says of it on a day: a dated change with its date, another one only once it has come."""
    start = moment(change.day)
    if change.model in TIER_REMOVED:
        below, above = TIER_REMOVED[change.model]
        tiers = [price(change, below, input_until=LONG + 1), price(change, above, input_from=LONG + 1)]
        if seen < change.day:
            return tiers
        return [*(replace(one, effective_until=start) for one in tiers), price(change, below, effective_from=start)]
    known_from = min(change.day, ANNOUNCED)
    if not change.declared or seen < known_from:
        return [price(change, change.new if seen >= change.day else change.old)]
    return [price(change, change.old, effective_until=start), price(change, change.new, effective_from=start)]


def cost(change: Change, at: datetime, book: Book) -> tuple[float, float] | None:
    """Dollars for a million tokens of input, and of output beside them."""
    asked = [
        {"at": at, "provider": change.provider, "model": change.model, "input_tokens": MTOK, "output_tokens": output}
        for output in (0, MTOK)
    ]
    alone, both = quote(usage(*asked), book)
    return None if alone is None or both is None else (alone / NANO, (both - alone) / NANO)


def unrecorded(found: list[Change]) -> Iterator[tuple[date, Change]]:
    """The day before a change whose old price is not what the change before it left: something in between is not told."""
    last: dict[tuple[str, str], Change] = {}
    for one in sorted(found, key=lambda change: change.day):
        before = last.get((one.provider, one.model))
        if before is not None and before.new != one.old:
            yield one.day - timedelta(days=1), one
        last[one.provider, one.model] = one


def told_on(found: list[Change], seen: date) -> list[Change]:
    """Of each model the latest change whose day has come, or the first, or one whose old price is seen now."""
    of_model: dict[tuple[str, str], Change] = {}
    for one in sorted(found, key=lambda change: change.day):
        if (one.provider, one.model) not in of_model or one.day <= seen or (seen, one) in unrecorded(found):
            of_model[one.provider, one.model] = one
    return list(of_model.values())


def test_each_is_priced_right_on_both_sides_of_its_day(as_worker: None, public_data: Path) -> None:
    found = list(told(public_data / "prices"))
    assert {one.number for one in found} == set(range(1, 25))
    source = unique("changes")
    days = {date(2024, 1, 1), ANNOUNCED, *(one.day for one in found if one.day <= ANNOUNCED + timedelta(days=20))}
    for seen in sorted(days | {day for day, _ in unrecorded(found)}):
        of_model = told_on(found, seen)
        rows = [row for one in of_model for row in said(one, seen)]
        add_list(source=source, version=seen.isoformat(), rows=rows, now=moment(seen) + timedelta(hours=9))
        for proposal in waiting():
            if proposal.price_list.source == source:
                accept(proposal_id=proposal.pk, by="the operator", now=moment(seen))
    book = load.load_book(source=source)
    wrong = [
        (one.number, one.model, at, cost(one, at, book), rates)
        for one in found
        for at, rates in (
            (moment(one.day) - timedelta(microseconds=1), one.old),
            (moment(one.day), one.new),
        )
        if cost(one, at, book) != pytest.approx(rates, abs=1e-9)
    ]
    assert not wrong


def test_those_far_from_the_price_before_waited_for_the_operator(as_worker: None, public_data: Path) -> None:
    source = unique("changes")
    found = [one for one in told(public_data / "prices") if one.model not in TIER_REMOVED]
    far = {one.number for one in found if any(not o <= 3 * n <= 9 * o for o, n in zip(one.old, one.new, strict=True))}
    waited = set()
    for one in found:
        mine = f"{source}-{one.number}-{one.model}"
        for version, rates in enumerate((one.old, one.new)):
            add_list(source=mine, version=str(version), rows=[price(one, rates)], now=moment(one.day))
        waited |= {one.number for proposal in waiting() if proposal.price_list.source == mine}
    assert waited == far
    assert {14, 15, 22} <= far
    assert not {1, 7, 8, 24} & far
