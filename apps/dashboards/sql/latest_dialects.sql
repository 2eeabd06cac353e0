-- Of which dialects the latest calls of a deployment are that came as spans or as rows of a callback, most first.
SELECT dialect
FROM (
    SELECT dialect
    FROM traces_span
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s AND day >= %(since)s
        AND role IN ('llm', 'attempt')
    ORDER BY day DESC
    LIMIT %(bound)s
) AS latest
GROUP BY dialect
ORDER BY count(*) DESC, dialect
