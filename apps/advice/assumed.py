"""How unsure it is what a model would have cost that was not asked: tokens it counts, how long it answers, what it caches.

Factors are in thousandths of what the model that answered had. Those without evidence are assumptions, the same for
everybody, published on the page of each answer:

- Two models of one maker count the same text to within 10 %: makers change their tokenizer between generations.
- Models of different makers count it to within 25 %.
- Answers of a model that nobody compared are between half and twice as long. Where a replay set compared them, by the
  ratio it measured, give or take what so many answers leave open when lengths vary by as much as their mean.
- Input may be cached nowhere on the other model, or as far as it was.

All of them are symmetrical: back again is the reciprocal.
"""

from dataclasses import dataclass
from math import ceil, exp, floor, sqrt
from typing import NamedTuple

from apps.rollups.intervals import Z

ONE = 1_000
SAME_MAKER = (900, 1_112)
OTHER_MAKER = (800, 1_250)
UNTOLD = (500, 2_000)
Span = tuple[int, int]


class Lengths(NamedTuple):
    """Output tokens of a model's answers to prompts that another model answered too."""

    output_tokens: int
    answers: int


@dataclass(frozen=True)
class Unsure:
    """What makes a range; with nothing of it, the answer is a point, on the price basis of the selection metrics."""

    tokens: bool = True
    answers: bool = True
    caching: bool = True
    sample: bool = True


SURE = Unsure(tokens=False, answers=False, caching=False, sample=False)


@dataclass(frozen=True)
class Factors:
    """From one model to another: tokens for the same text, tokens of an answer. `compared`: in how many answers at least."""

    tokens: Span
    answers: Span
    compared: int | None = None


SAME_MODEL = Factors((ONE, ONE), (ONE, ONE))


def factors(*, same_maker: bool, of: Lengths | None, to: Lengths | None, unsure: Unsure) -> Factors:
    """Of two different models."""
    tokens = (SAME_MAKER if same_maker else OTHER_MAKER) if unsure.tokens else (ONE, ONE)
    if of is None or to is None or not (of.output_tokens and to.output_tokens):
        return Factors(tokens, UNTOLD if unsure.answers else (ONE, ONE))
    ratio = ONE * (to.output_tokens * of.answers) / (of.output_tokens * to.answers)
    if not unsure.answers:
        return Factors(tokens, (round(ratio), round(ratio)), min(of.answers, to.answers))
    spread = exp(Z * sqrt(1 / of.answers + 1 / to.answers))
    return Factors(tokens, (floor(ratio / spread), ceil(ratio * spread)), min(of.answers, to.answers))
