"""A file of LiteLLM's SpendLogs of a given size, with prompts and answers in it as such exports have them."""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import zstandard

from apps.bench.load import HOURS, MODELS, TASKS

FORMATS, PACKINGS = ("csv", "ndjson", "json"), ("", "gzip", "zstd")
WORDS = (
    "route",
    "order",
    "refund",
    "parcel",
    "ticket",
    "please",
    "answer",
    "customer",
    "today",
    "because",
    "never",
    "42",
)
TEXTS = 512
"""Prompts that are made; rows take pieces of them."""


def write(path: Path, *, size: int, form: str, packing: str, prompt: int, now: datetime) -> int:
    """Rows until the unpacked text has `size` bytes; how many."""
    rows, written = _rows(prompt, now), 0
    with _opened(path, packing) as file:
        for number, text in enumerate(_texts(rows, form)):
            written += file.write(text)
            if written >= size:
                file.write(b"\n]" if form == "json" else b"")
                return number + (form != "csv")  # a table begins with the names
    raise AssertionError  # rows do not end


def _opened(path: Path, packing: str) -> AbstractContextManager[BinaryIO]:
    if packing == "gzip":
        return cast(AbstractContextManager[BinaryIO], gzip.open(path, "wb", compresslevel=1))
    if packing == "zstd":
        return cast(AbstractContextManager[BinaryIO], zstandard.open(path, "wb"))
    return path.open("wb")


def _texts(rows: Iterator[dict[str, Any]], form: str) -> Iterator[bytes]:
    if form == "csv":
        yield from _table(rows)
    else:
        before = b"[" if form == "json" else b""
        for row in rows:
            yield before + json.dumps(row).encode()
            before = b",\n" if form == "json" else b"\n"


def _table(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    first = next(rows)
    for row in (dict(zip(first, first, strict=True)), first):
        yield _line(row)
    yield from map(_line, rows)


def _line(row: dict[str, Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(row.values())
    return text.getvalue().encode()


def _rows(prompt: int, now: datetime) -> Iterator[dict[str, Any]]:
    draw = random.Random(f"{now}")  # noqa: S311  # load, not secrets
    texts = [" ".join(draw.choices(WORDS, k=prompt // 6 + 1))[:prompt] for _ in range(TEXTS)]
    while True:
        began = now - timedelta(seconds=draw.uniform(60, HOURS * 3_600))
        ended = began + timedelta(seconds=draw.uniform(0.2, 9))
        provider, model = draw.choice(MODELS)
        tokens_in, tokens_out = draw.randrange(400, 20_000), draw.randrange(10, 2_000)
        call = f"{draw.randrange(16**32):032x}"
        usage = {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0},
        }
        yield {
            "request_id": f"chatcmpl-{call}",
            "call_type": "acompletion",
            "api_key": "hashed",
            "spend": draw.randrange(10_000, 90_000_000) / 1e9,
            "total_tokens": tokens_in + tokens_out,
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "startTime": began.isoformat(),
            "endTime": ended.isoformat(),
            "completionStartTime": ended.isoformat(),
            "model": f"{provider}/{model}",
            "model_group": "smart",
            "custom_llm_provider": provider,
            "metadata": json.dumps({"litellm_call_id": call, "usage_object": usage, "attempted_retries": 0}),
            "cache_hit": "False",
            "request_tags": json.dumps([f"task:{draw.choice(TASKS)}"]),
            "messages": json.dumps([{"role": "user", "content": draw.choice(texts)}]),
            "response": json.dumps({"choices": [{"message": {"content": draw.choice(texts)}}]}),
            "status": "success",
        }
