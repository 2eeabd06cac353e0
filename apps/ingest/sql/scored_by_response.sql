-- Requests one of whose attempts got the answer that a score names. One pass over the days: answers have no index.
SELECT w.score, a.day, a.request_id
FROM traces_attempt a
JOIN unnest(%(scores)s::bigint[], %(targets)s::text[], %(firsts)s::date[], %(lasts)s::date[]) w (score, target, first, last)
    ON a.response_id = w.target AND a.day BETWEEN w.first AND w.last
WHERE a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s AND a.day BETWEEN %(first)s AND %(last)s
    AND a.response_id = ANY(%(targets)s::text[])
ORDER BY w.score, a.day
