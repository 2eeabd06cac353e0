"""How a post, or an item of it, is turned down: with a code for programs and a sentence that says what to do."""

from typing import Any

from msgspec import Struct


class PostError(Exception):
    """The post as a whole: nothing of it was stored.

    `retry_after`, in whole seconds, where it is known when the post would be taken.
    """

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None, **details: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details
        self.retry_after = retry_after


class ItemError(Exception):
    """One item; the others of its post are not affected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Rejection(Struct, frozen=True):
    """An item that was not stored; `index` counts from 0 in the order of the post."""

    index: int
    code: str
    message: str


def too_large(limit: int) -> PostError:
    return PostError(
        413,
        "body_too_large",
        f"The body is larger than {limit:,} bytes, sent or inflated. Send fewer requests a post.",
        limits={"max_bytes": limit},
    )


def too_many(limit: int, *, what: str = "items") -> PostError:
    return PostError(
        413,
        f"too_many_{what}",
        f"The post has more than {limit:,} {what}. Split it.",
        limits={f"max_{what}": limit},
    )
