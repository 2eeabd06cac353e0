-- Scores of some traces, or of some answers.
SELECT trace_id, span_id, response_id, name, value, at_ns
FROM traces_score
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND (trace_id = ANY(%(traces)s::text[]) OR response_id = ANY(%(answers)s::text[]))
ORDER BY at_ns, id
LIMIT %(most)s
