-- What an organization itself pays, own prices and then discounts; a price has no multiplier, a discount no rates. Beside them, in a
-- row without a model, the newest edition of the price book, since whoever prices something needs both.
SELECT
    NULL::bigint AS edition, provider, model, effective_from, ended, NULL::int AS multiplier_ppm, {rates}
FROM pricing_ownprice
WHERE organization_id = %(organization)s
UNION ALL
SELECT
    NULL, provider, model, effective_from, ended, multiplier_ppm, {no_rates}
FROM pricing_discount
WHERE organization_id = %(organization)s
UNION ALL
SELECT
    max(e.id), NULL, NULL, NULL, NULL, NULL, {no_rates}
FROM pricing_edition e JOIN pricing_pricelist l ON l.id = e.price_list_id
WHERE l.source = %(source)s
