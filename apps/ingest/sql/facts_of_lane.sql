-- Span facts of one process that stand alone in their traces, within a span of time.
SELECT trace_id, span_id, parent_span_id, dialect, role, kind, started_ns, ended_ns, status_code, attributes, events, lane
FROM traces_span
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day = ANY(%(days)s::date[]) AND lane = %(lane)s AND started_ns BETWEEN %(begin)s AND %(end)s
ORDER BY started_ns, trace_id, span_id
LIMIT %(most)s
