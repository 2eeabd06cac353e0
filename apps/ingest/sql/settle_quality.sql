-- The quality of these requests: the mean over scorers of the latest score of each. Only what changes is written.
WITH latest AS (
    SELECT DISTINCT ON (s.day, s.request_id, s.name) s.day, s.request_id, s.value
    FROM ingest_score s
    JOIN unnest(%(days)s::date[], %(ids)s::text[]) w (day, request_id) ON s.day = w.day AND s.request_id = w.request_id
    WHERE s.organization_id = %(organization)s AND s.deployment_id = %(deployment)s AND s.request_id IS NOT NULL
    ORDER BY s.day, s.request_id, s.name, s.scored_at DESC, s.id DESC
), judged AS (
    SELECT day, request_id, avg(value) AS quality FROM latest GROUP BY day, request_id
)
UPDATE traces_request r SET quality = judged.quality FROM judged
WHERE r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
    AND r.day BETWEEN %(first)s AND %(last)s AND r.day = judged.day AND r.request_id = judged.request_id
    AND r.quality IS DISTINCT FROM judged.quality
RETURNING r.received_at
