-- Requests that a file brought of calls of which spans tell, with their attempts; the times at which they were.
WITH gone AS (
    DELETE FROM traces_request
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
        AND day BETWEEN %(first)s AND %(last)s AND day = ANY(%(days)s::date[])
        AND request_id = ANY(%(calls)s::text[]) AND source = 'file'
    RETURNING day, request_id, received_at
), attempts AS (
    DELETE FROM traces_attempt a USING gone
    WHERE a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
        AND a.day BETWEEN %(first)s AND %(last)s AND a.day = gone.day AND a.request_id = gone.request_id
)
SELECT received_at FROM gone
