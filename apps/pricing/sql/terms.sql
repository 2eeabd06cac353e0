-- What an organization itself pays, own prices and then discounts; a price has no multiplier, a discount no rates.
SELECT
    provider, model, effective_from, ended, NULL::int AS multiplier_ppm, {rates}
FROM pricing_ownprice
WHERE organization_id = %(organization)s
UNION ALL
SELECT
    provider, model, effective_from, ended, multiplier_ppm, {no_rates}
FROM pricing_discount
WHERE organization_id = %(organization)s
