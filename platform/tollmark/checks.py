"""`manage.py test` and `manage.py check-all`."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from tollmark.paths import DATA, ROOT

HEAVY = ("browser", "kills", "clients", "servers", "schema", "public_data", "load")
"""Kinds of tests that `--all` adds; each is a marker in pyproject.toml."""
LIGHT = " and ".join(f"not {kind}" for kind in HEAVY)

BYTECODE = DATA / "bytecode"
"""Of test runs where bytecode is not kept beside the sources."""

CHECKS = {
    "types": [sys.executable, "-m", "mypy"],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "lint": [sys.executable, "-m", "ruff", "check", "."],
    "floors": [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "django": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
}


def run_tests(arguments: list[str]) -> int:
    """Everything but the heavy kinds; `--all` adds them; whatever else is pytest's.

    With `--all` and nothing named, the light ones meet every connection through pgbouncer, which is the stricter way:
    without it they run each time somebody runs them by default.
    """
    os.chdir(ROOT)
    _keep_bytecode()
    if "--all" not in arguments:
        return _pytest(arguments if any(one.startswith("-m") for one in arguments) else ["-m", LIGHT, *arguments])
    arguments = ["--hypothesis-profile", "all", *(argument for argument in arguments if argument != "--all")]
    if _named(arguments) or any(one.startswith("-m") for one in arguments):
        return _pytest(arguments, spread=True)
    failed = _pytest(["-m", " or ".join(HEAVY), *arguments], spread=True)
    return _run_behind_pooler(arguments) or failed


def _keep_bytecode() -> None:
    """The tests start hundreds of processes. Where an image says PYTHONDONTWRITEBYTECODE, as many do, and the locked
    dependencies came without bytecode, each would compile all that it imports: it is kept, in a folder of its own."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(BYTECODE)
        sys.dont_write_bytecode = False


def _pytest(arguments: list[str], *, spread: bool = False) -> int:
    import pytest

    if spread or not _named(arguments):
        # Each process has servers and a database of its own (tests/environment.py); a file stays in one process, and
        # tests/order.py says which file goes first.
        spreading = ["--dist", "loadfile", "--no-loadscope-reorder"]
        arguments = ["-n", str(os.cpu_count() or 1), *spreading, *arguments]
    return int(pytest.main(arguments))


def _run_behind_pooler(arguments: list[str]) -> int:
    """The light tests, each connection of theirs through pgbouncer in transaction mode."""
    print("== behind pgbouncer", flush=True)
    command = [sys.executable, "manage.py", "test", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"TESTS_THROUGH_PGBOUNCER": "1"}, check=False).returncode


def _named(arguments: list[str]) -> bool:
    """Whether files or tests are named, which one process runs faster than it takes to start several."""
    return any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-"))


def check_all() -> int:
    """Every check, also after one failed, so that one run shows all there is to mend; side by side, the longest first."""
    _keep_bytecode()
    failed = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for checked in as_completed([pool.submit(_check, name) for name in CHECKS]):
            name, status, said = checked.result()
            print(said, flush=True)
            if status:
                failed.append(name)
    print("FAILED: " + ", ".join(failed) if failed else "Every check passed.", flush=True)
    return 1 if failed else 0


def _check(name: str) -> tuple[str, int, str]:
    """Its name, exit status, and what it said."""
    started = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return name, done.returncode, f"== {name}\n{done.stdout}   {time.monotonic() - started:.1f} s\n"


def _environment() -> dict[str, str]:
    return os.environ | {"TOLLMARK_NO_VENV": "1"}
