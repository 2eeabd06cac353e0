"""`manage.py test` and `manage.py check-all`."""

import os
import subprocess
import sys
import time

from tollmark.paths import ROOT

HEAVY = ("browser", "kills", "clients", "servers", "schema", "public_data")
"""Kinds of tests that `--all` adds; each is a marker in pyproject.toml."""

CHECKS = {
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "lint": [sys.executable, "-m", "ruff", "check", "."],
    "floors": [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "types": [sys.executable, "-m", "mypy"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "django": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
}


def run_tests(arguments: list[str]) -> int:
    """Everything but the heavy kinds; `--all` adds them; whatever else is pytest's."""
    import pytest

    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    if not everything and not any(argument.startswith("-m") for argument in arguments):
        arguments = ["-m", " and ".join(f"not {kind}" for kind in HEAVY), *arguments]
    if everything:
        arguments = ["--hypothesis-profile", "all", *arguments]
    if everything or not _named(arguments):
        # Each process has servers and a database of its own (tests/environment.py); a file stays in one process.
        arguments = ["-n", str(os.cpu_count() or 1), "--dist", "loadfile", *arguments]
    os.chdir(ROOT)
    failed = int(pytest.main(arguments))
    if everything and not _named(arguments):
        failed = _run_behind_pooler() or failed
    return failed


def _run_behind_pooler() -> int:
    """The light tests once more, each connection of theirs through pgbouncer in transaction mode."""
    print("== once more, behind pgbouncer", flush=True)
    command = [sys.executable, "manage.py", "test"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"TESTS_THROUGH_PGBOUNCER": "1"}, check=False).returncode


def _named(arguments: list[str]) -> bool:
    """Whether files or tests are named, which one process runs faster than it takes to start several."""
    return any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-"))


def check_all() -> int:
    """Every check, also after one failed, so that one run shows all there is to mend."""
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - started:.1f} s\n", flush=True)
    print("FAILED: " + ", ".join(failed) if failed else "Every check passed.", flush=True)
    return 1 if failed else 0


def _environment() -> dict[str, str]:
    return os.environ | {"TOLLMARK_NO_VENV": "1"}
