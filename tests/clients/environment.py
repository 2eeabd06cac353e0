"""The clients' own virtual environment, made from a lock with hashes: LiteLLM and SDKs do not belong in the platform's."""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from tollmark.paths import ROOT

LOCK = Path(__file__).parent / "requirements.lock"
PLACE = ROOT / ".venv-clients"
_EXACTLY = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile")


def python() -> Path:
    """The interpreter of the environment, which is made first where it is missing or stale."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = PLACE / ".lock"
    with LOCK.open("rb") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two test processes at once: the second finds the work done
        if not stamp.exists() or stamp.read_text() != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
            pip = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *_EXACTLY, "--requirement", str(LOCK)], check=True)
            stamp.write_text(wanted)
    return PLACE / "bin" / "python"
