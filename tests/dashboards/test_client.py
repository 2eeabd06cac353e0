"""The Python client: what is generated is typed, whole and always the same, and works against a live platform."""

import ast
import csv
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from apps.dashboards.client.generate import client, generated
from apps.dashboards.client.shapes import Untyped, annotation
from apps.traces.nouns import Attempt, Request, Usage
from tests.dashboards.tenants import Acme, acme, bring
from tests.live import LivePlatform

README = Path(__file__).parents[2] / "README.md"
RULES = "E,F,W,I,B,UP,C4,SIM,RET,PIE"
THROUGH = ("each", "rows", "csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, and the example of the README beside it."""
    found = tmp_path_factory.mktemp("client")
    (found / "tollmark_client.py").write_text(client())
    example = README.read_text().partition("```python\n")[2].partition("```")[0]
    (found / "example.py").write_text(example)
    return found


@pytest.fixture(scope="module")
def module(folder: Path) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("tollmark_client", folder / "tollmark_client.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    yield found
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    made, now, usage = acme(), timezone.now(), Usage(input_tokens=1_000, output_tokens=200)
    tried = Attempt(provider="openai", model="gpt-4o-mini", status=429, start_offset_ms=0.0)
    answered = Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=500.0, usage=usage)
    came = [
        Request(request_id=f"c{n}", received_at=now - timedelta(minutes=n + 1), attempts=[tried, answered])
        for n in range(5)
    ]
    bring(made, came, now=now)
    return made


@pytest.fixture(scope="module")
def tollmark(module: ModuleType, live_platform: LivePlatform, place: Acme) -> Any:
    return module.Tollmark(live_platform.url, token=place.token, ingest_key=place.ingest_key)


def test_the_same_description_gives_the_same_bytes() -> None:
    assert generated(SchemaGenerator().get_schema(request=None, public=True)).encode() == client().encode()


def test_a_checker_and_a_linter_find_nothing(folder: Path) -> None:
    checker = ["mypy", "--strict", "--config-file=", "--python-version=3.11", "."]
    linter = ["ruff", "check", "--isolated", "--target-version=py311", "--line-length=120", f"--select={RULES}"]
    formatter = ["ruff", "format", "--isolated", "--line-length=120", "--check"]
    for command in (checker, [*linter, "tollmark_client.py"], [*formatter, "tollmark_client.py"]):
        found = subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_every_operation_has_its_method_and_every_list_its_ways_through() -> None:
    [made] = [one for one in ast.parse(client()).body if isinstance(one, ast.ClassDef) and one.name == "Tollmark"]
    methods = {one.name for one in made.body if isinstance(one, ast.FunctionDef)}
    expected = set()
    for item in SchemaGenerator().get_schema(request=None, public=True)["paths"].values():
        for operation in (one for one in item.values() if isinstance(one, dict)):
            name, content = operation["operationId"], operation["responses"]["200"]["content"]
            pages = any(one["name"] == "cursor" for one in operation.get("parameters", ()))
            offered = (pages, "application/x-ndjson" in content, "text/csv" in content)
            expected |= {name, *(f"{name}_{way}" for way, there in zip(THROUGH, offered, strict=True) if there)}
    assert methods == expected


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "object", "additionalProperties": {}}])
def test_what_the_description_leaves_open_is_not_guessed(schema: dict[str, Any]) -> None:
    with pytest.raises(Untyped):
        annotation({"type": "array", "items": schema})


@pytest.mark.usefixtures("database")
def test_everybody_may_have_it_and_has_it_already_if_nothing_changed() -> None:
    answer = Client().get("/api/v1/client.py")
    assert (answer.status_code, answer.content.decode()) == (200, client())
    assert answer["Content-Disposition"] == 'attachment; filename="tollmark_client.py"'
    known = Client().get("/api/v1/client.py", headers={"If-None-Match": answer["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_it_reads_a_live_platform(tollmark: Any, place: Acme) -> None:
    assert tollmark.deployments()["organization"] == place.slug
    assert [one["slug"] for one in tollmark.deployments_each(limit=1)] == ["chat"]
    cost = tollmark.deployment_cost("chat")
    assert (cost["requests"], cost) == (5, tollmark.deployment_cost("chat"))
    own = {row["name"]: row["usd"] for row in tollmark.deployment_cost_rows("chat") if row["assumptions"] == "own"}
    assert own == {part["name"]: part["usd"] for part in cost["parts"]}
    metrics = {one["name"]: one["value"] for one in tollmark.deployment_metrics("chat")["results"]}
    assert metrics["retry_rate"] == 1.0


def test_it_goes_through_pages_as_through_one_list(tollmark: Any) -> None:
    names = [f"c{n}" for n in range(5)]
    assert [one["request_id"] for one in tollmark.deployment_requests_each("chat", limit=2)] == names
    assert [one["request_id"] for one in tollmark.deployment_requests_rows("chat", limit=2)] == names
    table = csv.DictReader(tollmark.deployment_requests_csv("chat", limit=2))
    assert [row["request_id"] for row in table] == names
    assert {one["deployment"] for one in tollmark.chargeback_each(limit=1)} == {"chat"}


def test_it_reports_and_hands_files_over(tollmark: Any, tmp_path: Path) -> None:
    at = (timezone.now() - timedelta(days=1)).replace(microsecond=0)
    told = [{"kind": "release", "label": f"router 4.{n}", "at": at.isoformat()} for n in range(40)]
    assert tollmark.annotations_create(told)["accepted"] == 40  # long enough to be packed
    assert tollmark.annotations_create(told[0])["duplicate"] == 1
    file = tmp_path / "day.ndjson"
    file.write_text('{"request_id":"f1","received_at":"' + at.isoformat() + '"}\n')
    handed = tollmark.imports_create(file, name="day.ndjson")
    assert tollmark.imports_create(file.read_bytes(), name="day.ndjson")["id"] == handed["id"]
    assert tollmark.imports_retrieve(handed["id"])["name"] == "day.ndjson"


def test_what_is_refused_says_why(module: ModuleType, live_platform: LivePlatform, tollmark: Any) -> None:
    with pytest.raises(module.TollmarkError) as refused:
        tollmark.deployment_cost("chat", from_="2026-13-01")
    assert refused.value.status == 400
    assert "from" in refused.value.document["errors"]
    with pytest.raises(module.TollmarkError, match="401: This token is not valid"):
        module.Tollmark(live_platform.url, token="tmk_nonsense").deployments()
    with pytest.raises(module.TollmarkError, match="401: ") as unknown:
        module.Tollmark(live_platform.url, ingest_key="tmk_nonsense").annotations_create([])
    assert "code" in unknown.value.document
    with pytest.raises(ValueError, match="ingest_key"):
        module.Tollmark(live_platform.url).annotations_create({"kind": "release", "label": "none"})


def test_the_example_of_the_readme_runs(folder: Path, live_platform: LivePlatform, place: Acme) -> None:
    said = {"TOLLMARK_URL": live_platform.url, "TOLLMARK_TOKEN": place.token, "TOLLMARK_KEY": place.ingest_key}
    ran = subprocess.run(
        [sys.executable, "example.py"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **said},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    first, *others = ran.stdout.splitlines()
    assert first.startswith("chat 0.")
    assert others == [f"c{n} 2" for n in range(5)]
    assert len([line for line in (folder / "example.py").read_text().splitlines() if line]) <= 10
