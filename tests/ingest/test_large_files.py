"""A file of any size is read in the same memory."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.load

MAKE = """
import json, random, sys
import zstandard
rest, separator = json.dumps({"request_created_at": "2026-11-20T10:00:00Z", "response_status": 200})[1:], "["
with zstandard.open(sys.argv[1], "wt") as file:
    for n in range(2_500):
        prompt = random.randbytes(20_000).hex()
        file.write(separator if sys.argv[2] == "json" else "")
        file.write(f'{{"request_id": "r-{n}", "request_body": "{prompt}", {rest}\\n')
        separator = ","
    file.write("]" if sys.argv[2] == "json" else "")
"""
READ = """
import resource, sys
from pathlib import Path
from apps.ingest.files.rows import Reading
from apps.ingest.files.shape import shape_of
path = Path(sys.argv[1])
with path.open("rb") as file:
    shape = shape_of(file)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read = sum(row.values is not None for row in Reading(path, shape))
print(shape.format, read, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("format_", ["ndjson", "json"])
def test_a_hundred_megabytes_need_a_few(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "large.zst"
    subprocess.run([sys.executable, "-c", MAKE, str(path), format_], check=True)
    said = subprocess.run([sys.executable, "-c", READ, str(path)], check=True, capture_output=True, text=True).stdout
    shape, rows, megabytes = said.split()
    assert (shape, rows) == (format_, "2500")
    assert int(megabytes) < 24
