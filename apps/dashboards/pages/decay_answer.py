"""The first sentences of "Do your rules still choose well?": how well, what was lost, and how old the rules are."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.queries.decay import Decayed, Fall
from apps.dashboards.wording import decay as wording
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.rollups.epochs import Basis, Epoch

OLD = 30
"""Days after which rules are to be looked at again."""
WELL, MOSTLY = 0.9, 0.7
NEAR = 0.05
"""Above the least price, what counts as equal."""


def answer(found: Decayed, epoch: Epoch | None, fall: Fall | None) -> Iterator[Words]:
    if epoch is None or fall is None:
        yield Words(_("No complete day of production has requests yet, so nothing is known of what rules choose."))
        return
    now = fall.after if fall.after.days else fall.before
    if now.value is None:
        had = any(one.evaluable for one in found.chosen.days.values())
        none = _(
            "Selection is not measured: no request belongs to a task with evidence of its planned model and another."
        )
        yield Words(_("Since these rules began, selection is not measured yet.") if had else none)
        return
    yield from _how_well(now.value, found.peers.shown.median)
    yield Words(" ")
    yield from _change(epoch, fall)
    if found.regret_nano:
        wrong = _("What they get wrong costs {dollars} in 28 days.")
        yield from emphasised(f" {wrong}", dollars=Words(money.whole_dollars(found.regret_nano), "ink"))


def _how_well(value: float, median: float | None) -> tuple[Words, ...]:
    opening = _("Yes:") if value >= WELL else _("Mostly:") if value >= MOSTLY else _("Not well:")
    said = (
        _("{opening} {part} of choices are within {near} of the cheapest model that is good enough.")
        if median is None
        else _(
            "{opening} {part} of choices are within {near} of the cheapest model that is good enough; of the last frozen "
            "four weeks, the median of peers is {median}."
        )
    )
    near = share(NEAR, decimals=0)
    return emphasised(said, opening=opening, part=Words(share(value), "you"), near=near, median=share(median))


def _change(epoch: Epoch, fall: Fall) -> Iterator[Words]:
    loss, interval = fall.loss, fall.interval
    if loss is None or interval is None:
        yield Words(_("It is too early to say whether that falls: a day after the first seven is needed."))
        return
    since = times.day(epoch.first)
    if interval[0] <= 0 <= interval[1]:
        yield Words(_("That has not clearly changed since {day}.").format(day=since))
    elif loss > 0:
        said = (
            _("But {policy} has lost {points} since {day}.")
            if wording.are_named(epoch)
            else _("But your rules have lost {points} since {day}.")
        )
        lost = Words(wording.points(loss), "worse")
        yield from emphasised(said, policy=wording.rules(epoch), points=lost, day=since)
    else:
        yield Words(_("It has risen by {points} since {day}.").format(points=wording.points(loss), day=since))


def age(found: Decayed, epoch: Epoch) -> str:
    match epoch.basis:
        case Basis.FIRST_SEEN if epoch.label:
            said = _("Policy {label} held already with the first request, {days} ago: how old they are, nobody told.")
        case Basis.FIRST_SEEN:
            said = _("These rules held already with the first request, {days} ago: how old they are, nobody told.")
        case Basis.INFERRED:
            said = _("New rules are inferred since {day}, {days} ago: {label}. Declare them below if so.")
        case Basis.SENT:
            said = _("Policy {label} is named by most requests since {day}, {days} ago.")
        case _:
            said = _("{label} was declared {days} ago, for {day}.")
    label = wording.title(epoch)
    return said.format(label=label, day=times.day(epoch.first), days=count(found.age(epoch), "day"))


def nudge(found: Decayed, epoch: Epoch) -> str:
    if found.age(epoch) <= OLD:
        return ""
    return _("They are older than a month. Revisiting rules once a month keeps the loss small.")
