-- Requests of spans that stand alone in their traces and that scores name: by the answer that such a span tells of.
SELECT w.score, a.day, a.request_id
FROM unnest(%(scores)s::bigint[], %(targets)s::text[], %(firsts)s::date[], %(lasts)s::date[]) w (score, target, first, last)
JOIN traces_span s ON s.organization_id = %(organization)s AND s.deployment_id = %(deployment)s
    AND s.day BETWEEN %(first)s AND %(last)s AND s.day BETWEEN w.first AND w.last AND s.lane IS NOT NULL
    AND s.trace_id = split_part(w.target, ':', 1) AND s.span_id = split_part(w.target, ':', 2)
JOIN traces_attempt a ON a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
    AND a.day BETWEEN s.day - 1 AND s.day + 1 AND a.response_id = s.attributes ->> 'gen_ai.response.id'
