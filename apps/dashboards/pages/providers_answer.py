"""Who serves best, in a sentence that says no more than the evidence does."""

from collections.abc import Sequence

from apps.dashboards.pages.comparison import Words
from apps.dashboards.queries.providers import PER, Serves
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, listed, share
from apps.dashboards.wording.signs import NBSP
from apps.quality.serving import Server, Single, Task, rule_of

_EQUAL = 1.05
"""Times the least price that counts as equal."""


def answer(found: Serves, tasks: Sequence[Task]) -> tuple[Words, ...]:
    """`tasks`: those with most requests first."""
    if not found.served:
        return (Words("No request was served by a model during these days, so nobody has served you best."),)
    if not tasks:
        return (
            Words("Nobody can tell yet", "ink"),
            Words(": no model has evidence of quality at any of your tasks. The cheapest is not the best by itself."),
        )
    compared = [one for one in tasks if len(one.servers) > 1]
    if not compared:
        return (
            Words("Nobody can tell yet", "ink"),
            Words(": at each task with evidence there is one model with it, and nothing to compare it with."),
        )
    return (*_winners(compared), Words(" "), *_gap(compared))


def _winners(tasks: Sequence[Task]) -> tuple[Words, ...]:
    won, lost = [one for one in tasks if one.may_win()], [one for one in tasks if not one.may_win()]
    said = _rule(won) if len(won) > 1 else _winner(won[0]) if won else ()
    return (
        *said,
        *(Words(f" No model with a price is good enough for {one.name}, whatever its interval.") for one in lost),
    )


def _rule(tasks: Sequence[Task]) -> tuple[Words, ...]:
    rule, different = rule_of(tasks), sorted({one.winner.model for one in tasks if one.winner})
    number = "both tasks" if len(tasks) == 2 else f"all {count(len(tasks), 'task')}"
    if rule.provider:
        said = f", for everything: it has the cheapest model that is good enough at {number}."
        return (Words(rule.provider, "you"), Words(said))
    names = listed(different) if len(different) <= 3 else count(len(different), "different model")
    known = f"By what is known, the cheapest good enough {'is' if len(different) == 1 else 'are'} {names}."
    if rule.nobody:
        said = f": no provider has the cheapest model that is good enough at {number}. {known}"
        return (Words("Nobody, for everything", "ink"), Words(said))
    said = f" whether one provider serves {number} best: some intervals reach across the threshold. {known}"
    return (Words("It is too close to call", "ink"), Words(said))


def _winner(task: Task) -> tuple[Words, ...]:
    winner, may = task.winner, task.may_win()
    if winner is None:
        return (
            Words(f"It is not known whether any model is good enough for {task.name}: intervals reach its threshold."),
        )
    others = [one.model for one in may if one is not winner]
    doubt = f"; {listed(others)} may be it as well" if others else ""
    return (
        Words(winner.model, "you"),
        Words(
            f" is the cheapest that is good enough for {task.name}, at {money.dollars(winner.price_nano)} for {PER:,} "
            f"requests{doubt}."
        ),
    )


def _gap(tasks: Sequence[Task]) -> tuple[Words, ...]:
    gaps = [
        (task, mainly, winner)
        for task in tasks
        if (mainly := task.mainly) and (winner := task.winner) and _apart(mainly, winner)
    ]
    if not gaps:
        return (Words("Most requests of each go to a model that costs about the least already."),)
    task, mainly, winner = max(gaps, key=lambda one: (one[1].price_nano - one[2].price_nano) * one[1].planned)
    return (
        Words("Your largest gap is "),
        Words(task.name, "ink"),
        Words(f", where {mainly.model} costs "),
        Words(
            f"{mainly.price_nano / winner.price_nano:.1f}{NBSP}times"
            if winner.price_nano
            else "what is free elsewhere",
            "worse",
        ),
        Words(f" {winner.model} for {_difference(mainly, winner)}."),
    )


def _apart(mainly: Server, winner: Server) -> bool:
    return mainly.price_nano > _EQUAL * winner.price_nano


def _difference(one: Server, other: Server) -> str:
    difference = one.quality - other.quality
    unsure = one.low <= other.high and other.low <= one.high
    told = (
        f"{abs(difference):.3f} {'more' if difference > 0 else 'less'} quality"
        if abs(difference) >= 0.0005
        else "the same quality"
    )
    return f"{told} (the intervals overlap)" if unsure and abs(difference) >= 0.0005 else told


def single(found: Single, serves: Serves) -> tuple[Words, ...]:
    """The cheapest single model for everything, beside what was planned."""
    if not serves.tasks:
        return ()
    known = share(found.covered / found.served) if found.served else share(None)
    basis = f" Coverage: {known} of the requests of these tasks were planned on a model with evidence and a price."
    if found.model is None:
        return (Words("No single model is good enough for every task with evidence."), Words(basis))
    if found.gap is None:
        return (Words("What was planned has no price to compare with."), Words(basis))
    gap = float(found.gap)
    change = "as much as" if abs(gap) < 0.0005 else f"{share(abs(gap))} {'more' if gap > 0 else 'less'} than"
    return (
        Words(found.model, "ink"),
        Words(f" is the cheapest that is good enough for every task with evidence. For everything it would have cost {change} "
              f"the models that were planned, on the same usage.{basis}"),
    )  # fmt: skip
