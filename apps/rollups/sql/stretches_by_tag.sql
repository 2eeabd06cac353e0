-- Sums of a tag's key by value, and after them those of all requests (no value), in stretches of days; apart for days on which
-- there were more keys than are told apart. Of values, the dearest of the window; the others as those that were folded.
WITH crowded AS (
    SELECT DISTINCT day FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND key = %(other)s
), dearest AS (
    SELECT value FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = %(key)s
    GROUP BY value ORDER BY sum(billed_nano) DESC NULLS LAST, sum(requests) DESC, value LIMIT %(most)s
), by_value AS (
    SELECT
        CASE WHEN value IN (SELECT value FROM dearest) THEN value ELSE %(other)s END AS value,
        width_bucket(day, %(since)s::date[]) AS stretch,
        day IN (SELECT day FROM crowded) AS is_crowded,
        {sums}
    FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = %(key)s
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT NULL, width_bucket(day, %(since)s::date[]), day IN (SELECT day FROM crowded), {sums}
    FROM rollups_request_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s)
    GROUP BY 1, 2, 3
)
SELECT * FROM by_value ORDER BY value NULLS LAST, stretch
