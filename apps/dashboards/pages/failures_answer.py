"""What failures cost, in sentences: the one that opens the page, how much of it is known, and what stands beside it."""

from django.utils.translation import gettext as _

from apps.costing.causes import OK
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.span import words
from apps.dashboards.queries.failures import Failures, Overhead
from apps.dashboards.wording import money
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import AT_LEAST, NBSP
from apps.rollups.sums import RequestSums


def answer(found: Failures, spent: Overhead | None) -> tuple[Words, ...]:
    """What it comes to, on top of what, and what most of it is."""
    sums = found.sums
    if not sums.requests:
        return (Words(_("No request came in during these days, so nothing is known of failures.")),)
    if spent is None:
        return (
            *_how_often(sums),
            Words(_("What failures cost is not known: that needs all attempts, tokens and a price.")),
        )
    if not spent.nano:
        known = _("nothing that is known") if sums.unknown_attempts else _("nothing")
        billed = _("On top of what the answers cost, failures were billed {amount}.")
        return (*_how_often(sums), *emphasised(billed, amount=Words(known, "you")))
    uplift = found.window.metrics["effective_cost_uplift"].value
    made = (
        _("That made {amount} of what was billed, {part} on top of the answers themselves.")
        if uplift
        else _("That made {amount} of what was billed.")
    )
    amount = _("at least {amount}") if sums.unknown_attempts else "{amount}"
    return (
        *_how_often(sums),
        *emphasised(
            made + " ",
            amount=Words(amount.format(amount=money.whole_dollars(spent.nano)), "ink"),
            part=Words(share(uplift), "worse"),
        ),
        *_mostly(found, spent),
    )


def basis(found: Failures) -> str:
    sums = found.sums
    return f"{words(found.span)}, {count(sums.requests, 'request')}. {coverage(found)}"


def coverage(found: Failures) -> str:
    sums = found.sums
    if not sums.requests:
        return ""
    split, known = share(sums.split / sums.requests), share(sums.measurable / sums.requests)
    return _("All attempts are known of {known} of requests, and the cost of {split} is split into parts.").format(
        known=known, split=split
    )


def unknown(sums: RequestSums, spent: Overhead | None) -> tuple[Words, ...]:
    """The upper bound of what may have been billed without anybody knowing, or that there is none."""
    if not sums.unknown_attempts:
        none = _("Every failed attempt told what it used, or was turned down before it could cost anything.")
        return (Words(none),)
    why = _(
        "{attempts} may have generated, but told no usage (time-outs, cut answers, server errors); they count as nothing "
        "above."
    ).format(attempts=count(sums.unknown_attempts, "attempt"))
    if spent is None:
        return (Words(_("Unknown billing.") + " ", "ink"), Words(why))
    if sums.unbounded_attempts:
        billing = _("Unknown billing: at least {least}, without an upper bound.")
        return (
            Words(billing.format(least=money.dollars(spent.nano)) + " ", "ink"),
            Words(f"{why} {_unbounded(sums)}"),
        )
    billing = _("Unknown billing: at least {least}, at most {most}.")
    billing = billing.format(least=money.dollars(spent.nano), most=money.dollars(spent.nano + sums.unknown_upper_nano))
    added = _("Had each been billed the input of the answer that came in its stead, up to {most} would be added.")
    return (
        Words(f"{billing} ", "ink"),
        Words(f"{why} {added.format(most=money.dollars(sums.unknown_upper_nano))}"),
    )


def _unbounded(sums: RequestSums) -> str:
    none = _(
        "Of {number} of them nothing bounds the cost, since no answer tells how long the input was, or their model has no "
        "price."
    ).format(number=count(sums.unbounded_attempts))
    others = sums.unknown_attempts - sums.unbounded_attempts
    if not others:
        return none
    known = _("The other {number} cost at most {most}.")
    return f"{none} {known.format(number=count(others), most=money.dollars(sums.unknown_upper_nano))}"


def at_least(nano: int, sums: RequestSums) -> str:
    return f"{AT_LEAST}{NBSP}{money.dollars(nano)}" if sums.unknown_attempts else money.dollars(nano)


def saving(sums: RequestSums, spent: Overhead | None) -> str:
    if spent is None or not spent.saving_nano:
        return ""
    return _(
        "{amount} were saved by fallbacks that cost less than planned: shown apart, and not taken off the overhead; "
        "{number} answers came from another model or provider than planned."
    ).format(amount=money.dollars(spent.saving_nano), number=count(sums.fallbacks))


def _how_often(sums: RequestSums) -> tuple[Words, ...]:
    if not sums.counted:
        return (Words(_("How many requests needed more than one attempt is not known.") + " "),)
    said = (
        _("{again} of requests needed more than one attempt, and {failed} got no answer.")
        if sums.failed
        else _("{again} of requests needed more than one attempt.")
    )
    again = Words(share(sums.retried / sums.counted), "worse" if sums.retried else "you")
    return emphasised(said + " ", again=again, failed=share(sums.failed / sums.outcome_known) if sums.failed else "")


def _mostly(found: Failures, spent: Overhead) -> tuple[Words, ...]:
    """The largest single thing: a cause of attempts in vain, or the premium."""
    causes = {cause: sums.wasted_nano for cause, sums in found.causes.items()}
    worst = max(causes, key=lambda cause: causes[cause], default=OK)
    if spent.premium_nano >= causes.get(worst, 0):
        what, nano = _("answers that came from a dearer model than planned"), spent.premium_nano
    elif worst == OK:
        what, nano = _("answers that were not used"), causes[worst]
    else:
        what = _("attempts that ended so: {cause}").format(cause=CAUSES.get(worst, worst))
        nano = causes[worst]
    return emphasised(_("The largest part, {part}, is {what}."), part=share(nano / spent.nano), what=Words(what, "ink"))
