"""Who serves best, in a sentence that says no more than the evidence does."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.queries.providers import PER, Serves
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, listed, share
from apps.dashboards.wording.translate import glued
from apps.quality.serving import Server, Single, Task, rule_of

_EQUAL = 1.05
"""Times the least price that counts as equal."""


def answer(found: Serves, tasks: Sequence[Task]) -> tuple[Words, ...]:
    """`tasks`: those with most requests first."""
    if not found.served:
        return (Words(_("No request was served by a model during these days, so nobody has served you best.")),)
    if not tasks and found.unused:
        return emphasised(
            _("{unknown}: no request of your tasks with evidence tells, in these days, which tokens it used."),
            unknown=Words(_("Nobody can tell yet"), "ink"),
        )
    if not tasks:
        return emphasised(
            _(
                "{unknown}: no model has evidence of quality at any of your tasks. The cheapest is not the best by itself."
            ),
            unknown=Words(_("Nobody can tell yet"), "ink"),
        )
    compared = [one for one in tasks if len(one.servers) > 1]
    if not compared:
        return emphasised(
            _("{unknown}: at each task with evidence there is one model with it, and nothing to compare it with."),
            unknown=Words(_("Nobody can tell yet"), "ink"),
        )
    return (*_winners(compared), Words(" "), *_gap(compared))


def _winners(tasks: Sequence[Task]) -> tuple[Words, ...]:
    won, lost = [one for one in tasks if one.may_win()], [one for one in tasks if not one.may_win()]
    said = _rule(won) if len(won) > 1 else _winner(won[0]) if won else ()
    none = _(" No model with a price is good enough for {task}, whatever its interval.")
    return (*said, *(Words(none.format(task=one.name)) for one in lost))


def _rule(tasks: Sequence[Task]) -> tuple[Words, ...]:
    rule, different = rule_of(tasks), sorted({one.winner.model for one in tasks if one.winner})
    number = _("both tasks") if len(tasks) == 2 else _("all {tasks}").format(tasks=count(len(tasks), "task"))
    if rule.provider:
        best = _("{provider}, for everything: it has the cheapest model that is good enough at {tasks}.")
        return emphasised(best, provider=Words(rule.provider, "you"), tasks=number)
    known = Words(f" {_by_what_is_known(different)}")
    if rule.nobody:
        nobody = _("{nobody}: no provider has the cheapest model that is good enough at {tasks}.")
        return (*emphasised(nobody, nobody=Words(_("Nobody, for everything"), "ink"), tasks=number), known)
    close = _("{unsure} whether one provider serves {tasks} best: some intervals reach across the threshold.")
    return (*emphasised(close, unsure=Words(_("It is too close to call"), "ink"), tasks=number), known)


def _by_what_is_known(models: Sequence[str]) -> str:
    names = listed(models) if len(models) <= 3 else count(len(models), "different model")
    return ngettext(
        "By what is known, the cheapest good enough is {models}.",
        "By what is known, the cheapest good enough are {models}.",
        len(models),
    ).format(models=names)


def _winner(task: Task) -> tuple[Words, ...]:
    winner, may = task.winner, task.may_win()
    if winner is None:
        unsure = _("It is not known whether any model is good enough for {task}: intervals reach its threshold.")
        return (Words(unsure.format(task=task.name)),)
    others = [one.model for one in may if one is not winner]
    alone = _("{model} is the cheapest that is good enough for {task}, at {price} for {number} requests.")
    doubted = _(
        "{model} is the cheapest that is good enough for {task}, at {price} for {number} requests; {others} may be it as well."
    )
    return emphasised(
        doubted if others else alone,
        model=Words(winner.model, "you"),
        task=task.name,
        price=money.dollars(winner.price_nano),
        number=f"{PER:,}",
        others=listed(others),
    )


def _gap(tasks: Sequence[Task]) -> tuple[Words, ...]:
    gaps = [
        (task, mainly, winner)
        for task in tasks
        if (mainly := task.mainly) and (winner := task.winner) and _apart(mainly, winner)
    ]
    if not gaps:
        return (Words(_("Most requests of each go to a model that costs about the least already.")),)
    task, mainly, winner = max(gaps, key=lambda one: (one[1].price_nano - one[2].price_nano) * one[1].planned)
    return emphasised(
        _("Your largest gap is {task}, where {model} costs {times} {cheaper} for {quality}."),
        task=Words(task.name, "ink"),
        model=mainly.model,
        times=Words(_times(mainly, winner), "worse"),
        cheaper=winner.model,
        quality=_difference(mainly, winner),
    )


def _times(mainly: Server, winner: Server) -> str:
    if not winner.price_nano:
        return _("what is free elsewhere")
    return glued(_("{number} times")).format(number=f"{mainly.price_nano / winner.price_nano:.1f}")


def _apart(mainly: Server, winner: Server) -> bool:
    return mainly.price_nano > _EQUAL * winner.price_nano


def _difference(one: Server, other: Server) -> str:
    difference = one.quality - other.quality
    unsure = one.low <= other.high and other.low <= one.high
    if abs(difference) < 0.0005:
        return _("the same quality")
    said = _("{number} more quality") if difference > 0 else _("{number} less quality")
    told = said.format(number=f"{abs(difference):.3f}")
    return _("{difference} (the intervals overlap)").format(difference=told) if unsure else told


def single(found: Single, serves: Serves) -> tuple[Words, ...]:
    """The cheapest single model for everything, beside what was planned."""
    if not serves.tasks:
        return ()
    known = share(found.covered / found.served) if found.served else share(None)
    basis = _(
        " Coverage: {share} of the requests of these tasks were planned on a model with evidence and a price."
    ).format(share=known)
    if found.model is None:
        return (Words(_("No single model is good enough for every task with evidence.")), Words(basis))
    if found.gap is None:
        return (Words(_("What was planned has no price to compare with.")), Words(basis))
    cheapest = _("{model} is the cheapest that is good enough for every task with evidence.")
    rest = Words(f" {_for_everything(float(found.gap))}{basis}")
    return (*emphasised(cheapest, model=Words(found.model, "ink")), rest)


def _for_everything(gap: float) -> str:
    if abs(gap) < 0.0005:
        return _("For everything it would have cost as much as the models that were planned, on the same usage.")
    more = _("For everything it would have cost {share} more than the models that were planned, on the same usage.")
    less = _("For everything it would have cost {share} less than the models that were planned, on the same usage.")
    return (more if gap > 0 else less).format(share=share(abs(gap)))
