-- Every price of a source in the intervals in which it is in force. An edition holds from its instant on, over whatever
-- earlier editions of the same model and tier said of the time since; a tier that got a price of its own later than its
-- model is standard until then.
WITH editions AS (
    SELECT e.*, min(coalesce(in_force_from, '-infinity')) OVER (
        PARTITION BY e.provider, e.model, e.service_tier ORDER BY e.id
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS in_force_until
    FROM pricing_edition e JOIN pricing_pricelist l ON l.id = e.price_list_id
    WHERE l.source = %(source)s
), said AS (
    SELECT {facts}, p.id AS price_id, e.id AS edition, e.in_force_from, e.in_force_until
    FROM editions e JOIN pricing_price p USING (price_list_id, provider, model, service_tier)
    WHERE e.in_force_until IS NULL OR e.in_force_until > coalesce(e.in_force_from, '-infinity')
), firsts AS (
    SELECT provider, model, service_tier, min(in_force_from) AS first
    FROM editions WHERE service_tier <> 'standard'
    GROUP BY 1, 2, 3 HAVING count(*) = count(in_force_from)
), everything AS (
    SELECT * FROM said
    UNION ALL
    SELECT {facts_of_tier}, p.price_id, p.edition, p.in_force_from, least(p.in_force_until, f.first)
    FROM firsts f JOIN said p ON p.provider = f.provider AND p.model = f.model AND p.service_tier = 'standard'
), bounded AS (
    SELECT {bounded_facts}, price_id, edition FROM everything
)
SELECT {columns}, edition FROM bounded
WHERE effective_from IS NULL OR effective_until IS NULL OR effective_from < effective_until
ORDER BY price_id, service_tier
