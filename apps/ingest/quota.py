"""How much one key may bring: a token bucket of posts and one of items, shared by all processes.

A post is charged once it is known how much it brings; one that finds its key in debt is refused, and for as long as the
debt lasts this process refuses the key's posts without reading them. Without Redis nothing is limited.
"""

import math
import time
from contextlib import suppress

from django.conf import settings

from apps.ingest.refusals import PostError
from apps.pulse import buckets, counters
from apps.pulse.buckets import Allowance

MOST_REMEMBERED = 10_000
_waiting_until: dict[str, float] = {}
"""By key: what Redis answered last, on this process's own clock."""


def refuse_who_waits(key_id: str) -> None:
    """Raises PostError 429 for a key that was told to wait, and did not."""
    until = _waiting_until.get(key_id)
    if until is None:
        return
    if (left := until - time.monotonic()) > 0:
        raise _refusal(left)
    with suppress(KeyError):
        del _waiting_until[key_id]


def charge(key_id: str, *, items: int) -> None:
    """Raises PostError 429 when the key has used up what it may bring."""
    posts_allowed, items_allowed = Allowance(*settings.INGEST_KEY_POSTS), _items_allowed(key_id)
    if not (posts_allowed.rate or items_allowed.rate):
        return
    wait = buckets.take(f"key:{key_id}", [(posts_allowed, 1), (items_allowed, items)])
    if wait is None:
        counters.add("tollmark_ingest_unlimited_posts_total")
    elif wait:
        if len(_waiting_until) >= MOST_REMEMBERED:
            _waiting_until.clear()
        _waiting_until[key_id] = time.monotonic() + wait
        raise _refusal(wait)


def _items_allowed(key_id: str) -> Allowance:
    return Allowance(*settings.INGEST_KEY_ITEMS_OF.get(key_id, settings.INGEST_KEY_ITEMS))


def _refusal(seconds: float) -> PostError:
    return PostError(
        429,
        "quota_exceeded",
        "This key has brought more than it may. Nothing of this post was stored; send it again after Retry-After.",
        retry_after=math.ceil(seconds),
    )
