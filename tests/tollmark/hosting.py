"""The shipped nginx and gunicorn configurations, run as the shipped units run them, on ports of this test."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import environment
from tollmark.embedded.children import dies_with_parent, free_port
from tollmark.paths import ROOT

DEPLOY = ROOT / "deploy"
START_WITHIN_S = 60
CERTIFICATE = "fullchain.pem"
AS_SYSTEMD_DOES = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass
class Service:
    """gunicorn on a socket that outlives it, as systemd holds it."""

    name: str
    variables: dict[str, str]
    held: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=128))
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self.held.getsockname()[1])

    def start(self) -> None:
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            str(DEPLOY / f"gunicorn.{self.name}.py"),
            "tollmark.wsgi",
        ]
        with (environment.HOME / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", AS_SYSTEMD_DOES, str(self.held.fileno()), *gunicorn],
                env={**os.environ, "WEB_CONCURRENCY": "1", **self.variables},
                cwd=ROOT,
                pass_fds=[self.held.fileno()],
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(),  # noqa: PLW1509  # started from the main thread
            )

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)


@contextmanager
def nginx(*, web: int, ingest: int) -> Iterator[tuple[str, Path]]:
    """Before services on these ports; the URL it is reached at, and the certificate that it made itself."""
    folder = Path(tempfile.mkdtemp(prefix="tollmark-nginx-", dir="/var/tmp"))
    folder.chmod(0o755)
    _certificate(folder)
    static = folder / "static"
    static.mkdir()
    (static / "look.0123456789ab.css").write_text("body {}\n" * 400)
    (static / "plain.css").write_text("body {}\n")
    port = free_port()
    (folder / "nginx.conf").write_text(_configuration(folder, port=port, web=web, ingest=ingest))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen(
        [*command, "-g", "daemon off;"],
        preexec_fn=dies_with_parent(),  # noqa: PLW1509  # started from the main thread
    )
    try:
        _wait(process, port)
        yield f"https://127.0.0.1:{port}", folder / CERTIFICATE
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def _configuration(folder: Path, *, port: int, web: int, ingest: int) -> str:
    """The one that is shipped, with this test's places and ports."""
    text = (DEPLOY / "nginx" / "tollmark.conf").read_text()
    for pattern, ours in {
        r"(?m)^ *listen \[::\].*\n": "",
        r"listen 80;": f"listen 127.0.0.1:{free_port()};",
        r"listen 443": f"listen 127.0.0.1:{port}",
        r"/etc/tollmark/tls": str(folder),
        r"/var/log/nginx": str(folder),
        r"/var/lib/tollmark": str(folder),
        r"127\.0\.0\.1:8000": f"127.0.0.1:{web}",
        r"127\.0\.0\.1:8001": f"127.0.0.1:{ingest}",
        r"proxy_read_timeout 65s": "proxy_read_timeout 120s",  # a start takes long where cores are shared
        r"server_name tollmark\.example\.com": "server_name 127.0.0.1",
    }.items():
        text, count = re.subn(pattern, ours, text)
        assert count, pattern
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    types = "types { text/css css; }"
    return f"pid {folder}/pid;\nevents {{}}\nhttp {{\n{types}\n{places}{text}}}\n"


def _certificate(folder: Path) -> None:
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / CERTIFICATE)]
    subprocess.run(["openssl", *words, *files], check=True, capture_output=True)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
