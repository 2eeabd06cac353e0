"""A real HTTP server that answers what a test says, and keeps what it was sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import json

from apps.traces.nouns import Request

DECODER = json.Decoder(Request)


@dataclass
class Post:
    """One post as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def requests(self) -> list[Request]:
        return DECODER.decode_lines(gzip.decompress(self.body))


@dataclass
class Server:
    """Answers `script` in turn, then accepts everything."""

    script: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    url: str = ""
    connections: set[Any] = field(default_factory=set)

    @property
    def requests(self) -> list[Request]:
        return [request for post in self.posts for request in post.requests]


@contextmanager
def serving(*script: tuple[int, dict[str, str], str]) -> Iterator[Server]:
    """On a free port of loopback."""
    server = Server(list(script))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            post = Post(self.path, dict(self.headers), body)
            server.posts.append(post)
            server.connections.add(self.client_address)
            status, headers, text = server.script.pop(0) if server.script else (200, {}, accept_all(post))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())
            self.close_connection = "Connection" in headers

        def log_message(self, *_: Any) -> None:
            """Nothing: the test looks at `posts`."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def accept_all(post: Post) -> str:
    return json.encode({"accepted": len(post.requests), "duplicate": 0, "conflict": 0, "rejected": []}).decode()
