"""A page of forms: a frame, and nothing computed."""

from dataclasses import dataclass

from apps.dashboards.frame import Frame


@dataclass(frozen=True)
class Plain:
    frame: Frame
