"""What the reader of the mail should know of its figures, and the one fix worth most."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.advice.fixes import Fix
from apps.costing import causes
from apps.reports.phrases import fix_of
from apps.reports.report import Report, Section
from apps.reports.wording import moment, money, share

CAUSES = {
    causes.RATE_LIMITED: gettext_noop("rate limited"),
    causes.TIMEOUT: gettext_noop("timed out"),
    causes.SERVER_ERROR: gettext_noop("server error"),
    causes.CUT: gettext_noop("answer cut off"),
    causes.CONNECTION: gettext_noop("no connection"),
    causes.REJECTED: gettext_noop("request rejected"),
    causes.UNAUTHORIZED: gettext_noop("not authorized"),
    causes.CLIENT_CLOSED: gettext_noop("client gave up"),
}
OTHER_CAUSE = gettext_noop("another error")


def notes(report: Report) -> list[str]:
    """What the reader should know of the figures, a sentence for each matter and not for each deployment."""
    sections = report.sections
    silent = _("{deployment} has been silent since {moment}.")
    outside = _("{deployment} is not in the benchmark itself: {fixes}")
    return [
        *(silent.format(deployment=one.name, moment=moment(one.silent_since)) for one in sections if one.silent_since),
        *_without_price(sections),
        *_billing_unknown(sections),
        *(
            outside.format(deployment=one.name, fixes=" ".join(map(fix_of, one.efficiency.failed)))
            for one in sections
            if one.efficiency.own is not None and one.efficiency.failed
        ),
        *_best_fix(sections),
    ]


def _without_price(sections: Sequence[Section]) -> list[str]:
    each = _("{share} of the requests of {deployment}")
    found = [each.format(share=_least(one.unpriced), deployment=one.name) for one in sections if one.unpriced]
    said = _("Without a price, and so in no dollar figure: {requests}.")
    return [said.format(requests=", ".join(found))] if found else []


def _billing_unknown(sections: Sequence[Section]) -> list[str]:
    each = _("{number} of {deployment}")
    found = [
        each.format(number=f"{one.billing_unknown:,}", deployment=one.name) for one in sections if one.billing_unknown
    ]
    said = _("Failed attempts that may have been billed, so that retries cost “at least” what is said: {attempts}.")
    return [said.format(attempts=", ".join(found))] if found else []


def _best_fix(sections: Sequence[Section]) -> list[str]:
    """One line, of the deployment where it surely saves most."""
    found = [(one.fix, one.name) for one in sections if one.fix is not None]
    if not found:
        return []
    fix, name = max(found, key=lambda pair: pair[0].saves.low)
    low, high = money(fix.saves.low), money(fix.saves.high)
    saves = low if low == high else _("{low} to {high}").format(low=low, high=high)
    return [_move(fix, name, saves) if fix.to is not None else _failing(fix, name, saves)]


def _move(fix: Fix, deployment: str, saves: str) -> str:
    said = _("The fix worth most, in {deployment}: {model} for {task} saves {amount} a month.")
    at = _(
        "The fix worth most, in {deployment}: {model} for {task} saves {amount} a month at {share} of today’s quality, "
        "n = {evidence}."
    )
    return (said if fix.quality is None else at).format(
        deployment=deployment,
        model=fix.to.written if fix.to else "",
        task=fix.task,
        amount=saves,
        share=share(fix.quality or 0, 0),
        evidence=f"{fix.evidence:,}",
    )


def _failing(fix: Fix, deployment: str, saves: str) -> str:
    said = _("The fix worth most, in {deployment}: failed attempts ({cause}) cost {amount} a month beyond plan.")
    on = _(
        "The fix worth most, in {deployment}: failed attempts on the route {route} ({cause}) cost {amount} a month beyond plan."
    )
    return (on if fix.route else said).format(
        deployment=deployment, route=fix.route, cause=_(CAUSES.get(fix.cause, OTHER_CAUSE)), amount=saves
    )


def _least(share_of_requests: float) -> str:
    """A share is not rounded down to nothing."""
    if share_of_requests < 0.001:
        return _("less than {share}").format(share=share(0.001))
    return share(share_of_requests)
