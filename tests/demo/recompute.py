"""Computes the figures of `apps.demo.simulate.measured` from the public data sets themselves.

`python -m tests.demo.recompute FOLDER` prints them; the tests compare them with the committed ones. Quantiles are of type 7.
"""

import csv
import gzip
import json
import re
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

GRID = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
BLOCK_TOKENS = 512
"""Tokens of one prefix block in the Mooncake trace."""


def quantile(values: Iterable[float], level: float) -> float:
    """Type 7: linear between order statistics."""
    ordered = sorted(values)
    position = level * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def grid(values: Iterable[float], digits: int = 0) -> tuple[float, ...]:
    kept = list(values)
    return tuple(round(quantile(kept, level), digits) for level in GRID)


def azure_lengths(folder: Path, kind: str) -> dict[str, tuple[float, ...]]:
    """Input and output tokens of the Azure 2023 trace; kind is `conv` or `code`."""
    rows = list(read_csv(folder / f"azure_llm_2023/AzureLLMInferenceTrace_{kind}.csv"))
    return {
        "input": grid(float(row["ContextTokens"]) for row in rows),
        "output": grid(float(row["GeneratedTokens"]) for row in rows),
    }


def mooncake(folder: Path) -> dict[str, Any]:
    """Lengths and the share of each prompt whose leading blocks an earlier request of the hour had already sent."""
    seen: set[int] = set()
    inputs: list[float] = []
    outputs: list[float] = []
    shares: list[float] = []
    for line in (folder / "mooncake_fast25/conversation_trace.jsonl").read_text().splitlines():
        row = json.loads(line)
        known = 0
        for block in row["hash_ids"]:
            if block not in seen:
                break
            known += 1
        seen.update(row["hash_ids"])
        inputs.append(row["input_length"])
        outputs.append(row["output_length"])
        shares.append(min(1.0, known * BLOCK_TOKENS / row["input_length"]))
    return {"input": grid(inputs), "output": grid(outputs), "cacheable_share": grid(shares, 3)}


def llmperf(folder: Path) -> dict[str, Any]:
    """Time to first token and between tokens in ms by provider, and how often each provider refused or dropped."""
    by_provider: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_csv(folder / "llmperf_2024/requests.csv"):
        by_provider[row["provider"]].append(row)
    rows = [row for group in by_provider.values() for row in group]
    lost = Counter((row["provider"], row["error_code"]) for row in rows)
    return {
        "first_token_ms": {name: grid(milliseconds(group, "ttft_s")) for name, group in by_provider.items()},
        "between_tokens_ms": {
            name: grid(milliseconds(group, "inter_token_latency_s"), 1) for name, group in by_provider.items()
        },
        "rate_limited_calm": round(lost["perplexity", "429"] / len(by_provider["perplexity"]), 4),
        "rate_limited_storm": round(lost["lepton", "429"] / len(by_provider["lepton"]), 4),
        "connection_error": round(sum(row["error_code"] == "-1" for row in rows) / len(rows), 5),
    }


def servegen(folder: Path) -> dict[str, Any]:
    """Arrivals of the clients that were active in at least 1,000 of the 2,016 ten-minute windows.

    Their mean share of requests by hour of the trace's day; the folded pair of days with the least traffic against the
    other five; the day-to-day coefficient of variation, and that of the gaps within a window: medians over clients.
    """
    hours: list[list[float]] = []
    folded: list[list[float]] = []
    daily: list[float] = []
    gaps: list[float] = []
    for size in ("small", "mid", "large"):
        for windows in clients(folder / f"servegen/language_m-{size}_windows.csv.gz"):
            if len(windows) < 1_000:
                continue
            by_hour, by_day = [0.0] * 24, [0.0] * 14
            for start, rate, _ in windows:
                by_hour[int(start // 3600) % 24] += rate
                by_day[int(start // 86_400) % 14] += rate
            hours.append([value * 24 / sum(by_hour) for value in by_hour])
            folded.append([(by_day[day] + by_day[day + 7]) * 7 / sum(by_day) for day in range(7)])
            daily.append(statistics.pstdev(by_day) / statistics.mean(by_day))
            gaps.append(statistics.median(cv for _, _, cv in windows))
    week = [statistics.median(client[day] for client in folded) for day in range(7)]
    quiet = min(range(7), key=lambda day: week[day] + week[(day + 1) % 7])
    weekend = (quiet, (quiet + 1) % 7)
    rest = statistics.mean(week[day] for day in range(7) if day not in weekend)
    return {
        "clients": len(hours),
        "hour_weights": tuple(round(statistics.mean(client[hour] for client in hours), 2) for hour in range(24)),
        "weekend_factor": round(statistics.mean(week[day] for day in weekend) / rest, 2),
        "daily_cv": round(statistics.median(daily), 2),
        "gap_cv": tuple(round(quantile(gaps, level), 2) for level in (0.1, 0.25, 0.5, 0.75, 0.9)),
    }


def aider(folder: Path) -> dict[str, Any]:
    """Share of answers that broke the demanded format, over the models of the polyglot leaderboard: p10 to p90."""
    text = (folder / "aider/polyglot_leaderboard.yml").read_text()
    broken = [1 - float(value) / 100 for value in re.findall(r"percent_cases_well_formed: *([\d.]+)", text)]
    return {"malformed": tuple(round(quantile(broken, level), 4) for level in (0.1, 0.25, 0.5, 0.75, 0.9))}


def clients(path: Path) -> Iterator[list[tuple[float, float, float]]]:
    """(window start in s, requests a second, coefficient of variation of the gaps) of each client."""
    by_client: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            by_client[row["client"]].append((float(row["window_start_s"]), float(row["rate_rps"]), float(row["cv"])))
    yield from by_client.values()


def milliseconds(rows: Iterable[dict[str, str]], column: str) -> list[float]:
    return [float(row[column]) * 1000 for row in rows if row[column] and not row["error_code"]]


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    data = Path(sys.argv[1])
    for name, figures in {
        "conv": azure_lengths(data, "conv"),
        "code": azure_lengths(data, "code"),
        "mooncake": mooncake(data),
        "llmperf": llmperf(data),
        "servegen": servegen(data),
        "aider": aider(data),
    }.items():
        sys.stdout.write(f"{name}: {json.dumps(figures, indent=1)}\n")
