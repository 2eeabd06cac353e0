"""The clock on the organization's wall decides when its mail leaves; beats may come as often as they like."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.benchmarks.close_week import close_week
from apps.benchmarks.weeks import Week
from apps.organizations import access
from apps.organizations.members import join
from apps.organizations.models import Organization, Role
from apps.reports.due import mail_at
from apps.reports.models import Delivery
from apps.reports.send_due import due, send_one
from tests.benchmarks.cells import fill, traffic
from tests.benchmarks.tenants import Tenant, tenant
from tests.names import unique
from tests.reports.members import Watch
from tests.smtp import SmtpServer

pytestmark = pytest.mark.usefixtures("as_worker")

WEEK = Week.parse("2026-W33")
"""That no other test freezes: each beat looks at every organization of every frozen pool."""
FROZEN = WEEK.freeze_at + timedelta(minutes=1)


def in_zone(zone: str, *, pool: str | None = None) -> Tenant:
    who = tenant(pool or unique("pool"))
    with access.scope(who.organization.pk):
        Organization.objects.filter(pk=who.organization.pk).update(time_zone=zone)
    who.organization.refresh_from_db()
    fill(who.deployment, traffic(), week=WEEK)
    return who


def beat(now: datetime) -> None:
    """What the two tasks do, without a broker between them."""
    for organization_id, week in due(now=now):
        send_one(organization_id=organization_id, week=week, clock=Watch(now))


def deliveries(who: Tenant) -> int:
    with access.scope(who.organization.pk):
        return Delivery.objects.filter(organization=who.organization).count()


def received(server: SmtpServer, who: Tenant) -> int:
    return sum(len(server.to(address)) for address in (f"{who.organization.slug}@example.com",))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_it_leaves_at_eight_and_once(smtp_server: SmtpServer, zone: str) -> None:
    who = in_zone(zone)
    close_week(week=WEEK, pool=who.organization.pool, now=FROZEN)
    eight = mail_at(WEEK, zone)
    beat(eight - timedelta(minutes=1))
    assert received(smtp_server, who) == 0
    for minutes in (0, 5, 10, 3_000):
        beat(eight + timedelta(minutes=minutes))
        beat(eight + timedelta(minutes=minutes))
    assert received(smtp_server, who) == 1


def test_it_waits_for_the_freeze(smtp_server: SmtpServer) -> None:
    who = in_zone("UTC")
    eight = mail_at(WEEK, "UTC")
    beat(eight)
    assert received(smtp_server, who) == 0
    close_week(week=WEEK, pool=who.organization.pool, now=eight + timedelta(hours=2))
    beat(eight + timedelta(hours=2))
    assert received(smtp_server, who) == 1


def test_who_joins_on_wednesday_gets_the_next_one(smtp_server: SmtpServer) -> None:
    from apps.accounts.people import ensure_user

    who = in_zone("UTC")
    close_week(week=WEEK, pool=who.organization.pool, now=FROZEN)
    eight = mail_at(WEEK, "UTC")
    beat(eight)
    user, _ = ensure_user(email=f"{unique('late')}@example.com", password=None)
    with access.scope(who.organization.pk):
        join(organization=who.organization, user=user, role=Role.VIEWER, now=eight + timedelta(days=2))
    beat(eight + timedelta(days=2, minutes=5))
    assert smtp_server.to(user.email) == []


def test_an_organization_without_traffic_is_left_alone(smtp_server: SmtpServer) -> None:
    who = tenant(unique("pool"))
    close_week(week=WEEK, pool=who.organization.pool, now=FROZEN)
    beat(mail_at(WEEK, "UTC"))
    assert received(smtp_server, who) == 0
    assert deliveries(who) == 0


def test_the_operator_sends_now_and_never_twice(smtp_server: SmtpServer) -> None:
    who, said = in_zone("Pacific/Pago_Pago"), StringIO()
    for _ in range(2):
        call_command("mail", week=str(WEEK), organization=who.organization.slug, stdout=said)
    assert said.getvalue() == f"{WEEK}, {who.organization.slug}: 1 sent.\n" * 2
    assert received(smtp_server, who) == 1


def test_the_operator_writes_to_files_and_nothing_is_sent(smtp_server: SmtpServer, tmp_path: Path) -> None:
    who = in_zone("UTC")
    call_command("mail", week=str(WEEK), organization=who.organization.slug, to_file=tmp_path, stdout=StringIO())
    [path] = tmp_path.iterdir()
    assert path.name == f"{who.organization.slug}-{WEEK}-1.eml"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in path.read_bytes()
    assert received(smtp_server, who) == 0
    assert deliveries(who) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"organization": "nobody-here"}, "There is no organization"),
        ({"organization": "", "week": "soon"}, "2026-W47"),
    ],
)
def test_the_command_says_what_is_wrong(options: dict[str, str], words: str) -> None:
    given = {**options, "organization": options["organization"] or in_zone("UTC").organization.slug}
    with pytest.raises(CommandError, match=words):
        call_command("mail", **given)
