"""People and sessions belong to no tenant: web and worker may use these tables whole, other roles not at all."""

from django.db import migrations

from apps.organizations import walls

TABLES = (
    "accounts_user",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "django_session",
    "django_content_type",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
)


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0002_walls"),
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        walls.run(
            *[
                walls.grant(t, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, INSERT, UPDATE, DELETE")
                for t in TABLES
            ],
            walls.grant("django_migrations", web="SELECT", worker="SELECT"),
        )
    ]
