-- All span facts of one trace, from the days around those it was marked for.
SELECT trace_id, span_id, parent_span_id, dialect, role, kind, started_ns, ended_ns, status_code, attributes, events, lane
FROM traces_span
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day BETWEEN %(first)s AND %(last)s AND trace_id = %(trace)s
ORDER BY started_ns, span_id
LIMIT %(most)s
