"""What failures cost, in sentences: the one that opens the page, how much of it is known, and what stands beside it."""

from apps.costing.causes import OK
from apps.dashboards.pages.comparison import Words
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
        return (Words("No request came in during these days, so nothing is known of failures."),)
    if spent is None:
        return (
            *_how_often(sums),
            Words("What failures cost is not known: that needs all attempts, tokens and a price."),
        )
    if not spent.nano:
        known = "nothing that is known" if sums.unknown_attempts else "nothing"
        return (*_how_often(sums), Words("On top of what the answers cost, failures were billed "), Words(known, "you"),
                Words("."))  # fmt: skip
    uplift = found.window.metrics["effective_cost_uplift"].value
    return (
        *_how_often(sums),
        Words("That made "),
        Words(f"{'at least ' if sums.unknown_attempts else ''}{money.whole_dollars(spent.nano)}", "ink"),
        Words(" of what was billed"),
        *((Words(", "), Words(share(uplift), "worse"), Words(" on top of the answers themselves")) if uplift else ()),
        Words(". "),
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
    return f"All attempts are known of {known} of requests, and the cost of {split} is split into parts."


def unknown(sums: RequestSums, spent: Overhead | None) -> tuple[Words, ...]:
    """The upper bound of what may have been billed without anybody knowing, or that there is none."""
    if not sums.unknown_attempts:
        return (Words("Every failed attempt told what it used, or was turned down before it could cost anything."),)
    many = count(sums.unknown_attempts, "attempt")
    why = f"{many} may have generated, but told no usage (time-outs, cut answers, server errors); they count as nothing above."
    if spent is None:
        return (Words("Unknown billing. ", "ink"), Words(why))
    if sums.unbounded_attempts:
        others = sums.unknown_attempts - sums.unbounded_attempts
        known = f" The other {count(others)} cost at most {money.dollars(sums.unknown_upper_nano)}." if others else ""
        return (
            Words(f"Unknown billing: at least {money.dollars(spent.nano)}, without an upper bound. ", "ink"),
            Words(
                f"{why} Of {count(sums.unbounded_attempts)} of them nothing bounds the cost, since no answer tells how long "
                f"the input was, or their model has no price.{known}"
            ),
        )
    return (
        Words(
            f"Unknown billing: at least {money.dollars(spent.nano)}, at most "
            f"{money.dollars(spent.nano + sums.unknown_upper_nano)}. ",
            "ink",
        ),
        Words(
            f"{why} Had each been billed the input of the answer that came in its stead, up to "
            f"{money.dollars(sums.unknown_upper_nano)} would be added."
        ),
    )


def at_least(nano: int, sums: RequestSums) -> str:
    return f"{AT_LEAST}{NBSP}{money.dollars(nano)}" if sums.unknown_attempts else money.dollars(nano)


def saving(sums: RequestSums, spent: Overhead | None) -> str:
    if spent is None or not spent.saving_nano:
        return ""
    return (
        f"{money.dollars(spent.saving_nano)} were saved by fallbacks that cost less than planned: shown apart, and not "
        f"taken off the overhead; {count(sums.fallbacks)} answers came from another model or provider than planned."
    )


def _how_often(sums: RequestSums) -> tuple[Words, ...]:
    if not sums.counted:
        return (Words("How many requests needed more than one attempt is not known. "),)
    failed = f", and {share(sums.failed / sums.outcome_known)} got no answer" if sums.failed else ""
    again = share(sums.retried / sums.counted)
    return (
        Words(again, "worse" if sums.retried else "you"),
        Words(f" of requests needed more than one attempt{failed}. "),
    )


def _mostly(found: Failures, spent: Overhead) -> tuple[Words, ...]:
    """The largest single thing: a cause of attempts in vain, or the premium."""
    causes = {cause: sums.wasted_nano for cause, sums in found.causes.items()}
    worst = max(causes, key=lambda cause: causes[cause], default=OK)
    if spent.premium_nano >= causes.get(worst, 0):
        what, nano = "answers that came from a dearer model than planned", spent.premium_nano
    elif worst == OK:
        what, nano = "answers that were not used", causes[worst]
    else:
        what, nano = f"attempts that ended so: {CAUSES.get(worst, worst)}", causes[worst]
    return (Words(f"The largest part, {share(nano / spent.nano)}, is "), Words(what, "ink"), Words("."))
