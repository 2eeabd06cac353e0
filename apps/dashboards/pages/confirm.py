"""Asking once more before something that cannot be undone."""

from dataclasses import dataclass

from apps.dashboards.frame import Frame


@dataclass(frozen=True)
class Confirm:
    """`deed` is the word on the button, `back` where one goes without pressing it."""

    frame: Frame
    question: str
    consequence: str
    deed: str
    back: str
