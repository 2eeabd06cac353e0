"""What do your replay sets say? Each model alone, the best, the cheapest good enough, and the oracle as an upper bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.files import Row as FileRow
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import NBSP, NOTHING_KNOWN
from apps.quality.replays import Policy, Replay
from apps.quality.sets import MOST_OUTCOMES, Listed, ReplaySet

_NEARLY = gettext_lazy("{share} of the best single model's")


@dataclass(frozen=True)
class SetLink:
    name: str
    url: str
    outcomes: str
    when: str
    here: bool


@dataclass(frozen=True)
class PolicyRow:
    """`note`: what it is among the others, in words."""

    name: str
    note: str
    solved: str
    accuracy: str
    mean_score: str
    cost: str
    optimal_selection: str
    optimal_cost: str
    optimal_accuracy: str
    is_oracle: bool = False


@dataclass(frozen=True)
class TaskRow:
    task: str
    prompts: str
    best: str
    best_accuracy: str
    cheapest: str
    saving: str
    oracle: str


@dataclass(frozen=True)
class Chosen:
    name: str
    answer: tuple[Words, ...]
    basis: str
    rows: tuple[PolicyRow, ...]
    quality: str
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True)
class ReplaySetsPage:
    frame: Frame
    name: str
    sets: tuple[SetLink, ...]
    chosen: Chosen | None
    may_change: bool
    files: tuple[FileRow, ...]
    waiting: bool
    providers: str


def build(
    listed: Sequence[Listed],
    chosen: ReplaySet | None,
    *,
    frame: Frame,
    name: str,
    address: Callable[[str], str],
    solved_at: Decimal,
    asked: Decimal | None,
    may_change: bool,
    files: Sequence[FileRow],
    waiting: bool,
    providers: str,
    zone: ZoneInfo,
) -> ReplaySetsPage:
    here = chosen.name if chosen else ""
    return ReplaySetsPage(
        frame=frame,
        name=name,
        sets=tuple(
            SetLink(
                one.name,
                address(one.name),
                count(one.outcomes),
                times.moment(one.last_received_at, zone),
                one.name == here,
            )
            for one in listed
        ),
        chosen=_chosen(chosen, solved_at, asked) if chosen else None,
        may_change=may_change,
        files=tuple(files),
        waiting=waiting,
        providers=providers,
    )


def _chosen(one: ReplaySet, solved_at: Decimal, asked: Decimal | None) -> Chosen:
    if one.whole is None:
        many = count(one.outcomes, "outcome")
        words = _("This set has {outcomes}, more than the {most} that are computed with at a time.")
        said = Words(words.format(outcomes=many, most=f"{MOST_OUTCOMES:,}"))
        return Chosen(one.name, (said,), "", (), "", ())
    whole = one.whole
    asked_words = str(_NEARLY).format(share=f"95{NBSP}%") if asked is None else f"{asked.normalize():f}"
    return Chosen(
        name=one.name,
        answer=_answer(whole),
        basis=_basis(one, whole, solved_at),
        rows=(*(_row(each, whole) for each in whole.models), *([_oracle(whole.oracle)] if whole.oracle else [])),
        quality=f"{asked_words}, {_digits(whole.quality)}" if asked is None else asked_words,
        tasks=tuple(_task(each) for each in one.tasks) if len(one.tasks) > 1 else (),
    )


def _answer(whole: Replay) -> tuple[Words, ...]:
    by_name = {one.name: one for one in whole.models}
    if not whole.prompts or whole.best_single is None:
        return (Words(_("No prompt was tried by every model of the set, so that they cannot be compared.")),)
    best = by_name[whole.best_single]
    priced, unpriced = _("{model} alone solves most: {solved} for {cost}"), _("{model} alone solves most: {solved}")
    said = emphasised(
        unpriced if best.cost_nano is None else priced,
        model=Words(best.name, "you"),
        solved=_solved(best, whole),
        cost=_cost(best.cost_nano),
    )
    cheapest = by_name.get(whole.cheapest_single or "")
    if cheapest is None:
        return (*said, Words(_(". No single model with a known cost is as good as is asked.")))
    if cheapest.name == best.name:
        return (*said, Words(_("; it is also the cheapest that is good enough.")))
    cheaper = emphasised(
        _(". The cheapest that is good enough, {model}, solves {solved} for {cost}."),
        model=Words(cheapest.name, "ink"),
        solved=_solved(cheapest, whole),
        cost=_cost(cheapest.cost_nano),
    )
    return (*said, *cheaper)


def _basis(one: ReplaySet, whole: Replay, solved_at: Decimal) -> str:
    read = _("{outcomes} of {models} on n = {prompts}").format(
        outcomes=count(one.outcomes, "outcome"),
        models=count(len(whole.models), "model"),
        prompts=count(whole.prompts, "prompt"),
    )
    if whole.incomplete:
        left = _("; {prompts} that some model did not try are left out")
        read += left.format(prompts=count(whole.incomplete, "prompt"))
    covered = share(whole.prompts / (whole.prompts + whole.incomplete)) if whole.prompts else share(None)
    return _(
        "{read}; {solved} were solved by some model, at a score of {score} or more. Coverage: {share} of prompts."
    ).format(read=read, solved=count(whole.solvable), score=f"{solved_at.normalize():f}", share=covered)


def _row(one: Policy, whole: Replay) -> PolicyRow:
    notes = [
        _("best single") if one.name == whole.best_single else "",
        _("cheapest single at the quality asked for") if one.name == whole.cheapest_single else "",
    ]
    return _policy(one, name=one.name, note=", ".join(note for note in notes if note))


def _oracle(one: Policy) -> PolicyRow:
    note = _("an upper bound: the cheapest model that solved each prompt, known beforehand; no router reaches it")
    return _policy(one, name=_("Oracle"), note=note, is_oracle=True)


def _policy(one: Policy, *, name: str, note: str, is_oracle: bool = False) -> PolicyRow:
    return PolicyRow(
        name=name,
        note=note,
        solved=count(one.solved),
        accuracy=_digits(one.accuracy),
        mean_score=f"{one.mean_score:.4f}",
        cost=_cost(one.cost_nano),
        optimal_selection=_digits(one.optimal_selection),
        optimal_cost=_digits(one.optimal_cost),
        optimal_accuracy=_digits(one.optimal_accuracy),
        is_oracle=is_oracle,
    )


def _task(one: Replay) -> TaskRow:
    by_name = {each.name: each for each in one.models}
    best, cheapest = by_name.get(one.best_single or ""), by_name.get(one.cheapest_single or "")
    return TaskRow(
        task=one.task or "",
        prompts=count(one.prompts),
        best=best.name if best else NOTHING_KNOWN,
        best_accuracy=_digits(best.accuracy) if best else NOTHING_KNOWN,
        cheapest=cheapest.name if cheapest else NOTHING_KNOWN,
        saving=_saving(best, cheapest),
        oracle=_digits(one.oracle.accuracy) if one.oracle else NOTHING_KNOWN,
    )


def _saving(best: Policy | None, cheapest: Policy | None) -> str:
    if best is None or cheapest is None or not best.cost_nano or cheapest.cost_nano is None:
        return NOTHING_KNOWN
    return share(cheapest.cost_nano / best.cost_nano)


def _solved(one: Policy, whole: Replay) -> str:
    return _("{solved} of {prompts} ({share})").format(
        solved=count(one.solved), prompts=count(whole.prompts, "prompt"), share=share(float(one.accuracy))
    )


def _digits(value: Fraction | None) -> str:
    return NOTHING_KNOWN if value is None else f"{float(value):.4f}"


def _cost(nano: int | None) -> str:
    """Exact: these are figures that are held against others' to the last digit."""
    return NOTHING_KNOWN if nano is None else money.exact(nano)
