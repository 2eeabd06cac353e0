"""What was known by a day, and which thresholds held then: of several who ask at once, each as if alone."""

from datetime import date, timedelta
from decimal import Decimal

from apps.accounts.models import User
from apps.deployments.labels import EQUALS, ROUTE, TASK, Labels, Merge, Rule
from apps.deployments.models import Deployment
from apps.deployments.relabel import declare_kinds, declare_labels, kinds_of, labels_of
from apps.organizations import access
from apps.quality.models import Evidence
from apps.quality.queries import known_by, known_by_each
from apps.quality.thresholds import declare_threshold
from tests.rollups.tenants import NOW, Tenant, tenant

DAY = date(2026, 11, 10)
NOBODY: User | None = None


def _evidence(owner: Tenant, day: date, task: str, model: str) -> None:
    counts = {"own": 40, "replayed": 0, "pooled": 0}
    Evidence.objects.create(**owner.place, day=day, task=task, model=model, quality_micro=900_000, **counts)


def _threshold(owner: Tenant, task: str, quality: str | None, day: date) -> None:
    declare_threshold(
        deployment=Deployment.objects.get(pk=owner.deployment_id),
        task=task,
        quality=None if quality is None else Decimal(quality),
        effective_from=day,
        now=NOW,
        actor=NOBODY,
    )


def test_the_last_day_with_evidence_counts_and_a_threshold_needs_none(as_worker: None) -> None:
    owner = tenant()
    with access.scope(owner.organization_id):
        for day, models in ((DAY - timedelta(days=9), ["old"]), (DAY - timedelta(days=2), ["b", "a"])):
            for model in models:
                _evidence(owner, day, "triage", model)
        _threshold(owner, "triage", "0.8", DAY - timedelta(days=20))
        _threshold(owner, "triage", "0.9", DAY - timedelta(days=1))  # after what is known
        _threshold(owner, "alone", "0.5", DAY - timedelta(days=3))
        _threshold(owner, "gone", "0.5", DAY - timedelta(days=9))
        _threshold(owner, "gone", None, DAY - timedelta(days=5))
        found = known_by(owner.deployment_id, DAY)
        assert [(one.task, one.model) for one in found.seen] == [("triage", "a"), ("triage", "b")]
        assert (found.day, found.thresholds) == (DAY - timedelta(days=2), {"triage": 800_000, "alone": 500_000})
        before = known_by(owner.deployment_id, DAY - timedelta(days=10))
        assert (before.day, before.seen) == (DAY - timedelta(days=10), ())
        assert before.thresholds == {"triage": 800_000}
        days = [DAY, DAY - timedelta(days=10), DAY - timedelta(days=4)]
        together = known_by_each([(owner.deployment_id, day) for day in days])
        assert together == [known_by(owner.deployment_id, day) for day in days]
        assert [one.model for one in together[2].seen] == ["old"]


def test_labels_and_what_tasks_are_come_back_as_they_were_declared(as_worker: None) -> None:
    owner = tenant()
    rules = (Rule(TASK, EQUALS, "b", "first"), Rule("tag", EQUALS, "x", "second", tag="team"))
    labels = Labels((Merge(ROUTE, "r1", "r"), Merge(TASK, "t1", "t")), rules)
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.get(pk=owner.deployment_id)
        declare_labels(deployment=deployment, labels=labels, now=NOW, actor=NOBODY)
        declare_kinds(deployment=deployment, kinds={"first": "chat", "a": "code"}, now=NOW, actor=NOBODY)
        assert labels_of(deployment.pk) == labels
        assert kinds_of(deployment.pk) == {"first": "chat", "a": "code"}
