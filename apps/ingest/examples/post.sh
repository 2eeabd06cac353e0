#!/bin/sh
# Report one request. TOLLMARK_URL is the platform's address, TOLLMARK_KEY an ingestion key.
curl --fail-with-body --silent --show-error "$TOLLMARK_URL/api/v1/traces" \
  --header "Authorization: Bearer $TOLLMARK_KEY" \
  --header "Content-Type: application/json" \
  --data @- <<REQUEST
{
  "request_id": "curl-$(date +%s)",
  "received_at": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "task": "support-answer",
  "user_facing": true,
  "latency_ms": 1840.2,
  "attempts": [
    {"provider": "openai", "model": "gpt-4o-mini", "start_offset_ms": 11.5, "latency_ms": 402, "status": 429, "error_type": "rate_limit"},
    {"provider": "anthropic", "model": "claude-haiku-4-5", "start_offset_ms": 640, "latency_ms": 1200.2, "status": 200,
     "usage": {"input_tokens": 1320, "cache_read_input_tokens": 1024, "output_tokens": 212}}
  ]
}
REQUEST
