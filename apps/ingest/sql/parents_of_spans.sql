-- Which span stands above which, in some traces.
SELECT trace_id, span_id, parent_span_id FROM traces_span
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day BETWEEN %(first)s AND %(last)s AND trace_id = ANY(%(traces)s::text[])
