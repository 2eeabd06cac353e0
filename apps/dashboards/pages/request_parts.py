"""The five parts of one request in words, and how what it was billed is their sum."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.pages.requests import NOT_KNOWN, OF_ONE, billed, is_billed, wait
from apps.dashboards.wording import money
from apps.dashboards.wording.signs import AT_LEAST
from apps.rollups import parts as sums
from apps.rollups.one import Figures, parts_of
from apps.rollups.parts import Declared


@dataclass(frozen=True)
class Part:
    kind: str
    name: str
    figure: str
    detail: str
    absent: bool


def parts(found: Figures, declared: Sequence[Declared]) -> tuple[Part, ...]:
    own = {part.name: part for part in parts_of(found, declared)}
    made = []
    for kind, name in NAMES.items():
        part = own[kind]
        if kind not in OF_ONE or part.nano is None:
            made.append(Part(kind, name, _("not measured"), _why_absent(kind, found, own), absent=True))
            continue
        if part.at_least and not part.nano:
            why = _("an attempt may have been billed") + _at_most(part)
            made.append(Part(kind, name, str(NOT_KNOWN), why, absent=True))
            continue
        figure = money.exact(part.nano)
        made.append(
            Part(kind, name, f"{AT_LEAST} {figure}" if part.at_least else figure, _detail(part, found), absent=False)
        )
    return tuple(made)


def _why_absent(kind: str, found: Figures, own: dict[str, sums.Part]) -> str:
    if kind == sums.SELECTION:
        return _why_no_selection(found)
    if kind == sums.MAINTENANCE:
        return _why_no_maintenance(own[kind].nano)
    if kind == sums.LATENCY:
        return _why_no_latency(found)
    if not found.request["measurable"]:
        return _("needs all attempts; not all of this request are known")
    if found.request["billed_nano"] is None:
        return _("needs a price of every attempt")
    return _("needs to know how the request ended, and by which attempt")


def _why_no_maintenance(nano: int | None) -> str:
    if nano is None:
        return _("is of the whole deployment, not of one request; none is declared")
    return _("{amount} a day is of the whole deployment, not of one request").format(amount=money.exact(nano))


def _why_no_selection(found: Figures) -> str:
    if found.request["outcome"] != "served":
        return _("only a request that was served is judged by its model")
    if not found.sums.split:
        return _("needs a cost that can be split")
    return _("needs evidence of quality of two models at its task, the planned one among them")


def _why_no_latency(found: Figures) -> str:
    if not found.request["waiting"]:
        return _("nobody waits for this request")
    if found.request["retry_delay_us"] is None or found.request["added_overhead_us"] is None:
        return _("needs attempt starts and routing overhead")
    return _("{wait}; needs a value of 1,000 requests, in settings").format(wait=wait(found))


def _detail(part: sums.Part, found: Figures) -> str:
    if part.name == sums.LATENCY:
        return wait(found)
    if part.name == sums.TOKEN:
        return _("at the plan, or cheaper")
    if part.name == sums.SELECTION:
        return _("a cheaper model is good enough for its task") if part.nano else _("no cheaper model is good enough")
    told = (
        (found.request["wasted_nano"], _("{amount} wasted attempts")),
        (found.request["premium_nano"], _("{amount} dearer fallback")),
    )
    pieces = [what.format(amount=money.exact(nano)) for nano, what in told if nano]
    return (" + ".join(pieces) or _("nothing wasted")) + _at_most(part)


def _at_most(part: sums.Part) -> str:
    if part.at_most_nano is None:
        return ""
    return _("; at most {amount}").format(amount=money.exact(part.at_most_nano))


def sum_of(found: Figures) -> str:
    row = found.request
    if not is_billed(found):
        return ""
    if not found.sums.split:
        return _("Billed {amount}; how it splits into parts is not known.").format(amount=billed(found))
    terms = [_("token {amount}").format(amount=money.exact(row["token_nano"]))]
    if row["unknown_attempts"] and not row["retry_nano"]:
        terms.append(_("what failed attempts were billed, which is not known"))
    else:
        terms.append(_("retry {amount}").format(amount=money.exact(row["retry_nano"])))
    if row["regret_nano"]:
        terms.append(_("model choice {amount}").format(amount=money.exact(row["regret_nano"])))
    return _("Billed {amount} = {terms}").format(amount=billed(found), terms=" + ".join(terms))
