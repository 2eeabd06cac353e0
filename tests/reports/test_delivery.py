"""Each member gets a week's mail once, or at most once and it is listed; a real SMTP server receives it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from apps.organizations import access
from apps.organizations.models import Membership
from apps.pulse import counters
from apps.reports import queue
from apps.reports.deliver import send
from apps.reports.models import Delivery
from tests.connections import acting_as
from tests.reports.members import NOW, Team, Watch, states, team
from tests.reports.samples import WEEK, report
from tests.smtp import SmtpServer

pytestmark = pytest.mark.usefixtures("as_worker")


def mail(who: Team, watch: Watch | None = None) -> None:
    send(report(), organization=who.organization, week=WEEK, clock=watch or Watch())


def received(server: SmtpServer, who: Team) -> dict[str, int]:
    return {address: len(server.to(address)) for address in who.addresses}


def test_every_member_gets_one(smtp_server: SmtpServer) -> None:
    who = team(3)
    mail(who)
    assert set(received(smtp_server, who).values()) == {1}
    assert set(states(who.organization).values()) == {"sent"}
    message = smtp_server.to(who.addresses[0])[0]
    assert message.recipients == [who.addresses[0]]
    assert "72 cents bought answers" in message.text
    assert "72 cents bought answers" in message.html


def test_the_operator_is_told_how_many_left(smtp_server: SmtpServer) -> None:
    sample = 'tollmark_mail_total{outcome="sent"}'
    before = (counters.stored() or {}).get(sample, 0)
    mail(team(3))
    assert (counters.stored() or {})[sample] == before + 3


def test_twice_is_once(smtp_server: SmtpServer) -> None:
    who = team(2)
    mail(who)
    mail(who, Watch(NOW + timedelta(hours=3)))
    assert set(received(smtp_server, who).values()) == {1}


def test_four_at_once_are_once(smtp_server: SmtpServer) -> None:
    who = team(8)

    def run() -> None:
        with acting_as("worker"):
            mail(who)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(received(smtp_server, who).values()) == {1}
    assert set(states(who.organization).values()) == {"sent"}


def test_headers_that_mail_programs_go_by(smtp_server: SmtpServer) -> None:
    who = team(2, name="Acme GmbH")
    mail(who)
    first, second = (smtp_server.to(address)[0].message for address in who.addresses)
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["List-Unsubscribe"].strip().startswith("<http")  # folded, as RFC 5322 allows
    assert first["List-Unsubscribe"] != second["List-Unsubscribe"]
    assert first["Message-ID"].startswith(f"<{WEEK}.")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Subject"] == "Acme: routing efficiency 71.7 %, 2.2 points above the median"


def test_a_doubtful_second_one_would_thread_with_the_first(smtp_server: SmtpServer) -> None:
    """The Message-ID depends on the week and the recipient alone."""
    who = team(1)
    mail(who)
    with access.scope(who.organization.pk):
        Delivery.objects.filter(organization=who.organization).delete()
    mail(who)
    one, other = (received.message["Message-ID"] for received in smtp_server.to(who.addresses[0]))
    assert one == other


def test_one_refused_recipient_is_noted_and_the_others_are_served(smtp_server: SmtpServer) -> None:
    who = team(3)
    refused, *served = who.addresses
    smtp_server.refuse[refused] = "550 no such user"
    mail(who)
    assert received(smtp_server, who) == {refused: 0, served[0]: 1, served[1]: 1}
    assert states(who.organization) == {refused: "failed", served[0]: "sent", served[1]: "sent"}
    with access.scope(who.organization.pk):
        assert Delivery.objects.get(user__email=refused, week=str(WEEK)).answer == "550 no such user"


def test_a_greylisted_recipient_is_tried_again_later(smtp_server: SmtpServer) -> None:
    who, watch = team(1), Watch()
    smtp_server.refuse[who.addresses[0]] = "450 try again"
    mail(who, watch)
    assert states(who.organization) == {who.addresses[0]: "pending"}
    del smtp_server.refuse[who.addresses[0]]
    mail(who, watch)
    assert received(smtp_server, who) == {who.addresses[0]: 0}  # not yet
    watch.now += timedelta(minutes=6)
    mail(who, watch)
    assert received(smtp_server, who) == {who.addresses[0]: 1}


def test_while_the_server_is_down_all_waits(smtp_server: SmtpServer, settings: Settings) -> None:
    who, port = team(3), smtp_server.port
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]
        for hours in range(3):
            mail(who, Watch(NOW + timedelta(hours=hours)))
    assert set(states(who.organization).values()) == {"pending"}
    settings.EMAIL_PORT = port
    mail(who, Watch(NOW + timedelta(hours=3)))
    assert set(received(smtp_server, who).values()) == {1}


class Severed:
    """A mail server that takes the message, or says so, and cuts the line."""

    def __init__(self, *, answers: bool) -> None:
        self.answers, self.taken = answers, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line, line.makefile("rwb", buffering=0) as stream:
                self._talk(stream)

    def _talk(self, stream: object) -> None:
        def say(text: str) -> None:
            stream.write(text.encode() + b"\r\n")  # type: ignore[attr-defined]

        say("220 here")
        while command := stream.readline():  # type: ignore[attr-defined]
            if command.upper().startswith(b"DATA"):
                say("354 go on")
                while stream.readline() != b".\r\n":  # type: ignore[attr-defined]
                    pass
                self.taken += 1
                if self.answers:
                    say("250 taken")
                return
            say("250 fine")


@pytest.fixture
def severed(settings: Settings) -> Iterator[Severed]:
    server = Severed(answers=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.listener.close()


def test_a_line_that_is_cut_after_the_message_leaves_it_unknown_and_it_is_not_sent_again(severed: Severed) -> None:
    who = team(1)
    mail(who)
    assert states(who.organization) == {who.addresses[0]: "unknown"}
    mail(who, Watch(NOW + timedelta(hours=1)))
    assert severed.taken == 1
    assert queue.tally(organization=who.organization, week=WEEK) == {"unknown": 1}


SENDER = """
import os, sys
import django; django.setup()
from django.conf import settings
from apps.organizations.models import Organization
from apps.reports import outbox
from apps.reports.deliver import send
from tests.reports.members import Watch
from tests.reports.samples import WEEK, report

settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[2])
hand_over, sent = outbox.Outbox.hand_over, []
def dying(self, message):
    answer = hand_over(self, message)
    sent.append(message)
    if len(sent) == int(sys.argv[3]):
        os.kill(os.getpid(), 9)  # the server has said 250, and nobody will note it
    return answer
outbox.Outbox.hand_over = dying
send(report(), organization=Organization.objects.get(slug=sys.argv[1]), week=WEEK, clock=Watch())
"""


@pytest.mark.kills
def test_a_worker_killed_in_the_midst_leaves_one_unknown_and_the_next_one_goes_on(smtp_server: SmtpServer) -> None:
    who = team(20)
    environment = os.environ | {"TOLLMARK_ROLE": "worker", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SENDER, who.organization.slug, str(smtp_server.port), "7"]
    died = subprocess.run(command, env=environment, check=False, timeout=120, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    late = Watch(NOW + timedelta(hours=1))  # the lease of that process is over then
    mail(who, late)
    assert set(received(smtp_server, who).values()) == {1}
    assert queue.tally(organization=who.organization, week=WEEK) == {"sent": 19, "unknown": 1}


def test_a_claim_is_respected_until_its_lease_is_over(smtp_server: SmtpServer) -> None:
    who, watch = team(1), Watch()
    lacking = queue.unqueued(organization=who.organization, week=WEEK, joined_by=None)
    queue.enqueue(lacking, organization=who.organization, week=WEEK, now=NOW)
    [delivery] = queue.waiting(organization=who.organization, week=WEEK, now=NOW)
    assert queue.claim(delivery, organization=who.organization, now=NOW) is not None
    assert queue.claim(delivery, organization=who.organization, now=NOW) is None
    mail(who, watch)
    assert states(who.organization) == {who.addresses[0]: "sending"}
    watch.now += timedelta(hours=1)
    mail(who, watch)
    assert states(who.organization) == {who.addresses[0]: "unknown"}
    assert received(smtp_server, who) == {who.addresses[0]: 0}


def test_a_sender_who_answers_after_its_lease_is_believed(smtp_server: SmtpServer) -> None:
    who = team(1)
    queue.enqueue([who.users[0].pk], organization=who.organization, week=WEEK, now=NOW)
    [delivery] = queue.waiting(organization=who.organization, week=WEEK, now=NOW)
    claimed = queue.claim(delivery, organization=who.organization, now=NOW)
    assert claimed is not None
    late = NOW + timedelta(hours=1)
    assert queue.waiting(organization=who.organization, week=WEEK, now=late) == []
    queue.settle(claimed, organization=who.organization, state=Delivery.State.SENT, answer="", now=late)
    assert states(who.organization) == {who.addresses[0]: "sent"}


def test_who_left_the_mail_or_joined_later_is_not_sent_it(smtp_server: SmtpServer) -> None:
    who = team(3)
    with access.scope(who.organization.pk):
        Membership.objects.filter(user=who.users[0]).update(weekly_mail=False)
        Membership.objects.filter(user=who.users[1]).update(created_at=NOW + timedelta(days=2))
    send(report(), organization=who.organization, week=WEEK, clock=Watch(), joined_by=NOW)
    assert list(received(smtp_server, who).values()) == [0, 0, 1]


def test_three_refusals_in_a_row_pause_an_address(smtp_server: SmtpServer) -> None:
    who = team(2)
    smtp_server.refuse[who.addresses[0]] = "550 no such user"
    for weeks in (3, 2, 1):
        send(report(), organization=who.organization, week=WEEK.back(weeks), clock=Watch(), joined_by=NOW)
    smtp_server.refuse.clear()
    send(report(), organization=who.organization, week=WEEK, clock=Watch(), joined_by=NOW)
    assert list(received(smtp_server, who).values()) == [0, 4]
    mail(who)  # the operator, by command
    assert list(received(smtp_server, who).values()) == [1, 4]


def test_what_nobody_took_for_days_is_given_up(smtp_server: SmtpServer) -> None:
    who, watch = team(1), Watch()
    smtp_server.refuse[who.addresses[0]] = "450 try again"
    mail(who, watch)
    watch.now += timedelta(days=5, minutes=1)
    mail(who, watch)
    assert states(who.organization) == {who.addresses[0]: "failed"}


@pytest.mark.parametrize(("pool", "domain"), [("demo", "example.com"), (None, "somebody.example")])
def test_the_demos_mail_and_reserved_addresses_never_reach_a_mail_server(
    smtp_server: SmtpServer, settings: Settings, pool: str | None, domain: str
) -> None:
    who = team(2, pool=pool, domain=domain)
    mail(who)
    assert set(received(smtp_server, who).values()) == {0}
    assert set(states(who.organization).values()) == {"sent"}
    written = [path for path in (settings.DATA_DIR / "mail").iterdir() if who.addresses[0] in path.read_text()]
    assert len(written) == 1


@pytest.mark.parametrize(
    "name", ["=cmd()", "<script>alert(1)</script>", "../../x", "{{7*7}}", "Ünï ©ode \u202e", "x" * 90]
)
def test_names_cannot_add_headers_or_markup(smtp_server: SmtpServer, name: str) -> None:
    who = team(1, name=name)
    type(who.users[0]).objects.filter(pk=who.users[0].pk).update(name=f"{name}\r\nBcc: victim@example.com")
    mail(who)
    [message] = smtp_server.to(who.addresses[0])
    assert message.recipients == who.addresses
    assert "Bcc" not in message.message
    assert "<script>" not in message.html


def test_a_name_with_line_breaks_in_a_subject_is_one_line(smtp_server: SmtpServer) -> None:
    from dataclasses import replace

    who = team(1)
    evil = replace(report(), organization="Acme\r\nBcc: victim@example.com")
    send(evil, organization=who.organization, week=WEEK, clock=Watch())
    [message] = smtp_server.to(who.addresses[0])
    assert "Bcc" not in message.message
    assert message.message["Subject"].startswith("Acme Bcc: victim@example.com: routing")


def test_no_time_is_lost_between_members(smtp_server: SmtpServer) -> None:
    """One connection for all of an organization."""
    who = team(50)
    began = time.monotonic()
    mail(who)
    assert set(received(smtp_server, who).values()) == {1}
    assert time.monotonic() - began < 20
