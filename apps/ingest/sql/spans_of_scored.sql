-- Where the spans of scored traces are derived: in their trace, or in the lane of their process.
SELECT trace_id, lane, started_ns
FROM traces_span
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day = ANY(%(days)s::date[]) AND trace_id = ANY(%(traces)s::text[])
ORDER BY trace_id, started_ns
LIMIT %(most)s
