"""The sentence that opens "Where does the money go?", computed from what is shown below it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import cents_of_a_dollar, count
from apps.dashboards.wording.translate import Names
from apps.rollups.parts import LATENCY, MAINTENANCE, RETRY, SELECTION, TOKEN
from apps.rollups.window import DeploymentWindow

LOSSES = Names(
    {
        RETRY: gettext_noop("The largest loss that is known is retries, {amount}."),
        LATENCY: gettext_noop("The largest loss that is known is waiting, {amount}."),
        SELECTION: gettext_noop("The largest loss that is known is model choice, {amount}."),
        MAINTENANCE: gettext_noop("The largest loss that is known is upkeep, as you declared it, {amount}."),
    }
)


def answer(window: DeploymentWindow, amounts: Mapping[str, int | None]) -> tuple[Words, ...]:
    """`amounts`: nano-USD of each part for a thousand requests."""
    everything = window.totals.requests
    if not everything.requests:
        return (Words(_("No request came in these days, so nothing can be said of money.")),)
    token = amounts.get(TOKEN)
    if token is None:
        said = _(
            "{requests} came, and none of them has a known price: what each attempt used has to be told, and its model has to "
            "be in the price list."
        )
        return (Words(said.format(requests=count(everything.requests, "request"))),)
    total = sum(amount for amount in amounts.values() if amount is not None)
    if not total:
        return (Words(_("These requests cost nothing that is known.")),)
    cost = _least(money.dollars(total), at_least=any(part.at_least for part in window.parts))
    said = _("A thousand requests cost you {amount}, and {cents} of each dollar buy the answers.")
    bought = emphasised(said, amount=Words(cost, "you"), cents=cents_of_a_dollar(token / total))
    return (*bought, Words(" "), *_loss(window, amounts))


def _least(amount: str, *, at_least: bool) -> str:
    return _("at least {amount}").format(amount=amount) if at_least else amount


def _loss(window: DeploymentWindow, amounts: Mapping[str, int | None]) -> tuple[Words, ...]:
    known = {kind: amount for kind in LOSSES if (amount := amounts.get(kind)) is not None}
    largest = max(known, key=lambda kind: known[kind], default=None)
    unknown = [NAMES[kind].lower() for kind in (RETRY, LATENCY, SELECTION) if amounts.get(kind) is None]
    left = _("What {parts} cost is not measured.").format(parts=_(" and ").join(unknown))
    beside = (Words(f" {left}"),) if unknown else ()
    if largest is None or not known[largest]:
        return (Words(_("Nothing of it is known to be lost.")), *beside)
    at_least = any(part.at_least for part in window.parts if part.name == largest)
    lost = Words(_least(money.dollars(known[largest]), at_least=at_least), "worse")
    return (*emphasised(LOSSES[largest], amount=lost), *beside)
