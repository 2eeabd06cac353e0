-- Requests with the ids that scores name; of several with one id the latest comes last.
SELECT w.score, r.day, r.request_id
FROM unnest(%(scores)s::bigint[], %(targets)s::text[], %(firsts)s::date[], %(lasts)s::date[]) w (score, target, first, last)
JOIN traces_request r ON r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
    AND r.day BETWEEN %(first)s AND %(last)s AND r.day BETWEEN w.first AND w.last AND r.request_id = w.target
ORDER BY w.score, r.day
