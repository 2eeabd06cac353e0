"""Bills of providers beside what was counted, by month and provider, and why they differ, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.queries.months import Month
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, listed, share
from apps.dashboards.wording.signs import AT_LEAST, NOTHING_KNOWN
from apps.deployments.models import ProviderBill
from apps.rollups.sums import AttemptSums

AGREES = 0.01
"""A difference, as a share of the bill, under which there is nothing to look for."""


@dataclass(frozen=True)
class Reconciled:
    """One provider in one month, in words. `month` and `provider` name the bill, which `has_bill` says is there."""

    month: str
    month_words: str
    provider: str
    about: str
    reported: str
    computed: str
    counted: str
    bill: str
    bill_about: str
    difference: str
    over: bool
    """The bill is higher than what was counted."""
    why: str
    has_bill: bool


@dataclass(frozen=True)
class BillsPage:
    frame: Frame
    name: str
    answer: tuple[Words, ...]
    rows: tuple[Reconciled, ...]
    providers: tuple[str, ...]
    """That traces name, to choose from."""
    may_change: bool
    money: str
    """Where the money page is."""


def build(
    months: Sequence[Month], *, frame: Frame, name: str, may_change: bool, money_url: str, today: date
) -> BillsPage:
    return BillsPage(
        frame=frame,
        name=name,
        answer=answer(months),
        rows=reconciled(months, today=today),
        providers=tuple(sorted({one.provider for one in months if one.provider and one.sums})),
        may_change=may_change,
        money=money_url,
    )


def reconciled(months: Sequence[Month], *, today: date) -> tuple[Reconciled, ...]:
    return tuple(_row(one, today) for one in months)


def answer(months: Sequence[Month]) -> tuple[Words, ...]:
    """What the bills say against what was counted for the same months and providers."""
    both = [(one, one.bill) for one in months if one.bill is not None]
    if not both:
        return (Words(_("No bill was entered yet, so what was counted stands alone.")),)
    billed = sum(bill.usd_nano for _, bill in both)
    counted = sum(one.sums.billed_nano for one, _ in both if one.sums)
    what = _("{bills} of {amount} in all").format(bills=count(len(both), "bill"), amount=money.dollars(billed))
    if abs(billed - counted) <= AGREES * billed:
        agrees = _("{what}, and what was counted agrees to {difference}.")
        return emphasised(agrees, what=what, difference=Words(_off(billed, counted), "you"))
    more = billed > counted
    said = (
        _("{what}: {difference} more than the {counted} that were counted for them.")
        if more
        else _("{what}: {difference} less than the {counted} that were counted for them.")
    )
    difference = Words(money.dollars(abs(billed - counted)), "worse" if more else "you")
    return emphasised(said, what=what, difference=difference, counted=money.dollars(counted))


def _off(billed: int, counted: int) -> str:
    return share(abs(billed - counted) / billed) if billed else _("the cent")


def _row(one: Month, today: date) -> Reconciled:
    sums, bill = one.sums, one.bill
    difference = None if bill is None else bill.usd_nano - (sums.billed_nano if sums else 0)
    return Reconciled(
        month=f"{one.first:%Y-%m}",
        month_words=times.month(one.first),
        provider=one.provider or _("none told"),
        about=count(sums.attempts, "attempt") if sums else _("no attempt came from here"),
        reported=_reported(sums),
        computed=_computed(sums),
        counted=_counted(sums),
        bill=money.dollars(bill.usd_nano) if bill else "",
        bill_about=_rate(bill),
        difference=_signed(difference),
        over=bool(bill and difference and difference > AGREES * bill.usd_nano),
        why=why(one, today=today),
        has_bill=bill is not None,
    )


def _reported(sums: AttemptSums | None) -> str:
    """A sum of nothing beside reports that came is one that was not made yet."""
    if sums is None or not sums.reported or not sums.reported_nano:
        return NOTHING_KNOWN
    return money.dollars(sums.reported_nano)


def _computed(sums: AttemptSums | None) -> str:
    return money.dollars(sums.computed_nano) if sums and sums.computed else NOTHING_KNOWN


def _counted(sums: AttemptSums | None) -> str:
    if sums is None or not sums.billed:
        return NOTHING_KNOWN
    return f"{AT_LEAST} {money.dollars(sums.billed_nano)}" if sums.billing_unknown else money.dollars(sums.billed_nano)


def _rate(bill: ProviderBill | None) -> str:
    if bill is None or bill.usd_per_unit is None or bill.rate_on is None:
        return ""
    amount = f"{bill.amount_nano / money.NANO:,.2f}"
    return _("{amount} at {rate} of {day}").format(
        amount=f"{bill.currency} {amount}", rate=f"{bill.usd_per_unit.normalize():f}", day=times.day(bill.rate_on)
    )


def _signed(nano: int | None) -> str:
    if nano is None:
        return ""
    return money.dollars(nano) if nano <= 0 else f"+{money.dollars(nano)}"


def why(one: Month, *, today: date) -> str:
    """What may explain the difference, the counted causes first; what is not known is offered as a question."""
    sums, bill = one.sums, one.bill
    running = (one.first.year, one.first.month) == (today.year, today.month)
    if bill is None:
        return _("The month is not over.") if running else _("No bill was entered.")
    if sums is None:
        return _("Nothing that was sent to this provider came in here: is it spelled as in the traces?")
    difference = bill.usd_nano - sums.billed_nano
    if abs(difference) <= AGREES * max(bill.usd_nano, 1):
        return _("They agree to {difference}.").format(difference=_off(bill.usd_nano, sums.billed_nano))
    causes = _more(sums) if difference > 0 else _less(sums)
    if running:
        causes.insert(0, _("the month is not over"))
    said = _("The bill is {part} higher.") if difference > 0 else _("The bill is {part} lower.")
    part = share(abs(difference) / bill.usd_nano) if bill.usd_nano else _("all")
    return f"{said.format(part=part)} {_sentence(causes)}"


def _more(sums: AttemptSums) -> list[str]:
    """Why a bill is higher."""
    found = []
    if sums.unpriced:
        found.append(_("{attempts} have no known price").format(attempts=count(sums.unpriced, "attempt")))
    if sums.computed > sums.billed:
        others = count(sums.computed - sums.billed, "attempt")
        found.append(
            _("{attempts} stand in a request with one that has no known price, and are counted nowhere").format(
                attempts=others
            )
        )
    if sums.billing_unknown:
        said = (
            _("{attempts} may have been billed, by their input {most} at most")
            if sums.unknown_upper_nano
            else _("{attempts} may have been billed")
        )
        attempts = count(sums.billing_unknown, "failed attempt")
        found.append(said.format(attempts=attempts, most=money.dollars(sums.unknown_upper_nano)))
    found.append(_("taxes, fees or calls that do not come through here are on it"))
    return found


def _less(sums: AttemptSums) -> list[str]:
    """Why a bill is lower."""
    found = []
    if sums.upper_bounds:
        found.append(
            _("{attempts} did not tell what was cached, and are counted in full").format(
                attempts=count(sums.upper_bounds, "attempt")
            )
        )
    if sums.reported_nano > sums.computed_nano and sums.computed >= sums.reported:
        found.append(_("the gateway reported more than the list prices make"))
    found.append(_("a discount, credits or a free allowance are on it"))
    return found


def _sentence(causes: Sequence[str]) -> str:
    """Counted causes as they are, the last as a question, since nobody here can know it."""
    *known, last = causes
    question = (_("Else {cause}.") if known else _("Perhaps {cause}.")).format(cause=last)
    if not known:
        return question
    text = listed(known)
    return f"{text[0].upper()}{text[1:]}. {question}"
