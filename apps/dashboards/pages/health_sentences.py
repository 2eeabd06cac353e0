"""What the page about losses says in sentences: the answer, and the basis of each of its tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.dashboards.queries.health import DAYS, Aside, Health, Pricing, Skew
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count, duration, listed, share
from apps.dashboards.wording.signs import NBSP
from apps.ingest.accept import SKEW_CORRECTED_FROM
from apps.ingest.models import Import

STOPPED = {
    "derive": "No requests have been derived from spans since {at}: it was tried too often in vain.",
    "rebuild": "Figures have not been computed again since {at}: it was tried too often in vain.",
}
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
    said = f"{_of_items(sums, name)}{_of_posts(sums)}"
    besides = list(_besides(health))
    return f"{said} Look at {listed(besides)} too." if besides else said


def _of_items(sums: Sums, name: str) -> str:
    if not sums.received:
        if sums.refused:
            return "Nothing got in during the last seven days."
        return f"Nothing reached {name} in the last seven days, so nothing could be lost here."
    if not sums.rejected:
        of = "of the last seven days" if not sums.refused else "of the last seven days whose post could be read"
        return f"Nothing is lost of the {count(sums.received, 'item')} {of}.{_in_conflict(sums)}"
    lost = f"{count(sums.rejected)} of {count(sums.received, 'item')} ({share(sums.rejected / sums.received)})"
    return f"Something is lost: {lost} were not taken.{_in_conflict(sums)}"


def _in_conflict(sums: Sums) -> str:
    if not sums.conflict:
        return ""
    return f" {count(sums.conflict)} came again with other content, of which the first is kept."


def _of_posts(sums: Sums) -> str:
    if not sums.refused:
        return ""
    verb, them = ("was", "it") if sums.refused == 1 else ("were", "them")
    return f" {count(sums.refused, 'post')} {verb} turned down whole, and how much was in {them} is not known."


def _besides(health: Health) -> Iterator[str]:
    if health.pricing.models:
        yield "models without a price"
    if health.skew.posts:
        yield "the sender's clock"
    if health.aside.units or health.aside.stopped:
        yield "what was set aside"
    if any(one.state == Import.State.FAILED for one in health.files):
        yield "files that stopped"


def basis(health: Health) -> str:
    posts = sum(one.posts for one in health.arrived if one.source != "file")
    files = sum(one.posts for one in health.arrived if one.source == "file")
    days = health.days
    came = f"{count(posts, 'post')} and {count(files, 'file')} that were read to their end"
    return (
        f"{times.window(days[-1], days[0])}, days on the clock of {health.zone.key}, n: {came}. A post that was answered "
        "401, 429 or 503 is not in it: nothing of it was stored, exporters send it again after 429 and 503, and whoever runs "
        "the installation finds their number in its metrics."
    )


def examples_basis(health: Health) -> str:
    rejected = total(health).rejected
    if not rejected:
        return "No item was turned down in these days."
    return (
        f"The newest {count(len(health.samples))} that were kept, of {count(rejected)} not taken: up to three of each post. "
        "Items count from 0 in their post, rows of a file from 1. What stood in them is not kept."
    )


def models_basis(pricing: Pricing) -> str:
    window = f"{times.window(pricing.first, pricing.last)}, days in UTC, all environments"
    if not pricing.attempts:
        return f"No attempt is rolled up yet in {window}, so it is not known whether a model lacks a price."
    whole = sum(one.unpriced for one in pricing.models)
    if not whole:
        return f"Every attempt that had to be priced has a price. {window}, n: {count(pricing.attempts, 'attempt')}."
    more = len(pricing.models) - NAMED_MODELS
    left = f" {count(more, 'more model')} are not named." if more > 0 else ""
    return (
        f"{count(whole)} of {count(pricing.attempts, 'attempt')} ({share(whole / pricing.attempts)}) have no price, and their "
        f"requests are in no dollar figure. {window}.{left} Send the name that the provider uses, or `cost` with `currency`."
    )


def skew_in_words(skew: Skew, zone: ZoneInfo) -> str:
    from_s = int(SKEW_CORRECTED_FROM.total_seconds())
    who = "Only posts of own JSON that carry `Sent-At` tell what their sender's clock says."
    if not skew.posts or skew.latest_ms is None or skew.least_ms is None or skew.most_ms is None:
        return f"No clock was seen to be wrong by {from_s}{NBSP}s or more in these days. {who}"
    latest = f", at {times.moment(skew.latest_at, zone)}" if skew.latest_at else ""
    reach = f"{_wrong(skew.latest_ms)} in the latest{latest}"
    if skew.least_ms != skew.most_ms:
        reach += f"; in all between {_wrong(skew.least_ms)} and {_wrong(skew.most_ms)}"
    return (
        f"In {count(skew.posts, 'post')} the sender's clock was wrong by {from_s}{NBSP}s or more, {reach}. "
        f"The times of their requests were corrected by as much. {who}"
    )


def _wrong(milliseconds: int) -> str:
    """What was added to its times is what the clock is behind."""
    return f"{duration(abs(milliseconds) * 1000)} {'behind' if milliseconds > 0 else 'ahead'}"


def keys_basis(health: Health) -> str:
    if not health.keys:
        return "There is no key, so nothing can report."
    more = health.all_keys - len(health.keys)
    left = f" {count(more, 'more key')} are not shown." if more > 0 else ""
    return f"When a key was last recognised, to the minute, whether or not its post was then taken.{left}"


def set_aside(aside: Aside, zone: ZoneInfo) -> Iterator[str]:
    for what, at in aside.stopped:
        yield f"{STOPPED[what].format(at=times.stamp(at, zone))} Tell whoever runs the installation; nothing that came is lost."
    if aside.units:
        latest = f", the latest at {times.moment(aside.latest, zone)}" if aside.latest else ""
        yield (
            f"{count(aside.units, 'unit')} of spans could not be turned into requests{latest}, with "
            f"{listed([f'`{error}`' for error in aside.errors])}. The spans are kept, and tried again when new ones of "
            "the same unit come."
        )
    if not (aside.units or aside.stopped):
        yield "Nothing is set aside: turning spans into requests has not failed on any."


def files_basis(health: Health) -> str:
    if not health.all_files:
        return f"No file was handed over in these {DAYS} days."
    shown: Sequence[Import] = health.files
    more = f" The latest {count(len(shown))} are shown." if health.all_files > len(shown) else ""
    whole = count(health.all_files, "file")
    return f"{whole} handed over in these days. A file is counted above once it was read to its end.{more}"
