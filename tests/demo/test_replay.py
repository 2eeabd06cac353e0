"""Public trace files are replayed with what they measured, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.demo import replay, traces
from apps.demo.post import Poster
from apps.demo.traces import UnknownFormatError
from apps.traces.nouns import Request
from tests.demo.scripted import serving

UNTIL = datetime(2026, 11, 24, 10, tzinfo=UTC)
AZURE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:16:46.6805900,879,55
"""
MOONCAKE = """{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}
{"timestamp": 3000, "input_length": 7322, "output_length": 490, "hash_ids": [0, 14]}
"""
LLMPERF = """provider,model,seq,error_code,error_msg,ttft_s,end_to_end_latency_s,\
inter_token_latency_s,input_tokens,output_tokens,total_tokens
groq,llama-2-70b-chat,0,,,0.25,1.5,0.0096,550,151,701
lepton,llama-2-13b-chat,1,429,,0,0,0.0,550,1,551
together,llama-2-13b-chat,2,-1,,0,0,0.0,550,1,551
bedrock,llama-2-13b-chat,3,-100,Output too few tokens 39,0.81,1.728,1.71,550,39,589
"""


def written(folder: Path, text: str, name: str = "trace.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def sent(path: Path, *, compress: float = 1.0, until: datetime = UNTIL) -> list[Request]:
    with serving() as server, Poster(server.url) as poster:
        tally = replay.replay(plan=replay.measure(path), poster=poster, key="k", until=until, compress=compress)
    assert tally.accepted == len(server.requests)
    return server.requests


def test_an_azure_trace_keeps_its_distances_and_ends_now(tmp_path: Path) -> None:
    found = sent(written(tmp_path, AZURE))
    assert [one.received_at - UNTIL for one in found] == [
        timedelta(seconds=-60),
        timedelta(seconds=-60) + timedelta(microseconds=4_314_579),
        timedelta(0),
    ]
    usages = [attempt.usage for one in found for attempt in one.attempts]
    assert [(usage.input_tokens, usage.output_tokens) for usage in usages if usage] == [
        (374, 44),
        (396, 109),
        (879, 55),
    ]


def test_what_a_file_does_not_measure_is_null(tmp_path: Path) -> None:
    for text in (AZURE, MOONCAKE):
        for one in sent(written(tmp_path, text)):
            (attempt,) = one.attempts
            assert one.completeness == "unknown"
            assert (one.latency_ms, one.ttft_ms, one.outcome, one.routing_overhead_ms, one.task) == (None,) * 5
            assert (attempt.provider, attempt.model, attempt.latency_ms, attempt.status, attempt.cost) == (None,) * 5
            assert attempt.usage is not None
            assert attempt.usage.cache_read_input_tokens is None


def test_a_mooncake_trace_counts_in_milliseconds(tmp_path: Path) -> None:
    first, second = sent(written(tmp_path, MOONCAKE))
    assert second.received_at - first.received_at == timedelta(seconds=3)


def test_distances_can_be_compressed(tmp_path: Path) -> None:
    first, _, last = sent(written(tmp_path, AZURE), compress=60)
    assert last.received_at - first.received_at == timedelta(seconds=1)


def test_llmperf_errors_keep_their_code_and_lose_their_zeros(tmp_path: Path) -> None:
    answered, limited, broken, short = sent(written(tmp_path, LLMPERF))
    assert (answered.latency_ms, answered.ttft_ms, answered.attempts[0].error_type) == (1500, 250, None)
    assert (limited.attempts[0].status, limited.attempts[0].error_type) == (429, "429")
    assert (broken.attempts[0].status, broken.attempts[0].error_type) == (None, "-1")
    assert limited.attempts[0].usage is None
    assert broken.attempts[0].usage is None
    assert limited.latency_ms is None
    assert (short.attempts[0].error_type, short.latency_ms) == ("-100", 1728)
    assert short.attempts[0].usage is not None
    assert short.attempts[0].usage.output_tokens == 39


def test_rows_without_times_are_spread_over_the_last_hour(tmp_path: Path) -> None:
    plan = replay.measure(written(tmp_path, LLMPERF))
    assert not plan.timed
    assert [one.received_at for one in sent(plan.path)] == [UNTIL - timedelta(minutes=left) for left in (45, 30, 15, 0)]


def test_the_same_replay_has_the_same_ids_and_another_has_others(tmp_path: Path) -> None:
    path = written(tmp_path, AZURE)
    assert sent(path) == sent(path)
    ids = {one.request_id for one in sent(path)}
    assert ids.isdisjoint(one.request_id for one in sent(path, until=UNTIL + timedelta(seconds=1)))


def test_it_is_sent_in_bounded_batches(tmp_path: Path) -> None:
    rows = "2023-11-16 18:15:46.6805900,1,1\n" * (replay.BATCH + 1)
    path = written(tmp_path, "TIMESTAMP,ContextTokens,GeneratedTokens\n" + rows)
    with serving() as server, Poster(server.url) as poster:
        replay.replay(plan=replay.measure(path), poster=poster, key="k", until=UNTIL)
    assert [len(post.requests) for post in server.posts] == [replay.BATCH, 1]


def test_live_it_sends_at_the_rate_that_was_asked_for(tmp_path: Path) -> None:
    clock = Clock()
    with serving() as server, Poster(server.url) as poster:
        replay.replay_live(
            plan=replay.measure(written(tmp_path, AZURE)),
            poster=poster,
            key="k",
            rate=2,
            clock=clock.read,
            sleep=clock.sleep,
        )
    assert [one.received_at - UNTIL for one in server.requests] == [timedelta(seconds=s) for s in (0, 0.5, 1)]
    assert clock.now - UNTIL == pytest.approx(timedelta(seconds=1), abs=timedelta(seconds=0.02))


class Clock:
    def __init__(self) -> None:
        self.now = UNTIL

    def read(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "none of"),
        ("", "none of"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "no rows"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,1\n", "line 2"),
        ('{"timestamp": 0, "input_length": 1, "output_length": "x"}\n', "line 1"),
        (LLMPERF.replace("0.25,1.5", "0.25,soon"), "line 2"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UnknownFormatError, match=why):
        replay.measure(written(tmp_path, text))


def test_a_packed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.gz"
    path.write_bytes(b"\x1f\x8b\xff\xfe")
    with pytest.raises(UnknownFormatError, match="Unpack"):
        replay.measure(path)


@pytest.mark.public_data
@pytest.mark.parametrize(
    ("file", "format_", "rows"),
    [
        ("azure_llm_2023/AzureLLMInferenceTrace_conv.csv", "Azure", 19_366),
        ("azure_llm_2023/AzureLLMInferenceTrace_code.csv", "Azure", 8_819),
        ("mooncake_fast25/conversation_trace.jsonl", "Mooncake", 12_031),
        ("llmperf_2024/requests.csv", "LLMPerf", 2_845),
    ],
)
def test_the_public_files_are_read_whole(public_data: Path, file: str, format_: str, rows: int) -> None:
    path = public_data / file
    assert traces.recognise(path).name.startswith(format_)
    assert len(sent(path)) == rows
