-- The value of a tag's key under which most was billed, then most was asked, by deployment.
SELECT DISTINCT ON (deployment_id) deployment_id, value, sum(requests)::bigint, coalesce(sum(billed_nano), 0)::bigint
FROM rollups_tag_day
WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s) AND day BETWEEN %(start)s AND %(end)s
    AND key = %(key)s AND value <> %(other)s
GROUP BY deployment_id, value
ORDER BY deployment_id, 4 DESC, 3 DESC, value
