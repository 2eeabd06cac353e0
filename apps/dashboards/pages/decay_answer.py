"""The first sentences of "Do your rules still choose well?": how well, what was lost, and how old the rules are."""

from collections.abc import Iterator

from apps.dashboards.pages.comparison import Words
from apps.dashboards.queries.decay import Decayed, Fall
from apps.dashboards.wording import decay as wording
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.rollups.epochs import Basis, Epoch

OLD = 30
"""Days after which rules are to be looked at again."""
WELL, MOSTLY = 0.9, 0.7


def answer(found: Decayed, epoch: Epoch | None, fall: Fall | None) -> Iterator[Words]:
    if epoch is None or fall is None:
        yield Words("No complete day of production has requests yet, so nothing is known of what rules choose.")
        return
    now = fall.after if fall.after.days else fall.before
    if now.value is None:
        had = any(one.evaluable for one in found.chosen.days.values())
        yield Words("Since these rules began, selection is not measured yet." if had else "Selection is not measured: "
                    "no request belongs to a task with evidence of its planned model and another.")  # fmt: skip
        return
    opening = "Yes: " if now.value >= WELL else "Mostly: " if now.value >= MOSTLY else "Not well: "
    yield Words(opening)
    yield Words(share(now.value), "you")
    yield Words(" of choices are within 5\u00a0% of the cheapest model that is good enough")
    median = found.peers.shown.median
    yield Words(
        ". " if median is None else f"; of the last frozen four weeks, the median of peers is {share(median)}. "
    )
    yield from _change(epoch, fall)
    if found.regret_nano:
        yield Words(" What they get wrong costs ")
        yield Words(money.whole_dollars(found.regret_nano), "ink")
        yield Words(" in 28 days.")


def _change(epoch: Epoch, fall: Fall) -> Iterator[Words]:
    loss, interval, name = fall.loss, fall.interval, wording.rules(epoch)
    if loss is None or interval is None:
        yield Words("It is too early to say whether that falls: a day after the first seven is needed.")
        return
    since = times.day(epoch.first)
    if interval[0] <= 0 <= interval[1]:
        yield Words(f"That has not clearly changed since {since}.")
    elif loss > 0:
        yield Words(f"But {name} {'have' if name == 'your rules' else 'has'} lost ")
        yield Words(wording.points(loss), "worse")
        yield Words(f" since {since}.")
    else:
        yield Words(f"It has risen by {wording.points(loss)} since {since}.")


def age(found: Decayed, epoch: Epoch) -> str:
    days = count(found.age(epoch), "day")
    match epoch.basis:
        case Basis.FIRST_SEEN:
            named = f"Policy {epoch.label}" if epoch.label else "These rules"
            return f"{named} held already with the first request, {days} ago: how old they are, nobody told."
        case Basis.INFERRED:
            since = f"New rules are inferred since {times.day(epoch.first)}, {days} ago"
            return f"{since}: {epoch.label}. Declare them below if so."
        case Basis.SENT:
            return f"Policy {epoch.label} is named by most requests since {times.day(epoch.first)}, {days} ago."
        case _:
            return f"{epoch.label} was declared {days} ago, for {times.day(epoch.first)}."


def nudge(found: Decayed, epoch: Epoch) -> str:
    if found.age(epoch) <= OLD:
        return ""
    return "They are older than a month. Revisiting rules once a month keeps the loss small."
