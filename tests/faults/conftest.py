"""`stack`: a platform of this run's own, whose servers may be hurt; its folder is a small tmpfs where root allows it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.connections import reaching
from tests.faults.stack import Stack
from tests.faults.stack import stack as running_stack

TMPFS_MB = 900


@pytest.fixture
def stack(whole_stack: Stack) -> Iterator[Stack]:
    """Ready; during the test `tests.connections.acting_as` leads to its database."""
    whole_stack.wait_until_back("web", "worker", "beat")
    with reaching(whole_stack.postgres.port):
        yield whole_stack


@pytest.fixture(scope="session")
def whole_stack(small_disk: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), running_stack(small_disk) as running:
        yield running


@pytest.fixture(scope="session")
def small_disk() -> Iterator[Path]:
    """A file system of its own that a test can fill; a plain folder for those who may not mount."""
    home = Path(tempfile.mkdtemp(prefix="tollmark-faults-"))
    home.chmod(0o755)
    with _mounted(home):
        yield home
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _mounted(home: Path) -> Iterator[None]:
    command = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_MB}m", "tmpfs", str(home)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(home)], check=False)
