SELECT
    (
        SELECT rebuilt_at FROM rollups_rebuild
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ),
    declared.n,
    declared.latest,
    hours.n,
    hours.latest,
    hours.whole,
    since.n,
    since.latest
FROM
    (
        SELECT count(*) AS n, max(declared_at) AS latest FROM deployments_assumptions
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS declared,
    (
        SELECT count(*) AS n, max(id) AS latest, sum(id) AS whole FROM traces_stalehour
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS hours,
    (
        SELECT count(*) AS n, max(id) AS latest FROM deployments_stalesince
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS since
