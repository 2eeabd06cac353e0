from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]
OK: Level = "ok"
WARN: Level = "warn"
FAIL: Level = "fail"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, and what to do unless it is `ok`."""

    name: str
    level: Level
    said: str
    advice: str = ""


def graded(name: str, level: Level, said: str, advice: str) -> Finding:
    """With the advice only where it is needed."""
    return Finding(name, level, said, "" if level == OK else advice)
