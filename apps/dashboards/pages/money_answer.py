"""The sentence that opens "Where does the money go?", computed from what is shown below it."""

from collections.abc import Mapping

from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.pages.comparison import Words
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import cents_of_a_dollar, count
from apps.rollups.parts import LATENCY, MAINTENANCE, RETRY, SELECTION, TOKEN
from apps.rollups.window import DeploymentWindow

LOSSES = {RETRY: "retries", LATENCY: "waiting", SELECTION: "model choice", MAINTENANCE: "upkeep, as you declared it"}


def answer(window: DeploymentWindow, amounts: Mapping[str, int | None]) -> tuple[Words, ...]:
    """`amounts`: nano-USD of each part for a thousand requests."""
    everything = window.totals.requests
    if not everything.requests:
        return (Words("No request came in these days, so nothing can be said of money."),)
    token = amounts.get(TOKEN)
    if token is None:
        return (Words(f"{_what(everything.requests)} came, and none of them has a known price: {_WHY}"),)
    total = sum(amount for amount in amounts.values() if amount is not None)
    if not total:
        return (Words("These requests cost nothing that is known."),)
    return (
        Words("A thousand requests cost you "),
        Words(f"{_least(window)}{money.dollars(total)}", "you"),
        Words(f", and {cents_of_a_dollar(token / total)} of each dollar buy the answers. "),
        *_loss(window, amounts),
    )


_WHY = "what each attempt used has to be told, and its model has to be in the price list."


def _what(requests: int) -> str:
    return count(requests, "request")


def _least(window: DeploymentWindow) -> str:
    return "at least " if any(part.at_least for part in window.parts) else ""


def _loss(window: DeploymentWindow, amounts: Mapping[str, int | None]) -> tuple[Words, ...]:
    known = {kind: amount for kind in LOSSES if (amount := amounts.get(kind)) is not None}
    largest = max(known, key=lambda kind: known[kind], default=None)
    unknown = [NAMES[kind].lower() for kind in (RETRY, LATENCY, SELECTION) if amounts.get(kind) is None]
    beside = f" What {' and '.join(unknown)} cost is not measured." if unknown else ""
    if largest is None or not known[largest]:
        return (Words(f"Nothing of it is known to be lost.{beside}"),)
    at_least = any(part.at_least for part in window.parts if part.name == largest)
    return (
        Words(f"The largest loss that is known is {LOSSES[largest]}, "),
        Words(f"{'at least ' if at_least else ''}{money.dollars(known[largest])}", "worse"),
        Words(f".{beside}"),
    )
