"""Policy epochs and causes of a loss, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.costing.decay import Cause
from apps.dashboards.wording.translate import Names, glued
from apps.rollups.epochs import Basis, Epoch, Moved

CAUSES = Names(
    {
        Cause.PRICE: gettext_noop("Price change"),
        Cause.MODEL: gettext_noop("New model"),
        Cause.QUALITY: gettext_noop("Quality"),
        Cause.MIX: gettext_noop("Traffic mix"),
    }
)
LOSES = Names(
    {
        Cause.PRICE: gettext_noop("a model that is good enough became cheaper, or the planned one dearer"),
        Cause.MODEL: gettext_noop(
            "a cheaper model that is good enough appeared, or a better one raised what is good enough"
        ),
        Cause.QUALITY: gettext_noop("a planned model fell below what its task needs, or a cheaper one reached it"),
        Cause.MIX: gettext_noop("more of what the rules choose badly"),
    }
)
GAINS = Names(
    {
        Cause.PRICE: gettext_noop("a gain: prices moved toward what the rules plan"),
        Cause.MODEL: gettext_noop("a gain: a model that was better or cheaper is gone"),
        Cause.QUALITY: gettext_noop("a gain: planned models reach what their task needs, or cheaper ones no longer do"),
        Cause.MIX: gettext_noop("a gain: more of what the rules choose well"),
    }
)
BASES = Names(
    {
        Basis.DECLARED: gettext_noop("declared"),
        Basis.SENT: gettext_noop("sent with requests"),
        Basis.INFERRED: gettext_noop("inferred"),
        Basis.FIRST_SEEN: gettext_noop("first requests"),
    }
)


def points(value: float) -> str:
    """0.064 as `6.4 points`, without a sign."""
    return glued(_("{number} points")).format(number=f"{abs(100 * value):.1f}")


def pp(sign: str, value: float) -> str:
    """Percentage points with the sign they are told with: `-6.4 pp`."""
    return glued(_("{number} pp")).format(number=f"{sign}{abs(value):.1f}")


def are_named(epoch: Epoch) -> bool:
    """Whether rules are called by a label, or else just yours."""
    return epoch.basis is not Basis.INFERRED and bool(epoch.label)


def rules(epoch: Epoch) -> str:
    """What rules are called in a sentence."""
    if not are_named(epoch):
        return _("your rules")
    return (
        _("policy {label}").format(label=epoch.label) if epoch.basis in (Basis.SENT, Basis.FIRST_SEEN) else epoch.label
    )


def title(epoch: Epoch) -> str:
    """What they are called in a table or at a line."""
    return _moved(epoch.moved) if epoch.moved else epoch.label or _("rules of unknown age")


def _moved(moved: Moved) -> str:
    said = _("{task} from {before} to {after} and {more} more") if moved.more else _("{task} from {before} to {after}")
    return said.format(task=moved.task, before=moved.before, after=moved.after, more=moved.more)
