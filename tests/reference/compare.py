"""Where a row of computed figures differs from what the reference says: names and both values, empty when they agree."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.reference.equation import Parts, Wait, parts, wait
from tests.reference.nouns import Assumptions, Request

NANO = 10**9
Difference = tuple[str, Any, Any]


def differences(
    request: Request, row: Mapping[str, Any], *, own: Assumptions, published: Assumptions
) -> list[Difference]:
    """A row of the computed requests against the reference; money and times exactly, losses within 1e-9."""
    ours, theirs = parts(request, own), parts(request, published)
    waited, waited_own = wait(request, published), wait(request, own)
    expected = _money(ours) | _published(theirs) | _times(waited)
    exact = [(name, value, row[name]) for name, value in expected.items() if row[name] != value]
    losses = (("loss_nano", waited.loss), ("own_loss_nano", waited_own.loss))
    return exact + [(name, loss, row[name]) for name, loss in losses if not _near(loss, row[name])]


def _money(expected: Parts) -> dict[str, Any]:
    return {
        "billed_nano": expected.billed,
        "planned_nano": expected.planned,
        "base_nano": expected.base,
        "retry_nano": expected.retry_overhead,
        "token_nano": expected.token_cost,
        "wasted_nano": expected.wasted,
        "premium_nano": expected.premium,
        "saving_nano": expected.saving,
        "unknown_attempts": expected.unknown_attempts,
    }


def _published(expected: Parts) -> dict[str, Any]:
    return {
        "published_billed_nano": expected.billed,
        "published_planned_nano": expected.planned,
        "published_token_nano": expected.token_cost,
        "published_retry_nano": expected.retry_overhead,
    }


def _times(expected: Wait) -> dict[str, Any]:
    return {
        "waiting": expected.counts,
        "retry_delay_us": expected.retry_delay,
        "added_overhead_us": expected.overhead,
        "added_us": expected.added,
    }


def _near(loss: Decimal | None, computed_nano: int | None) -> bool:
    if loss is None or computed_nano is None:
        return loss is None and computed_nano is None
    return abs(loss * NANO - computed_nano) <= 1


def upper_bound_differs(request: Request, row: Mapping[str, Any], own: Assumptions) -> bool:
    """Whether "at least" comes with another "at most" than the reference's; a missing bound must be said."""
    expected = parts(request, own).at_most_more
    if expected is None:
        return not row["unbounded_attempts"]
    return bool(row["unbounded_attempts"]) or row["unknown_upper_nano"] != expected
