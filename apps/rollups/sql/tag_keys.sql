-- Keys of tags that some deployments have in a window, with their values and what was billed under them; the dearest first.
SELECT key, count(DISTINCT value), sum(requests)::bigint, coalesce(sum(billed_nano), 0)::bigint, count(DISTINCT day)
FROM rollups_tag_day
WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s) AND day BETWEEN %(start)s AND %(end)s
GROUP BY key
ORDER BY 4 DESC, 3 DESC, key
