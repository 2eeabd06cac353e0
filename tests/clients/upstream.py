"""A provider that answers as it is told, in the OpenAI and the Anthropic dialect, and notes what really happened."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "the scripted answer, which must be found nowhere"
INPUT_TOKENS, OUTPUT_TOKENS = 180, 12


@dataclass(frozen=True)
class Call:
    """One request that reached the upstream: the first part of its path is the provider."""

    provider: str
    model: str
    status: int


@dataclass
class Upstream:
    """`script[provider]` are the statuses to come, in order; 200 where it has ended."""

    url: str
    script: dict[str, list[int]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, provider: str, model: str) -> int:
        with self.lock:
            left = self.script.get(provider) or []
            status = left.pop(0) if left else 200
            self.calls.append(Call(provider, model, status))
            return status


@contextmanager
def serving() -> Iterator[Upstream]:
    """On a free port of the loopback interface, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    upstream = Upstream(f"http://127.0.0.1:{server.server_address[1]}")
    _Handler.upstream = upstream
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    upstream: Upstream
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        provider = self.path.split("/")[1]
        status = self.upstream.next(provider, body["model"])
        answer = _answer(provider, body["model"]) if status == 200 else _error(status)
        sent = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(sent)))
        if status == 429:
            self.send_header("retry-after", "0")
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Nothing: the calls are noted."""


def _answer(provider: str, model: str) -> dict[str, Any]:
    if provider == "anthropic":
        return {
            "id": "msg_scripted",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": ANSWER}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS},
        }
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}
    total = INPUT_TOKENS + OUTPUT_TOKENS
    usage = {"prompt_tokens": INPUT_TOKENS, "completion_tokens": OUTPUT_TOKENS, "total_tokens": total}
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


def _error(status: int) -> dict[str, Any]:
    return {"error": {"message": "scripted", "type": "scripted", "code": str(status)}, "type": "error"}
