from django.db import migrations

from apps.organizations import walls

READERS = ("web", "ingest", "worker", "benchmark")
TABLES = ("pricing_pricelist", "pricing_price")

REFUSE = """
CREATE FUNCTION pricing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'price lists are only ever added to (% on %)', TG_OP, TG_TABLE_NAME;
END
$function$;
"""


def append_only(table: str) -> str:
    """No row is ever changed or removed, by nobody."""
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION pricing_refuse_change();"
    )


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("organizations", "0002_walls")]
    operations = [
        walls.run(
            REFUSE,
            *(append_only(table) for table in TABLES),
            *(walls.grant(table, **dict.fromkeys(READERS, "SELECT")) for table in TABLES),
            *(walls.grant(table, worker="INSERT") for table in TABLES),
            *(walls.grant_sequence(table, "id", "worker") for table in TABLES),
        )
    ]
