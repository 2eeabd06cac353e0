"""What the documentation tells people to run, run as it stands against a real server."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from apps.ingest import openapi
from apps.traces.nouns import Request
from tests.ingest.items import attempt, item
from tests.ingest.sender import Sender, ask
from tests.ingest.waiting import eventually

EXAMPLES = Path(openapi.__file__).parent / "examples"


def execute(command: Sequence[str], sender: Sender) -> str:
    environment = {"TOLLMARK_URL": sender.url, "TOLLMARK_KEY": sender.key, "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout


def run(command: Sequence[str], sender: Sender) -> Any:
    return json.loads(execute(command, sender))


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_curl_example_reports_a_request(sender: Sender) -> None:
    assert run(["sh", str(EXAMPLES / "post.sh")], sender)["accepted"] == 1
    assert [row["status"] for row in sender.rows("traces_attempt", order="n")] == [429, 200]


def test_the_python_example_reports_a_request_in_twenty_lines(sender: Sender) -> None:
    assert run([sys.executable, str(EXAMPLES / "post.py")], sender)["accepted"] == 1
    assert sender.count("traces_attempt") == 1
    assert len((EXAMPLES / "post.py").read_text().splitlines()) <= 22


def test_the_example_of_a_gateway_of_ones_own_reports_both_attempts_in_thirty_lines(sender: Sender) -> None:
    execute([sys.executable, str(EXAMPLES / "gateway.py")], sender)
    eventually(lambda: sender.count("traces_request") == 1)
    (request,) = sender.rows("traces_request")
    assert (request["route"], request["task"]) == ("cheap-first", "summarise")
    assert (request["outcome"], request["serving_attempt"], request["completeness"]) == ("served", 1, "complete")
    assert (request["overhead_basis"], request["routing_overhead_us"] is not None) == ("receive_to_dispatch", True)
    told = [(a["provider"], a["model"], a["status"]) for a in sender.rows("traces_attempt", order="n")]
    assert told == [("openai", "gpt-4o-mini", 429), ("anthropic", "claude-haiku-4-5", 200)]
    assert sender.rows("traces_attempt", order="n")[1]["reported_cost_nano"] == 920_000
    code = [line for line in (EXAMPLES / "gateway.py").read_text().splitlines() if line]
    assert len(code) <= 30


def test_the_example_of_the_description_is_taken(sender: Sender) -> None:
    at = item()["received_at"]
    assert sender.send([openapi.EXAMPLE | {"received_at": at}]).counts == (1, 0, 0, 0)


def test_the_json_schema_says_what_the_endpoint_takes(sender: Sender) -> None:
    answer = ask(sender.url, "GET", "/api/v1/traces/schema.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/schema+json")
    schema = answer.json
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    good = [openapi.EXAMPLE, item(), item(attempts=[attempt(cost=0.1)]), item(attempts=[attempt(cost="0.1")])]
    bad = [{}, item(colour=1), item(latency_ms=-1), item(attempts=[attempt(usage={"input_tokens": 1.5})])]
    assert [check.is_valid(one) for one in good + bad] == [True] * 4 + [False] * 4
    for one in good:
        msgspec.convert(json.loads(json.dumps(one)), Request, strict=False)


def test_the_endpoint_stands_in_the_openapi_description(sender: Sender) -> None:
    headers = {"Accept": "application/vnd.oai.openapi+json"}
    answer = ask(sender.url, "GET", "/api/v1/schema", headers=headers)
    assert answer.status == 200
    description = answer.json
    operation = description["paths"]["/api/v1/traces"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "408", "413", "415", "429", "503"}
    reference = operation["requestBody"]["content"]["application/x-ndjson"]["schema"]["$ref"]
    assert description["components"]["schemas"][reference.rpartition("/")[2]]["required"] == [
        "request_id",
        "received_at",
    ]
