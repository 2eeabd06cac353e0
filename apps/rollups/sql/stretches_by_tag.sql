-- Sums of a tag's key by value, and after them those of all requests (no value), in stretches of days; apart for days on which
-- there were more keys than are told apart. Of values, the dearest of the window; the others as those that were folded.
-- Before them the keys of the window, with their values and what was billed under them in any environment, the dearest first;
-- without a key, the dearest is the one.
WITH keys AS (
    SELECT
        key, count(DISTINCT value) AS with_values, sum(requests)::bigint AS requests,
        coalesce(sum(billed_nano), 0)::bigint AS billed_nano, count(DISTINCT day) AS days
    FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
    GROUP BY key
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY billed_nano DESC, requests DESC, key) AS place FROM keys
), chosen AS (
    SELECT coalesce(%(key)s::text, (SELECT key FROM ranked WHERE key <> %(other)s ORDER BY place LIMIT 1)) AS key
), crowded AS (
    SELECT DISTINCT day FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND key = %(other)s
), dearest AS (
    SELECT value FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = (SELECT key FROM chosen)
    GROUP BY value ORDER BY sum(billed_nano) DESC NULLS LAST, sum(requests) DESC, value LIMIT %(most)s
), by_value AS (
    SELECT
        CASE WHEN value IN (SELECT value FROM dearest) THEN value ELSE %(other)s END AS value,
        width_bucket(day, %(since)s::date[]) AS stretch,
        day IN (SELECT day FROM crowded) AS is_crowded,
        ARRAY[{sums}] AS figures
    FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = (SELECT key FROM chosen)
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT NULL, width_bucket(day, %(since)s::date[]), day IN (SELECT day FROM crowded), ARRAY[{sums}]
    FROM rollups_request_day
    WHERE (SELECT key FROM chosen) IS NOT NULL
        AND organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s)
    GROUP BY 2, 3
)
SELECT true AS is_key, key AS name, place, false AS is_crowded, ARRAY[with_values, requests, billed_nano, days] AS figures
FROM ranked
UNION ALL
SELECT false, value, stretch, is_crowded, figures FROM by_value
ORDER BY is_key DESC, name NULLS LAST, place
