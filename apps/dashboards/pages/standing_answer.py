"""The sentence that opens "Where do you stand?", computed from what is shown below it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.queries import NOT_COUNTED, NOT_ENOUGH_PEERS, NOT_FROZEN, Standing
from apps.dashboards.pages.comparison import Words, emphasised, is_over, said
from apps.dashboards.pages.missing import first_lower
from apps.dashboards.pages.own import Own
from apps.dashboards.wording.benchmark import fix
from apps.dashboards.wording.shares import listed
from apps.dashboards.wording.translate import Names

_WHY = Names(
    {
        NOT_FROZEN: gettext_noop("No week has been frozen yet: the first comparison comes on Monday, 00:30 UTC."),
        NOT_COUNTED: gettext_noop("It came after the last freeze: the next comparison comes on Monday, 00:30 UTC."),
        NOT_ENOUGH_PEERS: gettext_noop(
            "Not enough peers yet: fewer than 10 other organizations are in the cohort, so no median is shown, and nothing is "
            "invented in its place."
        ),
    }
)


def answer(
    headline: Standing, found: Mapping[str, Standing], own: Mapping[str, Own], *, name: str
) -> tuple[Words, ...]:
    """`headline` is the efficiency that is compared; `found` are all metrics, `own` their names."""
    if headline.own is None and headline.missing not in _WHY:
        fixes = listed([first_lower(fix(gate)) for gate in headline.failed[:2]])
        what = _("Routing efficiency of {name} is not measurable with what it reports.").format(name=name)
        change = _("To change that: {fixes}.").format(fixes=fixes)
        return (Words(what), Words(f" {change}" if fixes else ""))
    if headline.missing:
        return _in_a_row(_bought(headline), (Words(_WHY.get(headline.missing, "")),))
    return _in_a_row(_bought(headline), _place(headline), _worst(found, own))


def _in_a_row(*sentences: tuple[Words, ...]) -> tuple[Words, ...]:
    """With a space between them."""
    said: list[Words] = []
    for sentence in filter(None, sentences):
        said += [Words(" "), *sentence] if said else sentence
    return tuple(said)


def _bought(headline: Standing) -> tuple[Words, ...]:
    if headline.own is None:
        return ()
    cents = _("{number} cents").format(number=_cents(headline.own))
    if headline.shown.median is None:
        return emphasised(_("Of each dollar, {cents} bought answers."), cents=Words(cents, "you"))
    return emphasised(
        _("Of each dollar, {cents} bought answers; at the median of your peers it is {number}."),
        cents=Words(cents, "you"),
        number=_cents(headline.shown.median),
    )


def _place(headline: Standing) -> tuple[Words, ...]:
    words = said(headline.verdict)
    place = Words(words, "worse" if is_over(headline.verdict) else "ink")
    return emphasised(_("You are {place}."), place=place) if words else ()


def _worst(found: Mapping[str, Standing], own: Mapping[str, Own]) -> tuple[Words, ...]:
    """Metrics on the far side of the median; none is good news, and is said too."""
    compared = {m: s for m, s in found.items() if m in own and s.verdict and not m.startswith("efficiency_")}
    worse = [own[metric].title.lower() for metric, one in compared.items() if is_over(one.verdict)]
    if not compared:
        return ()
    if not worse:
        return (Words(_("No metric is clearly on the wrong side of it.")),)
    return emphasised(_("Clearly on the wrong side of the median: {metrics}."), metrics=Words(listed(worse), "worse"))


def _cents(share: float) -> str:
    return f"{100 * share:.1f}"
