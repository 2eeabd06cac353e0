"""What the page about losses says in sentences: the answer, and the basis of each of its tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from apps.dashboards.queries.health import DAYS, Aside, Health, Pricing, Skew
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count, duration, listed, share
from apps.dashboards.wording.signs import NBSP
from apps.dashboards.wording.translate import Names
from apps.ingest.accept import SKEW_CORRECTED_FROM
from apps.ingest.models import Import

STOPPED = Names(
    {
        "derive": gettext_noop(
            "No requests have been derived from spans since {at}: it was tried too often in vain. Tell whoever runs the "
            "installation; nothing that came is lost."
        ),
        "rebuild": gettext_noop(
            "Figures have not been computed again since {at}: it was tried too often in vain. Tell whoever runs the "
            "installation; nothing that came is lost."
        ),
    }
)
NAMED_MODELS = 20


@dataclass
class Sums:
    """Items but `refused`, which are posts."""

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    refused: int = 0

    @property
    def received(self) -> int:
        return self.accepted + self.duplicate + self.conflict + self.rejected


def total(health: Health) -> Sums:
    return sums_of(health.arrived)


def sums_of(rows: Iterable[object]) -> Sums:
    found = Sums()
    for row in rows:
        for field in ("accepted", "duplicate", "conflict", "rejected", "refused"):
            setattr(found, field, getattr(found, field) + getattr(row, field))
    return found


def answer(health: Health, name: str) -> str:
    sums = total(health)
    said = [_of_items(sums, name), _in_conflict(sums), _of_posts(sums)]
    besides = list(_besides(health))
    if besides:
        said.append(_("Look at {places} too.").format(places=listed(besides)))
    return " ".join(filter(None, said))


def _of_items(sums: Sums, name: str) -> str:
    if not sums.received:
        if sums.refused:
            return _("Nothing got in during the last seven days.")
        return _("Nothing reached {name} in the last seven days, so nothing could be lost here.").format(name=name)
    if not sums.rejected:
        said = (
            _("Nothing is lost of the {items} of the last seven days whose post could be read.")
            if sums.refused
            else _("Nothing is lost of the {items} of the last seven days.")
        )
        return said.format(items=count(sums.received, "item"))
    return _("Something is lost: {number} of {items} ({part}) were not taken.").format(
        number=count(sums.rejected), items=count(sums.received, "item"), part=share(sums.rejected / sums.received)
    )


def _in_conflict(sums: Sums) -> str:
    if not sums.received or not sums.conflict:
        return ""
    again = _("{number} came again with other content, of which the first is kept.")
    return again.format(number=count(sums.conflict))


def _of_posts(sums: Sums) -> str:
    if not sums.refused:
        return ""
    said = ngettext(
        "{posts} was turned down whole, and how much was in it is not known.",
        "{posts} were turned down whole, and how much was in them is not known.",
        sums.refused,
    )
    return said.format(posts=count(sums.refused, "post"))


def _besides(health: Health) -> Iterator[str]:
    if health.pricing.models:
        yield _("models without a price")
    if health.skew.posts:
        yield _("the sender's clock")
    if health.aside.units or health.aside.stopped:
        yield _("what was set aside")
    if any(one.state == Import.State.FAILED for one in health.files):
        yield _("files that stopped")


def basis(health: Health) -> str:
    posts = sum(one.posts for one in health.arrived if one.source != "file")
    files = sum(one.posts for one in health.arrived if one.source == "file")
    days = health.days
    return _(
        "{window}, days on the clock of {zone}, n: {posts} and {files} that were read to their end. A post that was answered "
        "401, 429 or 503 is not in it: nothing of it was stored, exporters send it again after 429 and 503, and whoever runs "
        "the installation finds their number in its metrics."
    ).format(
        window=times.window(days[-1], days[0]),
        zone=health.zone.key,
        posts=count(posts, "post"),
        files=count(files, "file"),
    )


def examples_basis(health: Health) -> str:
    rejected = total(health).rejected
    if not rejected:
        return _("No item was turned down in these days.")
    return _(
        "The newest {number} that were kept, of {rejected} not taken: up to three of each post. Items count from 0 in their "
        "post, rows of a file from 1. What stood in them is not kept."
    ).format(number=count(len(health.samples)), rejected=count(rejected))


def models_basis(pricing: Pricing) -> str:
    window = _("{window}, days in UTC, all environments").format(window=times.window(pricing.first, pricing.last))
    if not pricing.attempts:
        none = _("No attempt is rolled up yet in {window}, so it is not known whether a model lacks a price.")
        return none.format(window=window)
    whole = sum(one.unpriced for one in pricing.models)
    if not whole:
        every = _("Every attempt that could have been billed has a cost. {window}, n: {attempts}.")
        return every.format(window=window, attempts=count(pricing.attempts, "attempt"))
    more = len(pricing.models) - NAMED_MODELS
    left = _("{models} are not named.").format(models=count(more, "more model")) + " " if more > 0 else ""
    return _(
        "{number} of {attempts} ({part}) have no cost that is known, and their requests are in no dollar figure. {window}. "
        "{left}Send `usage` and the name that the provider uses, or `cost` with `currency`."
    ).format(
        number=count(whole),
        attempts=count(pricing.attempts, "attempt"),
        part=share(whole / pricing.attempts),
        window=window,
        left=left,
    )


def skew_in_words(skew: Skew, zone: ZoneInfo) -> str:
    least = f"{int(SKEW_CORRECTED_FROM.total_seconds())}{NBSP}s"
    who = _("Only posts of own JSON that carry `Sent-At` tell what their sender's clock says.")
    if not skew.posts or skew.latest_ms is None or skew.least_ms is None or skew.most_ms is None:
        none = _("No clock was seen to be wrong by {seconds} or more in these days.").format(seconds=least)
        return f"{none} {who}"
    reach = (
        _("{wrong} in the latest, at {moment}").format(
            wrong=_wrong(skew.latest_ms), moment=times.moment(skew.latest_at, zone)
        )
        if skew.latest_at
        else _("{wrong} in the latest").format(wrong=_wrong(skew.latest_ms))
    )
    if skew.least_ms != skew.most_ms:
        between = _("in all between {least} and {most}")
        reach += "; " + between.format(least=_wrong(skew.least_ms), most=_wrong(skew.most_ms))
    said = _(
        "In {posts} the sender's clock was wrong by {seconds} or more, {reach}. The times of their requests were corrected by "
        "as much."
    ).format(posts=count(skew.posts, "post"), seconds=least, reach=reach)
    return f"{said} {who}"


def _wrong(milliseconds: int) -> str:
    """What was added to its times is what the clock is behind."""
    said = _("{time} behind") if milliseconds > 0 else _("{time} ahead")
    return said.format(time=duration(abs(milliseconds) * 1000))


def keys_basis(health: Health) -> str:
    if not health.keys:
        return _("There is no key, so nothing can report.")
    more = health.all_keys - len(health.keys)
    said = _("When a key was last recognised, to the minute, whether or not its post was then taken.")
    if more <= 0:
        return said
    left = _("{keys} are not shown.").format(keys=count(more, "more key"))
    return f"{said} {left}"


def set_aside(aside: Aside, zone: ZoneInfo) -> Iterator[str]:
    for what, at in aside.stopped:
        yield STOPPED[what].format(at=times.stamp(at, zone))
    if aside.units:
        said = (
            _(
                "{units} of spans could not be turned into requests, the latest at {moment}, with {errors}. The spans are "
                "kept, and tried again when new ones of the same unit come."
            )
            if aside.latest
            else _(
                "{units} of spans could not be turned into requests, with {errors}. The spans are kept, and tried again when "
                "new ones of the same unit come."
            )
        )
        yield said.format(
            units=count(aside.units, "unit"),
            moment=times.moment(aside.latest, zone) if aside.latest else "",
            errors=listed([f"`{error}`" for error in aside.errors]),
        )
    if not (aside.units or aside.stopped):
        yield _("Nothing is set aside: turning spans into requests has not failed on any.")


def files_basis(health: Health) -> str:
    if not health.all_files:
        return _("No file was handed over in these {days} days.").format(days=DAYS)
    shown: Sequence[Import] = health.files
    said = _("{files} handed over in these days. A file is counted above once it was read to its end.")
    said = said.format(files=count(health.all_files, "file"))
    if health.all_files <= len(shown):
        return said
    more = _("The latest {number} are shown.").format(number=count(len(shown)))
    return f"{said} {more}"
