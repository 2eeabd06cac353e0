-- The key of tags under which most was billed in a window, over some deployments; as stretches_by_tag.sql ranks those of one.
SELECT key
FROM rollups_tag_day
WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s) AND day BETWEEN %(start)s AND %(end)s
    AND key <> %(other)s
GROUP BY key
ORDER BY coalesce(sum(billed_nano), 0) DESC, sum(requests) DESC, key
LIMIT 1
