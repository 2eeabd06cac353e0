-- The quality of these requests: the mean over scorers of the latest score of each. Only what changes is written.
-- The lists are named beside the join, so that no plan compares each request of the deployment with each of them.
WITH latest AS (
    SELECT DISTINCT ON (s.day, s.request_id, s.name) s.day, s.request_id, s.value
    FROM unnest(%(days)s::date[], %(ids)s::text[]) w (day, request_id)
    CROSS JOIN LATERAL (
        SELECT day, request_id, name, value, scored_at, id FROM ingest_score
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
            AND day = w.day AND request_id = w.request_id
        OFFSET 0
    ) s
    ORDER BY s.day, s.request_id, s.name, s.scored_at DESC, s.id DESC
), judged AS (
    SELECT day, request_id, avg(value) AS quality FROM latest GROUP BY day, request_id
)
UPDATE traces_request r SET quality = judged.quality FROM judged
WHERE r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
    AND r.day BETWEEN %(first)s AND %(last)s AND r.day = judged.day
    AND r.request_id = judged.request_id AND r.request_id = ANY(%(ids)s::text[])
    AND r.quality IS DISTINCT FROM judged.quality
RETURNING r.received_at
