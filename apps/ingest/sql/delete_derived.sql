-- Requests of a unit that are no longer derived as they are stored, with their attempts. The ids are named beside the join, so
-- that no plan compares each request of the deployment with each of them.
WITH gone AS (
    DELETE FROM traces_request r USING unnest(%(days)s::date[], %(ids)s::text[]) d (day, request_id)
    WHERE r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
        AND r.day BETWEEN %(first)s AND %(last)s AND r.day = d.day AND r.request_id = d.request_id
        AND r.request_id = ANY(%(ids)s::text[]) AND r.source IN ('otlp', 'litellm')
    RETURNING r.day, r.request_id
)
DELETE FROM traces_attempt a USING gone
WHERE a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
    AND a.day BETWEEN %(first)s AND %(last)s AND a.day = gone.day AND a.request_id = gone.request_id
    AND a.request_id = ANY(%(ids)s::text[])
