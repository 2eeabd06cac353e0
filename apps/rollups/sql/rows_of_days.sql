-- How many requests of one deployment a set of hours has on each day.
SELECT day, count(*)
FROM traces_request
WHERE organization_id = {organization} AND deployment_id = {deployment} AND {within}
GROUP BY 1
