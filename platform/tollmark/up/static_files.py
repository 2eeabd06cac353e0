"""Static files are collected only when they, or the packages that bring some, have changed."""

import hashlib
from pathlib import Path

from tollmark.paths import ROOT

LOCK = ROOT / "deploy" / "requirements.lock"


def are_fresh(target: Path) -> bool:
    stamp = _stamp(target)
    return stamp.exists() and stamp.read_text() == _fingerprint()


def collect(target: Path) -> None:
    """Into Django's STATIC_ROOT, which `target` is."""
    from django.core.management import call_command

    if are_fresh(target):
        return
    fingerprint = _fingerprint()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _stamp(target).write_text(fingerprint)


def _stamp(target: Path) -> Path:
    return target.parent / f"{target.name}.collected"


def _fingerprint() -> str:
    """Of the sources' contents: times change with every clone."""
    digest = hashlib.sha256(LOCK.read_bytes())
    for file in sorted(path for path in (ROOT / "static").rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
