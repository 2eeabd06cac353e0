"""Prometheus' text format, version 0.0.4. Pure."""

from collections.abc import Mapping
from itertools import groupby

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MEANINGS: Mapping[str, str] = {
    "tollmark_ingest_posts_total": "Posts answered, by status: 429 is a key above its allowance, 503 is sent again.",
    "tollmark_ingest_refused_posts_total": "Posts turned down as a whole, by reason.",
    "tollmark_ingest_bytes_total": "Bytes of the bodies of posts that were taken, as sent.",
    "tollmark_ingest_items_total": "Requests (native) and spans (otlp) of posts that were taken, by what became of them.",
    "tollmark_ingest_rejected_items_total": "Items that were not stored, by reason.",
    "tollmark_ingest_unlimited_posts_total": "Posts taken without a look at their key's allowance, Redis being away.",
    "tollmark_tasks_total": "Tasks that ended, by how; one whose process was killed did not.",
    "tollmark_tasks_tried_again_total": "Begun although the last try had failed, or had died.",
    "tollmark_tasks_quarantined_total": "Deployments set aside after too many tries in a row.",
    "tollmark_mail_total": "Reports handed to the mail server, by what became of them.",
    "tollmark_database_up": "Whether Postgres answers.",
    "tollmark_redis_up": "Whether Redis answers.",
    "tollmark_ingest_limiter_open": "1: Redis is away, and no key is limited.",
    "tollmark_ingest_refusing": "1: posts are refused with 503 for this reason.",
    "tollmark_marks": "Marks of work that waits for the worker, but for deployments in quarantine.",
    "tollmark_oldest_mark_age_seconds": "How long the oldest of them has waited; 0 without any.",
    "tollmark_set_aside": "What waits for an operator: deployments in quarantine by task, units of spans.",
    "tollmark_partitions_ahead_days": "Days after today that have partitions; -1: today has none.",
    "tollmark_database_bytes": "Size of the database.",
    "tollmark_database_disk_free_bytes": "Free space of the disk it writes to, where it can be seen.",
}


def exposed(counters: Mapping[str, float], gauges: Mapping[str, float]) -> str:
    """By sample, as in `name{label="value"}`. The samples of one name stand together."""
    lines: list[str] = []
    for kind, samples in (("counter", counters), ("gauge", gauges)):
        for name, found in groupby(sorted(samples, key=_by_name), key=name_of):
            if name in MEANINGS:
                lines.append(f"# HELP {name} {MEANINGS[name]}")
            lines.append(f"# TYPE {name} {kind}")
            lines += [f"{sample} {samples[sample]:.15g}" for sample in found]
    return "\n".join(lines) + "\n"


def name_of(sample: str) -> str:
    return sample.partition("{")[0]


def _by_name(sample: str) -> tuple[str, str]:
    return name_of(sample), sample
