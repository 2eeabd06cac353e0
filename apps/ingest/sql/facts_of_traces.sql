-- All span facts of some traces, from the days around those they were marked for. The days are listed, not bounded, so that
-- the key (organization, deployment, day, trace) leads straight to the rows.
SELECT trace_id, span_id, parent_span_id, dialect, role, kind, started_ns, ended_ns, status_code, attributes, events, lane
FROM traces_span
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day = ANY(%(days)s::date[]) AND trace_id = ANY(%(traces)s::text[])
ORDER BY trace_id, started_ns, span_id
LIMIT %(most)s
