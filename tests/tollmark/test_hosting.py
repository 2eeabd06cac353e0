"""The shipped configurations, judged by the programs they are for, and run."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from django.conf import settings

from apps.deployments.provision import provision
from tests import live
from tests.connections import acting_as
from tests.dashboards.tenants import PASSWORD
from tests.matrix.table import ASKED, WAYS_IN
from tests.names import unique
from tests.tollmark import hosting
from tests.tollmark.hosting import DEPLOY, Service

pytestmark = pytest.mark.servers
Body = str | bytes | Iterable[bytes]
ANSWER_WITHIN_S = 120
MOST_EXPOSURE = 2.0
"""Of 10, as systemd counts; below 2 it says OK."""


@dataclass(frozen=True)
class Hosted:
    url: str
    certificate: Path
    name: str
    key: str
    web: Service
    ingest: Service

    def post(self, body: Body, *, kind: str = "application/json") -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        url = f"{self.url}/api/v1/traces"
        return requests.post(url, verify=str(self.certificate), timeout=ANSWER_WITHIN_S, headers=headers, data=body)

    def get(self, path: str) -> requests.Response:
        return requests.get(
            self.url + path, verify=str(self.certificate), timeout=ANSWER_WITHIN_S, allow_redirects=False
        )

    @contextmanager
    def signed_in(self) -> Iterator[requests.Session]:
        with requests.Session() as session:
            session.verify, session.trust_env = str(self.certificate), False
            session.headers["Referer"] = "https://127.0.0.1/"  # as it is without the port of a test
            session.get(f"{self.url}/accounts/login/", timeout=ANSWER_WITHIN_S)
            token = session.cookies[settings.CSRF_COOKIE_NAME]
            form = {"login": f"{self.name}@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
            assert "/o/" in session.post(f"{self.url}/accounts/login/", data=form, timeout=ANSWER_WITHIN_S).url
            yield session


@pytest.fixture(scope="module")
def hosted(database: None) -> Iterator[Hosted]:
    with acting_as("worker"):
        name = unique("hosted")
        made = provision(
            organization=name,
            deployment="chat",
            email=f"{name}@example.com",
            password=PASSWORD,
            now=datetime.now(UTC),
        )
    web = Service("web", {"TOLLMARK_ROLE": "web", "TOLLMARK_SERVES": "pages", "TOLLMARK_TRUST_PROXY": "1"})
    ingest = Service("ingest", {"TOLLMARK_ROLE": "ingest", "TOLLMARK_TRUST_PROXY": "1"})
    with ExitStack() as stack:
        for service in (web, ingest):
            stack.callback(service.held.close)
            stack.callback(service.stop)
            service.start()
        for service in (web, ingest):
            assert service.process is not None
            live.wait_until_answering(f"http://127.0.0.1:{service.port}/readyz", [service.process])
        url, certificate = stack.enter_context(hosting.nginx(web=web.port, ingest=ingest.port))
        yield Hosted(url, certificate, name, made.ingest_key, web, ingest)


def _request(identity: str) -> str:
    at = datetime.now(UTC).isoformat()
    return (
        f'{{"request_id": "{identity}", "received_at": "{at}", "attempts": [{{"provider": "openai", "model": "gpt-4o",'
        ' "usage": {"input_tokens": 10, "output_tokens": 5}}]}'
    )


class TestBehindTheProxy:
    def test_posts_reach_the_ways_in_and_everything_else_the_pages(self, hosted: Hosted) -> None:
        assert hosted.post(_request("one")).json()["accepted"] == 1
        assert hosted.get("/healthz").text == "ok\n"
        assert hosted.get("/accounts/login/").status_code == 200
        assert hosted.get("/metrics").status_code == 404
        direct = [
            requests.get(f"http://127.0.0.1:{hosted.ingest.port}/accounts/login/", timeout=ANSWER_WITHIN_S),
            requests.post(f"http://127.0.0.1:{hosted.web.port}/v1/traces", timeout=ANSWER_WITHIN_S),
        ]
        assert [answer.status_code for answer in direct] == [404, 404]
        ready = [
            requests.get(f"http://127.0.0.1:{one.port}/readyz", timeout=ANSWER_WITHIN_S)
            for one in (hosted.web, hosted.ingest)
        ]
        assert [answer.json() for answer in ready] == [{"ready": True, "reasons": {}}] * 2

    def test_a_body_in_chunks_arrives_whole_and_one_too_large_is_told_so(self, hosted: Hosted) -> None:
        lines = "\n".join(_request(f"chunk-{n}") for n in range(2_000)).encode()
        pieces = (lines[start : start + 10_000] for start in range(0, len(lines), 10_000))
        assert hosted.post(pieces, kind="application/x-ndjson").json()["accepted"] == 2_000
        refused = hosted.post(b" " * (25 << 20))
        assert refused.status_code == 413
        assert refused.headers["Content-Type"].startswith("application/")
        assert hosted.post(b" " * (41 << 20)).status_code == 413

    def test_no_way_in_ends_at_the_pages(self, hosted: Hosted) -> None:
        ways = [one.replace("<uuid:key>", "0b6b2a1c-0000-4000-8000-000000000000") for one in (*WAYS_IN, *ASKED)]
        found = {way: hosted.get(f"/{way}") for way in ways}
        assert {answer.status_code for answer in found.values()} == {401, 405}
        assert {way for way, answer in found.items() if "text/html" in answer.headers.get("Content-Type", "")} == set()

    def test_a_file_of_megabytes_is_taken_by_programs_and_from_the_page(self, hosted: Hosted, tmp_path: Path) -> None:
        lines = [_request(f"file-{n}") for n in range(60_000)]
        file = tmp_path / "requests.ndjson"
        file.write_text("\n".join(lines))
        assert file.stat().st_size > 8 << 20
        key = {"Authorization": f"Bearer {hosted.key}"}
        programs = f"{hosted.url}/api/v1/imports?name=a.ndjson"
        with file.open("rb") as body:
            taken = requests.post(
                programs, data=body, headers=key, verify=str(hosted.certificate), timeout=ANSWER_WITHIN_S
            )
        assert taken.status_code == 202, taken.text
        page = f"{hosted.url}/o/{hosted.name}/chat/files"
        with hosted.signed_in() as session, file.open("rb") as body:
            form = {"csrfmiddlewaretoken": session.cookies[settings.CSRF_COOKIE_NAME]}
            posted = session.post(page, data=form, files={"file": body}, timeout=ANSWER_WITHIN_S)
            assert posted.status_code == 200, posted.text[:500]
            assert posted.url.startswith(f"{page}/"), "at the page of the file"
            form["label"] = "b" * (2 << 20)
            keys = f"{hosted.url}/o/{hosted.name}/chat/keys"
            assert session.post(keys, data=form, timeout=ANSWER_WITHIN_S).status_code == 413

    def test_static_files_are_kept_for_ever_when_their_name_is_a_hash(self, hosted: Hosted) -> None:
        hashed, plain = hosted.get("/static/look.0123456789ab.css"), hosted.get("/static/plain.css")
        assert "immutable" in hashed.headers["Cache-Control"]
        assert hashed.headers["Content-Encoding"] == "gzip"
        assert "Cache-Control" not in plain.headers

    def test_a_restart_of_either_service_refuses_nobody(self, hosted: Hosted) -> None:
        stopped = threading.Event()
        statuses: list[int] = []

        def keep_asking() -> None:
            while not stopped.is_set():
                statuses.append(hosted.post(_request(f"restart-{len(statuses)}")).status_code)
                statuses.append(hosted.get("/accounts/login/").status_code)

        asking = threading.Thread(target=keep_asking)
        asking.start()
        try:
            for service in (hosted.ingest, hosted.web):
                before = len(statuses)
                service.stop()
                service.start()
                while len(statuses) < before + 6 and asking.is_alive():
                    pass
        finally:
            stopped.set()
            asking.join(60)
        assert set(statuses) == {200}


def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    """The programs they name are not here, so that each stands for one that is."""
    for unit in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text))
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    units = [str(path) for path in tmp_path.iterdir()]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False, env=environment
    )
    assert not [line for line in verified.stderr.splitlines() if "tollmark" in line]
    for path in tmp_path.glob("*.service"):
        judged = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", str(path)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        exposure = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
        assert exposure, judged.stdout
        assert float(exposure[1]) <= MOST_EXPOSURE, judged.stdout


def test_compose_takes_the_file(tmp_path: Path) -> None:
    for name in ("compose.yaml", "pgbouncer.ini"):
        shutil.copy(DEPLOY / name, tmp_path / name)
    shutil.copy(DEPLOY / "environment.example", tmp_path / "environment")
    example = (DEPLOY / "compose.env.example").read_text()
    (tmp_path / ".env").write_text(re.sub(r"(?m)^([A-Z_]+)=$", r"\1=secret", example))
    done = subprocess.run(
        ["docker-compose", "--file", "compose.yaml", "--profile", "pgbouncer", "--profile", "rabbitmq", "config"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "postgresql://tollmark_owner@postgres:5432/tollmark" in done.stdout
