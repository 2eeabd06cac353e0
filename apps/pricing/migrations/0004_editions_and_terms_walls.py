from django.db import migrations

from apps.organizations import walls

READERS = ("web", "ingest", "worker", "benchmark")
TERMS = ("pricing_ownprice", "pricing_discount")

WHAT_HELD = """
INSERT INTO pricing_edition (price_list_id, provider, model, service_tier, recorded_at)
SELECT DISTINCT l.id, p.provider, p.model, p.service_tier, l.imported_at
FROM pricing_price p JOIN pricing_pricelist l ON l.id = p.price_list_id
WHERE l.id IN (SELECT max(id) FROM pricing_pricelist GROUP BY source);
"""
"""Until now the list that was imported last held for all of the past."""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_editions_and_terms"), ("organizations", "0002_walls")]
    operations = [
        walls.run(
            WHAT_HELD,
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pricing_edition "
            "FOR EACH STATEMENT EXECUTE FUNCTION pricing_refuse_change();",
            walls.grant("pricing_edition", **dict.fromkeys(READERS, "SELECT")),
            walls.grant("pricing_edition", web="INSERT", worker="INSERT"),
            # Operators decide on a page or with a command; nobody takes a decision off the record.
            walls.grant("pricing_proposal", web="SELECT, UPDATE", worker="SELECT, INSERT, UPDATE"),
        ),
        *(
            walls.run(
                walls.tenant_policy(table, "web", "worker"),
                walls.grant(table, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE"),
            )
            for table in TERMS
        ),
    ]
