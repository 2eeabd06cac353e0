"""Policy epochs and causes of a loss, in words."""

from apps.costing.decay import Cause
from apps.dashboards.wording.signs import NBSP
from apps.rollups.epochs import Basis, Epoch

CAUSES = {
    Cause.PRICE: "Price change",
    Cause.MODEL: "New model",
    Cause.QUALITY: "Quality",
    Cause.MIX: "Traffic mix",
}
LOSES = {
    Cause.PRICE: "a model that is good enough became cheaper, or the planned one dearer",
    Cause.MODEL: "a cheaper model that is good enough appeared, or a better one raised what is good enough",
    Cause.QUALITY: "a planned model fell below what its task needs, or a cheaper one reached it",
    Cause.MIX: "more of what the rules choose badly",
}
GAINS = {
    Cause.PRICE: "a gain: prices moved toward what the rules plan",
    Cause.MODEL: "a gain: a model that was better or cheaper is gone",
    Cause.QUALITY: "a gain: planned models reach what their task needs, or cheaper ones no longer do",
    Cause.MIX: "a gain: more of what the rules choose well",
}
BASES = {
    Basis.DECLARED: "declared",
    Basis.SENT: "sent with requests",
    Basis.INFERRED: "inferred",
    Basis.FIRST_SEEN: "first requests",
}


def points(value: float) -> str:
    """0.064 as `6.4 points`, without a sign."""
    return f"{abs(100 * value):.1f}{NBSP}points"


def rules(epoch: Epoch) -> str:
    """What rules are called in a sentence."""
    if epoch.basis is Basis.INFERRED or not epoch.label:
        return "your rules"
    return f"policy {epoch.label}" if epoch.basis in (Basis.SENT, Basis.FIRST_SEEN) else epoch.label


def title(epoch: Epoch) -> str:
    """What they are called in a table or at a line."""
    return epoch.label or "rules of unknown age"
