-- Scores of requests that are derived otherwise now: which request they are of has to be found anew.
UPDATE ingest_score s SET request_id = NULL, day = NULL, looked = 0, due_at = %(now)s
FROM unnest(%(days)s::date[], %(ids)s::text[]) w (day, request_id)
WHERE s.organization_id = %(organization)s AND s.deployment_id = %(deployment)s
    AND s.day BETWEEN %(first)s AND %(last)s AND s.day = w.day AND s.request_id = w.request_id
