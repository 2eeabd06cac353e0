-- What happened to a deployment in some days, each as a row of its table with who told it: marks, the latest first, and what its
-- organization agreed with providers that began then. Before them the newest edition of the price book, which tells the rest.
SELECT 'edition' AS kind, 0 AS place, to_jsonb(max(e.id)) AS told, NULL::jsonb AS teller
FROM pricing_edition e JOIN pricing_pricelist l ON l.id = e.price_list_id
WHERE l.source = %(source)s
UNION ALL
SELECT 'mark', m.place, m.told, jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
FROM (
    SELECT a.told_by_id, row_number() OVER (ORDER BY a.at DESC, a.id DESC) AS place, to_jsonb(a) AS told
    FROM deployments_annotation a
    WHERE a.deployment_id = %(deployment)s AND a.at >= %(since)s AND a.at < %(until)s AND a.withdrawn_at IS NULL
    ORDER BY place LIMIT %(most)s
) m LEFT JOIN accounts_user u ON u.id = m.told_by_id
UNION ALL
SELECT
    'own', row_number() OVER (ORDER BY p.provider, p.model, p.effective_from), to_jsonb(p),
    jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
FROM pricing_ownprice p LEFT JOIN accounts_user u ON u.id = p.declared_by_id
WHERE p.organization_id = %(organization)s AND p.effective_from BETWEEN %(start)s AND %(end)s
UNION ALL
SELECT
    'off', row_number() OVER (ORDER BY d.provider, d.model, d.effective_from), to_jsonb(d),
    jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email)
FROM pricing_discount d LEFT JOIN accounts_user u ON u.id = d.declared_by_id
WHERE d.organization_id = %(organization)s AND d.effective_from BETWEEN %(start)s AND %(end)s
ORDER BY kind DESC, place
