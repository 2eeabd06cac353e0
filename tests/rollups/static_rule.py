"""A deployment whose rules never change while its world does, with a ledger of its own of why each choice is no longer good.

It knows nothing of how the product computes any of it: a request is bad because of what this file did to its task.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.traces.nouns import Attempt, Request, Usage

DAYS = 22
CUT, CAME, FELL, SHIFTED = 8, 12, 15, 18
"""Days since the first on which a rival is cheaper, a model is new, a model's answers are worse, and the mix is another."""
SELLER = "house"
DOLLARS = {"small": (1, 2), "mid": (3, 6), "rival": (3.5, 7), "newcomer": (1.5, 3), "big": (10, 20)}
"""For a million tokens of input, and of output."""
CHEAPER = (2, 4)
"""The rival since CUT."""
PLANNED = {"steady": "small", "triage": "small", "answers": "mid", "code": "big", "chat": "mid"}
QUALITY = {
    "steady": {"small": 0.95, "mid": 0.96},
    "triage": {"small": 0.96, "mid": 0.97},
    "answers": {"mid": 0.96, "rival": 0.96},
    "code": {"big": 0.97, "mid": 0.6},
    "chat": {"mid": 0.95, "small": 0.95},
}
PRICE, MODEL, WORSE, MIX, EVER = "price_change", "new_model", "quality", "traffic_mix", "ever"


def day_of(first: date, n: int) -> date:
    return first + timedelta(days=n)


def mix(n: int) -> dict[str, int]:
    """Requests of each task on a day."""
    shifted = 4 if n >= SHIFTED else 0
    return {"steady": 12 - shifted, "triage": 6, "answers": 8, "code": 6, "chat": 6 + shifted}


def spoilt(task: str, n: int) -> str | None:
    """Why a request of this task is planned badly; None: it is planned well."""
    since = {"answers": (CUT, PRICE), "code": (CAME, MODEL), "triage": (FELL, WORSE), "chat": (0, EVER)}
    begun, cause = since.get(task, (DAYS, ""))
    return cause if n >= begun else None


@dataclass(frozen=True)
class Ledger:
    """Of a day: how many choices were good, of how many, and how many points each cause has taken since the first day."""

    good: int
    requests: int
    lost: dict[str, float]


def ledger(n: int) -> Ledger:
    counts = mix(n)
    bad = Counter({task: count for task, count in counts.items() if spoilt(task, n)})
    whole = sum(counts.values())
    lost = {
        cause: sum(bad[task] for task in bad if spoilt(task, n) == cause) / whole for cause in (PRICE, MODEL, WORSE)
    }
    lost[MIX] = (counts["chat"] - mix(0)["chat"]) / whole
    return Ledger(whole - bad.total(), whole, lost)


def requests(first: date, seed: int = 7) -> list[Request]:
    rng = random.Random(seed)
    asked = (
        _request(rng, first, n, task, PLANNED[task], f"d{n}-{task}-{k}", "production", None)
        for n in range(DAYS)
        for task, count in mix(n).items()
        for k in range(count)
    )
    return [*asked, *_scores(rng, first)]


def _scores(rng: random.Random, first: date) -> Iterator[Request]:
    """What the models were tried on elsewhere: before the first day, and where something comes to be known later."""
    known = [(-2, task, model, quality, 30) for task, some in QUALITY.items() for model, quality in some.items()]
    later = [(CAME - 1, "code", "newcomer", 0.97, 30), (FELL - 1, "triage", "small", 0.3, 40)]
    for n, task, model, quality, count in [*known, *later]:
        for k in range(count):
            yield _request(rng, first, n, task, model, f"s{n}-{task}-{model}-{k}", "staging", quality)


def _request(
    rng: random.Random, first: date, n: int, task: str, model: str, name: str, environment: str, quality: float | None
) -> Request:
    begun = datetime.combine(day_of(first, n), time(), UTC) + timedelta(seconds=rng.randrange(86_400))
    read = rng.choice((0, 0, 64))
    usage = Usage(
        input_tokens=rng.randrange(100, 6_000), cache_read_input_tokens=read, output_tokens=rng.randrange(10, 900)
    )
    attempt = Attempt(provider=SELLER, model=model, status=200, start_offset_ms=0.0, usage=usage)
    return Request(
        request_id=name, received_at=begun, attempts=[attempt], task=task, environment=environment, quality=quality
    )
