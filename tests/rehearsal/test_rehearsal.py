"""Beyond one machine: real processes on hosts that are network namespaces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import clean_environment
from tollmark.paths import ROOT

pytestmark = [pytest.mark.kills, pytest.mark.servers]

# Processes, network and mounts are seen by the rehearsal alone, and end with it.
ALONE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
NAMES = 'mkdir -p /run/netns && mount -t tmpfs names /run/netns && exec "$@"'


@pytest.mark.skipif(os.geteuid() != 0, reason="making hosts needs root")
def test_hosts_die_are_cut_off_and_replaced_and_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [*ALONE, "sh", "-c", NAMES, "sh", sys.executable, "-m", "tests.rehearsal", str(tmp_path)],
        cwd=ROOT,
        env=clean_environment() | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    told = json.loads(done.stdout)
    assert told["sent"] == told["answered for"] == told["stored"] == told["different requests stored"], told
    assert told["in day cells"] == told["sent"], told
    assert told["refused or in conflict"] == 0, told
    assert told["verify"].endswith("all equal"), told
