-- Of several deployments, sums of a tag's key by value, and after them those of all requests (no value), each in stretches of
-- days of its own; apart for days on which it had more keys than are told apart. Of values, each one's dearest of the window;
-- the others as those that were folded.
WITH stretches AS (
    SELECT deployment_id, array_agg(first_day ORDER BY first_day) AS since
    FROM unnest(%(of)s::bigint[], %(since)s::date[]) AS told (deployment_id, first_day)
    GROUP BY deployment_id
), crowded AS (
    SELECT DISTINCT deployment_id, day FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s AND key = %(other)s
), ranked AS (
    SELECT
        deployment_id, value,
        row_number() OVER (
            PARTITION BY deployment_id ORDER BY sum(billed_nano) DESC NULLS LAST, sum(requests) DESC, value
        ) AS place
    FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = %(key)s
    GROUP BY deployment_id, value
), by_value AS (
    SELECT
        deployment_id,
        CASE WHEN place <= %(most)s THEN value ELSE %(other)s END AS value,
        width_bucket(day, since) AS stretch,
        (deployment_id, day) IN (SELECT deployment_id, day FROM crowded) AS is_crowded,
        ARRAY[{sums}] AS figures
    FROM rollups_tag_day JOIN stretches USING (deployment_id) JOIN ranked USING (deployment_id, value)
    WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = %(key)s
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT
        deployment_id, NULL, width_bucket(day, since), (deployment_id, day) IN (SELECT deployment_id, day FROM crowded),
        ARRAY[{sums}]
    FROM rollups_request_day JOIN stretches USING (deployment_id)
    WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s)
    GROUP BY 1, 3, 4
)
SELECT deployment_id, value, stretch, is_crowded, figures FROM by_value
ORDER BY value NULLS LAST, stretch
