"""Report a request. TOLLMARK_URL is the platform's address, TOLLMARK_KEY an ingestion key."""

import json
import os
import urllib.request
import uuid
from datetime import UTC, datetime

usage = {"input_tokens": 1320, "cache_read_input_tokens": 1024, "output_tokens": 212}
trace = {
    "request_id": str(uuid.uuid4()),
    "received_at": datetime.now(UTC).isoformat(),
    "task": "support-answer",
    "latency_ms": 1200.2,
    "attempts": [{"provider": "openai", "model": "gpt-4o-mini", "latency_ms": 1188.7, "status": 200, "usage": usage}],
}
headers = {"Authorization": f"Bearer {os.environ['TOLLMARK_KEY']}", "Content-Type": "application/json"}
post = urllib.request.Request(f"{os.environ['TOLLMARK_URL']}/api/v1/traces", json.dumps([trace]).encode(), headers)
with urllib.request.urlopen(post) as answer:
    print(answer.read().decode())
