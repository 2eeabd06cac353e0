import json
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.deployments.provision import provision
from apps.organizations.models import Organization


class Command(BaseCommand):
    help = (
        "Make an organization with a deployment, an owner and keys, and print them as JSON; repeating changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--deployment", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True, help="the owner's address, which counts as verified")
        parser.add_argument("--password", help="of an owner who is new; without one, set it by 'forgot password'")
        parser.add_argument("--time-zone", default="UTC", help="IANA name; the weekly mail goes out at 08:00 there")
        parser.add_argument("--pool", default=Organization.Pool.LIVE, help="whose benchmark it shares (%(default)s)")
        parser.add_argument("--background", action="store_true", help="nobody waits for its answers")
        parser.add_argument("--no-contribute", action="store_true", help="stay out of the benchmark")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = provision(
                organization=options["organization"],
                deployment=options["deployment"],
                email=options["email"],
                password=options["password"],
                pool=options["pool"],
                time_zone=options["time_zone"],
                user_facing=not options["background"],
                contributes=not options["no_contribute"],
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(_explain(error)) from error
        self.stdout.write(json.dumps(asdict(made), indent=2))


def _explain(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return "; ".join(error.messages)
    return "; ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
