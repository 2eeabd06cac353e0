"""Workers are forked from a process that has imported everything: threads it had would be missing in them, and awaited."""

import os
import re
import subprocess
import sys

IMPORT = """
import pkgutil
from importlib import import_module
from pathlib import Path
import django
django.setup()
import apps
for found in pkgutil.walk_packages(apps.__path__, "apps."):
    if not found.name.startswith("apps.bench"):
        import_module(found.name)
print([(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()])
"""


def test_importing_everything_computes_no_column() -> None:
    """Polars starts the threads of its pool with its first computation, and numbers them."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], env=os.environ, check=True, capture_output=True, text=True
    ).stdout
    assert not re.findall(r"polars-\d+", done), done
