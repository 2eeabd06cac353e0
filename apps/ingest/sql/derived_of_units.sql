-- The requests that are stored of some units, one look a unit. In the order of an index and from a value to itself, since no
-- other index gives that order: by its guess of how many there are, the planner else reads all requests of the deployment.
SELECT r.day, r.request_id, r.received_at, r.content_hash
FROM unnest(%(units)s::text[]) u (unit)
CROSS JOIN LATERAL (
    SELECT day, request_id, received_at, content_hash FROM traces_request
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day = ANY(%(days)s::date[])
        AND trace_id >= u.unit AND trace_id <= u.unit AND source IN ('otlp', 'litellm')
    ORDER BY organization_id, deployment_id, trace_id
    OFFSET 0
) r
