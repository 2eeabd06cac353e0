"""What the models of a deployment cost, since when, and what they were billed: in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.frame import Frame
from apps.dashboards.pages.agreed import Agreed, agreed_basis, agreed_of
from apps.dashboards.pages.price_entry import price_entry
from apps.dashboards.pages.priced import Priced, priced_of
from apps.dashboards.pages.repriced import Moved, models_of, moved_of, providers_of, repriced_answer, repriced_basis
from apps.dashboards.queries.prices import Name, PricesFacts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.models import LACKING, model_of, provider_of, signed
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import EN_DASH, MINUS, NOTHING_KNOWN
from apps.rollups.reprice import DAYS
from apps.rollups.sums import LACKS, AttemptSums


@dataclass(frozen=True)
class Unpriced:
    model: str
    provider: str
    attempts: str
    share: str
    why: str
    fix: str
    """Where a price is entered, with the model's name filled in; empty where nobody can, or it would change nothing."""


@dataclass(frozen=True)
class Compared:
    model: str
    provider: str
    attempts: str
    reported: str
    computed: str
    difference: str
    share: str
    dearer: bool


@dataclass(frozen=True)
class PricesPage:
    """All in words; a sentence stands where a table would be empty."""

    frame: Frame
    name: str
    address: str
    answer: str
    basis: str
    unpriced: tuple[Unpriced, ...]
    unpriced_basis: str
    priced: tuple[Priced, ...]
    priced_basis: str
    compared: tuple[Compared, ...]
    compared_total: Compared | None
    compared_basis: str
    agreed: tuple[Agreed, ...]
    agreed_basis: str
    moved: tuple[Moved, ...]
    moved_totals: tuple[Moved, ...]
    moved_answer: str
    moved_basis: str
    waits: bool
    days: int
    may_change: bool
    today: str
    entering: bool
    agreeing: bool


def build(facts: PricesFacts, *, zone: ZoneInfo, may_change: bool, address: str, **place: Any) -> PricesPage:
    compared = sorted(
        ((name, one) for name, one in facts.models.items() if one.compared),
        key=lambda item: (-abs(item[1].compared_reported_nano - item[1].compared_computed_nano), item[0]),
    )
    unpriced = sorted(
        ((name, one) for name, one in facts.models.items() if one.unpriced),
        key=lambda item: (LACKS.index(item[1].lacks), -item[1].unpriced, item[0]),
    )
    everything = sum(one.attempts for one in facts.models.values())
    today, total = facts.now.astimezone(UTC).date(), _total([one for _name, one in compared])
    return PricesPage(
        **place,
        address=address,
        answer=_answer(facts, total, everything),
        basis=_basis(facts, everything),
        unpriced=tuple(
            _unpriced(name, one, everything, _fix(name, facts, address) if may_change else "") for name, one in unpriced
        ),
        unpriced_basis=_unpriced_basis(everything, [one for _name, one in unpriced]),
        priced=tuple(line for name in _by_attempts(facts) for line in priced_of(name, facts, today)),
        priced_basis=_priced_basis(facts, everything),
        compared=tuple(_compared(model_of(name), provider_of(name), one) for name, one in compared),
        compared_total=_compared(_("Together"), "", total) if len(compared) > 1 else None,
        compared_basis=_compared_basis(facts, total),
        agreed=tuple(agreed_of(facts, today)),
        agreed_basis=agreed_basis(facts),
        moved=tuple(moved_of(one) for one in models_of(facts.again)),
        moved_totals=tuple(providers_of(facts.again)),
        moved_answer=repriced_answer(facts.again),
        moved_basis=repriced_basis(facts.again, zone),
        waits=facts.again is not None and facts.again.waits,
        days=DAYS,
        may_change=may_change,
        today=today.isoformat(),
    )


def _total(sums: Sequence[AttemptSums]) -> AttemptSums:
    names = ("attempts", "compared", "compared_reported_nano", "compared_computed_nano")
    return AttemptSums(**{name: sum(getattr(one, name) for one in sums) for name in names})


def _answer(facts: PricesFacts, compared: AttemptSums, everything: int) -> str:
    if not everything:
        return _("No attempt came in these days, so there is nothing to price.")
    first = _without_price(facts)
    if not compared.compared_computed_nano:
        none = _("No attempt told a cost of its own that could be held against it.")
        return f"{first} {none}"
    reported = _("Your gateways reported {reported} for what costs {computed} at these prices, {difference}.").format(
        reported=money.whole_dollars(compared.compared_reported_nano),
        computed=money.whole_dollars(compared.compared_computed_nano),
        difference=_more_or_less(compared),
    )
    return f"{first} {reported}"


def _without_price(facts: PricesFacts) -> str:
    """What cannot be told apart is neither counted as without a price nor denied."""
    lacks = Counter(one.lacks for one in facts.models.values() if one.unpriced)
    said = []
    if lacks["price"]:
        said.append((lacks["price"], _("{number} of {models} had attempts without a price.")))
    elif not lacks["price or tokens"]:
        said.append((0, _("{models}, and none of them lacks a price.")))
    if lacks["price or tokens"]:
        unclear = _("{number} of {models} had attempts that lack a price or tokens, and it is not known which.")
        said.append((lacks["price or tokens"], unclear))
    models = count(len(facts.models), "model")
    return " ".join(one.format(number=number, models=models) for number, one in said)


def _more_or_less(compared: AttemptSums) -> str:
    off = compared.compared_reported_nano - compared.compared_computed_nano
    if not off:
        return _("which is the same")
    said = _("{share} more") if off > 0 else _("{share} less")
    return said.format(share=share(abs(off) / compared.compared_computed_nano))


def _basis(facts: PricesFacts, everything: int) -> str:
    window = times.window(facts.first, facts.last)
    return _("{window} UTC, {attempts} in every environment, as far as they are rolled up.").format(
        window=window, attempts=count(everything, "attempt")
    )


def _unpriced(name: Name, one: AttemptSums, everything: int, fix: str) -> Unpriced:
    return Unpriced(
        model=model_of(name),
        provider=provider_of(name),
        attempts=count(one.unpriced),
        share=share(one.unpriced / everything),
        why=LACKING[one.lacks],
        fix="" if one.lacks == "tokens" else fix,
    )


def _fix(name: Name, facts: PricesFacts, address: str) -> str:
    """A price from the first day that lacks one."""
    return price_entry(*name, facts.unpriced_since.get(name, facts.first), prices=address)


def _unpriced_basis(everything: int, unpriced: Sequence[AttemptSums]) -> str:
    if not everything:
        return _("No attempt came in these days.")
    if not unpriced:
        return _("Every attempt that could have been billed has a cost: its gateway's, or a price.")
    said = [_("A request with such an attempt is in no dollar figure.")]
    lacks = {one.lacks for one in unpriced}
    if lacks != {"tokens"}:
        said.append(
            _(
                "A price of your own puts it there, in your dollars; your routing efficiency is computed at list prices "
                "alone, and such tokens stay outside its coverage."
            )
        )
    if lacks != {"price"}:
        said.append(
            _("An attempt that answered and told no tokens has no cost at any price: let its gateway send `usage`.")
        )
    return " ".join(said)


def _by_attempts(facts: PricesFacts) -> list[Name]:
    return sorted(facts.listed, key=lambda name: (-facts.models[name].attempts, name))


def _priced_basis(facts: PricesFacts, everything: int) -> str:
    if not facts.listed:
        return _("The public list knows none of these models.") if everything else _("There is no model to show yet.")
    left = len(facts.models) - len(facts.listed)
    said = _(
        "Dollars per 1M tokens; {dash}: no price of its own, so cached input costs what input does. Shown: what held at some "
        "time in these days, and what is announced. A tier that is not listed is priced as standard, and a dated release with "
        "a price of its own by that. Units beside tokens, such as searches, may have prices too."
    ).format(dash=EN_DASH)
    more = _("{models} more: without a list price, or used least.").format(models=count(left, "model"))
    return f"{said} {more}" if left else said


def _compared(model: str, provider: str, one: AttemptSums) -> Compared:
    off = one.compared_reported_nano - one.compared_computed_nano
    computed = one.compared_computed_nano
    return Compared(
        model=model,
        provider=provider,
        attempts=count(one.compared),
        reported=money.dollars(one.compared_reported_nano),
        computed=money.dollars(computed),
        difference=signed(off),
        share=f"{MINUS if off < 0 else '+' if off else ''}{share(abs(off) / computed)}" if computed else NOTHING_KNOWN,
        dearer=off > 0,
    )


def _compared_basis(facts: PricesFacts, total: AttemptSums) -> str:
    reported = sum(one.reported for one in facts.models.values())
    if not reported:
        return _("No gateway reported a cost in these days: every dollar is computed from usage and price.")
    return _(
        "{number} of {attempts} with a cost that the gateway reported in dollars also have a price, at your terms where you "
        "entered any. As-billed is what counts in your dollars; the difference shows a contract that is not entered, a "
        "gateway's old price list, or usage that was not told."
    ).format(number=count(total.compared), attempts=count(reported, "attempt"))
