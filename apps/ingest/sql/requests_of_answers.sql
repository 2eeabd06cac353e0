-- Units of the derived requests that some answers belong to. Answers have no index: they would cost every post, for the sake
-- of scores that name no span.
SELECT DISTINCT r.trace_id, r.day
FROM traces_attempt a
JOIN traces_request r USING (organization_id, deployment_id, day, request_id)
WHERE a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
    AND a.day = ANY(%(days)s::date[]) AND a.response_id = ANY(%(answers)s::text[]) AND r.source = 'otlp'
