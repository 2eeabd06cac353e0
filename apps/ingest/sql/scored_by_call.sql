-- Requests of units in which a call of LiteLLM is stored whose id a score names.
SELECT w.score, r.day, r.request_id
FROM unnest(%(scores)s::bigint[], %(targets)s::text[]) w (score, target)
JOIN ingest_callunit c ON c.organization_id = %(organization)s AND c.deployment_id = %(deployment)s AND c.call_id = w.target
JOIN traces_request r ON r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
    AND r.trace_id = c.unit AND r.day BETWEEN c.day - 1 AND c.day + 1 AND r.day BETWEEN %(first)s AND %(last)s
