"""Files over HTTP: by the API and by the command, through a real gunicorn and a real worker."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.ingest.files.client import Client, Refused
from tests.ingest.files import helicone, ndjson
from tests.ingest.sender import Sender, ask
from tests.live import LivePlatform


def followed(sender: Sender, path: Path) -> dict[str, object]:
    client = Client(sender.url, sender.key)
    return client.follow(client.hand_over(path), show=lambda _: None)


def test_a_file_that_is_handed_over_is_read(sender: Sender, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl.gz"
    path.write_bytes(gzip.compress(ndjson([helicone(n) for n in range(40)]) + b"{broken\n"))
    said = followed(sender, path)
    assert {k: said[k] for k in ("state", "name", "dialect", "rows", "accepted", "rejected", "progress")} == {
        "state": "done",
        "name": "export.jsonl.gz",
        "dialect": "Helicone",
        "rows": 41,
        "accepted": 40,
        "rejected": 1,
        "progress": 1.0,
    }
    assert sender.count("traces_request") == 40
    again = sender.post(path.read_bytes(), "/api/v1/imports?name=other")
    assert (again.status, again.json["id"]) == (200, said["id"])


def test_the_command_hands_over_waits_and_says_what_became_of_it(
    sender: Sender, live_platform: LivePlatform, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("when,llm,tin,tout\n2026-11-20T10:00:00Z,gpt-4o,10,2\n2026-11-20T10:00:00Z,gpt-4o,x,2\n")
    command = [sys.executable, "-m", "tollmark", "upload", str(path), "--url", sender.url]
    variables = {**live_platform.environment, "TOLLMARK_KEY": sender.key, "PATH": os.environ["PATH"]}
    unknown = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert (unknown.returncode, "name its columns" in unknown.stderr) == (1, True)
    path.write_text(path.read_text() + "2026-11-20T10:00:01Z,gpt-4o,10,2\n")
    columns = '{"columns": {"received_at": "when", "model": "llm", "input_tokens": "tin", "output_tokens": "tout"}}'
    known = subprocess.run(
        [*command, "--columns", columns], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert known.returncode == 0, known.stderr
    assert "3 rows, 2 accepted, 0 duplicate, 0 in conflict, 1 rejected (1 invalid_type)." in known.stdout


def test_a_stranger_hands_nothing_over(sender: Sender, other_sender: Sender, tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(ndjson([helicone(0)]))
    with pytest.raises(Refused, match="401"):
        Client(sender.url, "tmk_wrong").hand_over(path)
    said = Client(sender.url, sender.key).hand_over(path)
    other = ask(sender.url, "GET", f"/api/v1/imports/{said['id']}", headers={"x-api-key": other_sender.key})
    assert other.status == 404


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (b"", "/api/v1/imports", "empty"),
        (b"a,b\n", "/api/v1/imports?columns=%5B%5D", "invalid_mapping"),
        (b"a,b\n", '/api/v1/imports?columns={"columns":{"nonsense":"a"}}', "invalid_mapping"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_do(sender: Sender, body: bytes, path: str, code: str) -> None:
    answer = sender.post(body, path)
    assert (answer.status, answer.code) == (400, code)
    assert sender.count("ingest_import") == 0


def test_a_body_in_chunks_is_asked_for_with_its_length(sender: Sender) -> None:
    assert sender.post(b"a,b\n", "/api/v1/imports", Transfer_Encoding="chunked").status == 411
