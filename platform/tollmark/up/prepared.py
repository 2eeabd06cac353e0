"""Whether the database and the static files of a data folder are up to the code, without asking them.

Bringing them up to it takes seconds even when there is nothing to do; the next start on the same day need not wait.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tollmark.paths import ROOT, STATIC_FOLDER

LOCK = ROOT / "deploy" / "requirements.lock"


def is_prepared(data: Path, *, today: date) -> bool:
    stamp = _stamp(data)
    return stamp.exists() and stamp.read_text() == _fingerprint(today)


def mark_prepared(data: Path, *, today: date) -> None:
    _stamp(data).write_text(_fingerprint(today))


def forget(data: Path) -> None:
    _stamp(data).unlink(missing_ok=True)


def _stamp(data: Path) -> Path:
    return data / "prepared"


def _fingerprint(today: date) -> str:
    """Of contents, since times change with every clone; and of the day, for which partitions are made ahead."""
    digest = hashlib.sha256(f"{ROOT} {today}".encode())
    for file in sorted(_sources()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield LOCK
    yield from (file for file in STATIC_FOLDER.rglob("*") if file.is_file())
    yield from (ROOT / "apps").glob("*/migrations/*.py")
    yield from (ROOT / "apps").glob("*/sql/*.sql")
