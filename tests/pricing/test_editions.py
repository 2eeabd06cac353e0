"""A refresh adds to the book from the day of a change on, the past stays priced, and what is hard to believe waits."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from apps.pricing import changes, load
from apps.pricing.decide import NothingWaitsError, accept, refuse
from apps.pricing.import_prices import Imported, add_list
from apps.pricing.models import Edition, Proposal
from apps.pricing.price_row import PriceRow
from apps.pricing.queries import changed_since, waiting
from apps.pricing.quote import quote
from tests.connections import acting_as
from tests.names import unique
from tests.pricing.usage import MTOK, price_row, usage

NANO = 10**9
FIRST, SEEN, LATER = (datetime(2026, month, 5, 14, 30, tzinfo=UTC) for month in (1, 3, 6))


def row(price: float, model: str = "gpt-4o", **changed: Any) -> PriceRow:
    return price_row("openai", model, dollars=(price, 4 * price), **changed)


class Lists:
    """A source of its own, list by list."""

    def __init__(self) -> None:
        self.source = unique("list")
        self.versions = 0

    def says(self, now: datetime, *rows: PriceRow) -> Imported:
        self.versions += 1
        return add_list(source=self.source, version=str(self.versions), rows=rows, now=now)

    def prices(self, *moments: datetime, **changed: Any) -> list[float | None]:
        """What a million tokens of input cost at these moments, in dollars."""
        asked = usage(*({"at": moment, "input_tokens": MTOK, "output_tokens": 0, **changed} for moment in moments))
        told = quote(asked, load.load_book(source=self.source))
        return [None if nano is None else nano / NANO for nano in told]

    def waiting(self) -> list[Proposal]:
        return [one for one in waiting() if one.price_list.source == self.source]


@pytest.fixture
def lists(as_worker: None) -> Lists:
    return Lists()


def day(month: int, number: int, **clock: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC).replace(**clock)  # type: ignore[arg-type]


def test_a_price_without_a_date_changes_on_the_day_it_was_seen(lists: Lists) -> None:
    lists.says(FIRST, row(5))
    assert lists.says(SEEN, row(2.5)) == Imported(lists.source, "2", 1, changed=1)
    assert lists.prices(day(1, 1), day(3, 4, hour=23), day(3, 5), LATER) == [5, 5, 2.5, 2.5]


def test_a_declared_price_holds_from_its_date_also_where_it_was_seen_late_or_is_yet_to_come(lists: Lists) -> None:
    lists.says(FIRST, row(5))
    lists.says(SEEN, row(5, effective_until=day(2, 1)), row(4, effective_from=day(2, 1)))
    assert lists.prices(day(1, 31, hour=23), day(2, 1)) == [5, 4]
    rise = (row(4, effective_until=day(9, 1)), row(6, effective_from=day(9, 1)))
    lists.says(LATER, *rise)
    assert lists.prices(day(8, 31, hour=23), day(9, 1)) == [4, 6]
    assert changed_since(
        Edition.objects.filter(price_list__source=lists.source).latest("pk").pk - 1, source=lists.source
    ) == (day(9, 1))
    lists.says(day(7, 1), row(4))  # taken back before it came
    assert lists.prices(day(2, 1), day(9, 1)) == [4, 4]


def test_the_past_is_not_rewritten_by_what_a_list_no_longer_tells(lists: Lists) -> None:
    lists.says(FIRST, row(5, effective_until=day(2, 1)), row(4, effective_from=day(2, 1)))
    assert lists.says(SEEN, row(4)).changed == 0
    lists.says(LATER, row(1, model="other"))
    assert lists.prices(day(1, 1), LATER) == [5, 4]


def test_a_tier_that_gets_a_price_of_its_own_was_standard_before(lists: Lists) -> None:
    lists.says(FIRST, row(4))
    lists.says(SEEN, row(4), row(2, service_tier="batch"))
    assert lists.prices(day(2, 1), SEEN, service_tier="batch") == [4, 2]


@pytest.mark.parametrize("price", [0, 1.3, 12.1])
def test_a_price_outside_a_third_to_three_times_the_old_one_or_0_waits(lists: Lists, price: float) -> None:
    lists.says(FIRST, row(4))
    assert lists.says(SEEN, row(price)) == Imported(lists.source, "2", 1, waiting=1)
    assert lists.prices(LATER) == [4]
    (proposal,) = lists.waiting()
    assert proposal.reason == f"input $4 to ${price:g} for 1M tokens from 2026-03-05"
    accept(proposal_id=proposal.pk, by="somebody", now=LATER)
    assert lists.prices(day(3, 4), SEEN) == [4, price]
    with pytest.raises(NothingWaitsError):
        refuse(proposal_id=proposal.pk, by="somebody else", now=LATER)


@pytest.mark.parametrize("price", [1.34, 12])
def test_a_price_within_the_bounds_does_not_wait(lists: Lists, price: float) -> None:
    lists.says(FIRST, row(4))
    assert lists.says(SEEN, row(price)).waiting == 0


def test_a_refused_price_is_not_proposed_again_and_a_newer_one_takes_the_place_of_what_waits(lists: Lists) -> None:
    lists.says(FIRST, row(4))
    lists.says(SEEN, row(40))
    refuse(proposal_id=lists.waiting()[0].pk, by="somebody", now=SEEN)
    assert lists.says(LATER, row(40)).waiting == 0
    assert lists.prices(LATER) == [4]
    lists.says(LATER, row(0))
    lists.says(LATER, row(4.5))
    assert (lists.waiting(), lists.prices(LATER)) == ([], [4.5])


def test_an_operator_may_know_the_day_better(lists: Lists) -> None:
    lists.says(FIRST, row(4))
    lists.says(LATER, row(1))
    said = StringIO()
    (proposal,) = lists.waiting()
    call_command("prices", "accept", str(proposal.pk), "--from", "2026-02-10", stdout=said)
    assert said.getvalue() == "openai gpt-4o (standard): accepted\n"
    assert lists.prices(day(2, 9), day(2, 10)) == [4, 1]
    with pytest.raises(CommandError, match="It waits no more"):
        call_command("prices", "refuse", str(proposal.pk))


def test_the_first_price_of_a_model_holds_since_ever_unless_it_is_0(lists: Lists) -> None:
    lists.says(FIRST, row(4))
    assert lists.says(SEEN, row(4), row(3, model="gpt-new"), row(0, model="gpt-free")).waiting == 1
    assert lists.prices(day(1, 1), model="gpt-new", raw_model="gpt-new") == [3]
    assert lists.prices(LATER, model="gpt-free", raw_model="gpt-free") == [None]


def test_a_change_of_one_tier_by_input_is_compared_with_that_tier() -> None:
    def tiers(*prices: float) -> Sequence[PriceRow]:
        return [row(prices[0], input_until=200_001), row(prices[1], input_from=200_001)]

    found = changes.change(tiers(5, 10), [row(5)], observed=SEEN)
    assert found == changes.Change(SEEN, "")
    found = changes.change(tiers(5, 10), tiers(5, 40), observed=SEEN)
    assert found is not None
    assert "input $10 to $40" in found.doubt


@pytest.mark.parametrize("role", ["web", "worker", "owner"])
def test_nobody_changes_an_edition(database: None, role: str) -> None:
    with acting_as("worker"):
        lists = Lists()
        lists.says(FIRST, row(5))
    with (
        acting_as(role),  # type: ignore[arg-type]
        pytest.raises(DatabaseError, match=r"only ever added to|permission denied"),
        transaction.atomic(),
    ):
        Edition.objects.filter(price_list__source=lists.source).update(in_force_from=None)
