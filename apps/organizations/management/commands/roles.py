"""`manage.py roles`: make the database roles that the walls between tenants are built on."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.organizations import roles


class Command(BaseCommand):
    help = "Make the database roles, or set their passwords; run it before the first migration. Idempotent."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's own declaration

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            roles.ensure(
                admin_url=settings.DATABASE_ADMIN_URL,
                owner_url=settings.DATABASE_OWNER_URL,
                role_urls=settings.DATABASE_ROLE_URLS,
                timeouts=settings.DATABASE_ROLE_TIMEOUTS,
            )
        except (roles.UnsafeRole, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The roles are there: owner, " + ", ".join(settings.DATABASE_ROLE_URLS))
