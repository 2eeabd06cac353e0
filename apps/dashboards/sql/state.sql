-- What the figures of a deployment rest on, one row: when its cells were computed, what was declared, the newest edition of the
-- price book, the newest day with evidence, its bills, and what is marked to be computed again.
SELECT
    (
        SELECT rebuilt_at FROM rollups_rebuild
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ),
    declared.n,
    declared.latest,
    (SELECT max(id) FROM pricing_edition),
    (
        SELECT max(day) FROM quality_evidence
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ),
    bills.n,
    bills.latest,
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
        SELECT count(*) AS n, max(entered_at) AS latest FROM deployments_providerbill
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS bills,
    (
        SELECT count(*) AS n, max(id) AS latest, sum(id) AS whole FROM traces_stalehour
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS hours,
    (
        SELECT count(*) AS n, max(id) AS latest FROM deployments_stalesince
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS since
