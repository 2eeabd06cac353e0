"""Makes `.venv` from the hashed lock when it is missing or stale, and goes on in it. Standard library only."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {"main": ROOT / "deploy" / "requirements.lock", "test": ROOT / "deploy" / "requirements-test.lock"}
NEED_TEST_TOOLS = frozenset({"test", "check-all"})
NO_VENV = """\
Python's venv module does not work here. On Debian and Ubuntu:

    apt-get install -y python3-venv
"""


def enter(argv: list[str]) -> None:
    """Return when this process may import the dependencies; else install what is missing and start anew in `.venv`.

    `TOLLMARK_VENV` moves the environment; `TOLLMARK_NO_VENV=1` trusts the running Python as it is.
    """
    if os.environ.get("TOLLMARK_NO_VENV"):
        return
    venv = Path(os.environ.get("TOLLMARK_VENV", ROOT / ".venv"))
    lock = "test" if argv[1:2] and argv[1] in NEED_TEST_TOOLS else "main"
    inside = Path(sys.prefix).resolve() == venv.resolve()
    if is_fresh(venv, lock):
        if inside:
            return
    else:
        _make(venv, lock)
    os.execv(_python(venv), [str(_python(venv)), *argv])


def is_fresh(venv: Path, lock: str) -> bool:
    stamp = _stamp(venv, lock)
    return _python(venv).exists() and stamp.exists() and stamp.read_text() == _wanted(lock)


def _make(venv: Path, lock: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  # a person may run whatever `python3` is theirs
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    with LOCKS[lock].open("rb") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two commands at once: the second finds the work done
        if is_fresh(venv, lock):
            return
        sys.stderr.write(f"Installing the locked dependencies into {venv} ...\n")
        if not (_with_uv(venv, LOCKS[lock]) or _with_pip(venv, LOCKS[lock])):
            sys.exit("The dependencies could not be installed; the messages above say why.")
        _lay_path(venv)
        for done in {"main", lock}:  # the test lock holds everything of the main one
            _stamp(venv, done).write_text(_wanted(done))


def _with_uv(venv: Path, lock: Path) -> bool:
    uv = shutil.which("uv")
    if uv is None:
        return False
    trust = {"UV_SYSTEM_CERTS": "1", **os.environ}  # a company's own certificate authority, as pip has it
    make = [uv, "venv", "--quiet", "--allow-existing", "--no-project", "--python", sys.executable, str(venv)]
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--no-build", "--python", str(_python(venv)), str(lock)]
    return all(subprocess.run(command, env=trust, check=False).returncode == 0 for command in (make, sync))


def _with_pip(venv: Path, lock: Path) -> bool:
    has_pip = [str(_python(venv)), "-c", "import pip"]
    if not _python(venv).exists() or subprocess.run(has_pip, check=False, capture_output=True).returncode:
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False)
        if made.returncode:
            sys.exit(NO_VENV)
    pip = [str(_python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    exactly = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-compile", "--requirement", str(lock)]
    return subprocess.run([*pip, *exactly], check=False).returncode == 0


def _lay_path(venv: Path) -> None:
    """What an editable install would write: where `tollmark` and `apps` are found, relative so that a clone may move."""
    for packages in venv.glob("lib/python3.*/site-packages"):
        roots = (ROOT / "platform", ROOT)
        (packages / "tollmark.pth").write_text("".join(f"{os.path.relpath(root, packages)}\n" for root in roots))
    script = venv / "bin" / "tollmark"
    script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m tollmark "$@"\n')
    script.chmod(0o755)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _stamp(venv: Path, lock: str) -> Path:
    return venv / f".lock-{lock}"


def _wanted(lock: str) -> str:
    return hashlib.sha256(LOCKS[lock].read_bytes()).hexdigest()
