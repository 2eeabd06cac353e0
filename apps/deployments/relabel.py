"""Declaring what requests are called, for all of history; and reading what was declared. All need an open organization."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.deployments.create import FIRST_DAY
from apps.deployments.labels import (
    EQUALS,
    FIELDS,
    LONGEST,
    MATCHES,
    MOST_MERGES,
    MOST_RULES,
    ROUTE,
    TAG,
    TASK,
    TAXONOMY,
    Labels,
    Merge,
    Rule,
)
from apps.deployments.models import Deployment, LabelRule, StaleSince, TaskKind
from apps.organizations import audit


def labels_of(deployment_id: int) -> Labels:
    rows = LabelRule.objects.filter(deployment_id=deployment_id).order_by("kind", "position")
    merges, rules = list[Merge](), list[Rule]()
    for kind, field, match, value, label, tag in rows.values_list("kind", "field", "match", "value", "label", "tag"):
        if kind == LabelRule.Kind.RULE:
            rules.append(Rule(field, match, value, label, tag))
        else:
            merges.append(Merge(kind, value, label))
    return Labels(tuple(merges), tuple(rules))


def kinds_of(deployment_id: int) -> dict[str, str]:
    """The public taxonomy's name of each task that has one."""
    return kinds_of_all([deployment_id])[deployment_id]


def kinds_of_all(deployment_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The same of several, by deployment."""
    found: dict[int, dict[str, str]] = {one: {} for one in deployment_ids}
    rows = TaskKind.objects.filter(deployment_id__in=deployment_ids)
    for one, task, taxonomy in rows.values_list("deployment_id", "task", "taxonomy"):
        found[one][task] = taxonomy
    return found


def declare_labels(*, deployment: Deployment, labels: Labels, now: datetime, actor: User | None) -> bool:
    """Put the whole list in the place of the one that stands; whether anything changed. Raises ValidationError.

    They hold for all of history, so everything that raw rows are kept of is marked to be computed again.
    """
    check(labels)
    Deployment.objects.select_for_update(of=("self",)).get(pk=deployment.pk)  # two lists at once would mix
    before = labels_of(deployment.pk)
    if before == labels:
        return False
    LabelRule.objects.filter(deployment=deployment).delete()
    LabelRule.objects.bulk_create(_rows(deployment, labels, now, actor))
    StaleSince.objects.create(
        organization_id=deployment.organization_id, deployment=deployment, since=FIRST_DAY, marked_at=now
    )
    audit.record(
        organization=deployment.organization,
        actor=actor,
        verb="labels.declared",
        now=now,
        slug=deployment.slug,
        before=_told(before),
        after=_told(labels),
    )
    return True


def declare_kinds(*, deployment: Deployment, kinds: Mapping[str, str], now: datetime, actor: User | None) -> bool:
    """Say what these tasks are in the public taxonomy, an empty word: nothing; whether anything changed."""
    wrong = sorted({kind for kind in kinds.values() if kind and kind not in TAXONOMY})
    if wrong:
        raise ValidationError(_("The public taxonomy has no {kinds}.").format(kinds=", ".join(wrong)))
    before = kinds_of(deployment.pk)
    changed = {task: kind for task, kind in kinds.items() if before.get(task, "") != kind}
    if not changed:
        return False
    TaskKind.objects.filter(deployment=deployment, task__in=changed).delete()
    TaskKind.objects.bulk_create(
        TaskKind(organization_id=deployment.organization_id, deployment=deployment, task=task, taxonomy=kind)
        for task, kind in changed.items()
        if kind
    )
    audit.record(
        organization=deployment.organization,
        actor=actor,
        verb="taxonomy.declared",
        now=now,
        slug=deployment.slug,
        tasks=changed,
    )
    return True


def check(labels: Labels) -> None:
    """Raises ValidationError with everything that is wrong."""
    wrong = [*_wrong_in_all(labels)]
    for n, rule in enumerate(labels.rules, 1):
        wrong += [_("Rule {number}: {what}").format(number=n, what=what) for what in _wrong_in_rule(rule)]
    for n, merge in enumerate(labels.merges, 1):
        wrong += [_("Label {number}: {what}").format(number=n, what=what) for what in _wrong_in_merge(merge)]
    if wrong:
        raise ValidationError(wrong)


def _wrong_in_all(labels: Labels) -> Iterable[str]:
    if len(labels.rules) > MOST_RULES:
        yield _("At most {number} rules are kept.").format(number=MOST_RULES)
    if len(labels.merges) > MOST_MERGES:
        yield _("At most {number} labels are read as others.").format(number=MOST_MERGES)
    sent = [(one.kind, one.sent) for one in labels.merges]
    if len(set(sent)) < len(sent):
        yield _("A label can be read as one other only: one of them stands twice.")


def _wrong_in_rule(rule: Rule) -> Iterable[str]:
    if rule.field not in FIELDS or rule.match not in MATCHES:
        yield _("choose what to look at, and how.")
    if (rule.field == TAG) != bool(rule.tag):
        yield _("a tag needs its key, and nothing else has one.")
    yield from _wrong_texts(rule.value, rule.task)
    if len(rule.tag) > LONGEST or "\0" in rule.tag:
        yield _("a key has at most {number} characters.").format(number=LONGEST)


def _wrong_in_merge(merge: Merge) -> Iterable[str]:
    if merge.kind not in (ROUTE, TASK):
        yield _("routes and tasks can be read as others.")
    yield from _wrong_texts(merge.sent, merge.label)


def _wrong_texts(*texts: str) -> Iterable[str]:
    if not all(texts):
        yield _("say both what is sent and what it is called.")
    if any(len(text) > LONGEST or "\0" in text for text in texts):
        yield _("a label has at most {number} characters.").format(number=LONGEST)


def _rows(deployment: Deployment, labels: Labels, now: datetime, actor: User | None) -> Iterable[LabelRule]:
    place = {"organization_id": deployment.organization_id, "deployment": deployment}
    said = {"declared_at": now, "declared_by": actor}
    for n, merge in enumerate(sorted(labels.merges, key=lambda one: one.kind)):
        named = {"kind": merge.kind, "field": merge.kind, "match": EQUALS, "value": merge.sent, "label": merge.label}
        yield LabelRule(**place, **said, **named, position=n)
    for n, rule in enumerate(labels.rules):
        asked = {"field": rule.field, "tag": rule.tag, "match": rule.match, "value": rule.value}
        yield LabelRule(**place, **said, **asked, kind=LabelRule.Kind.RULE, label=rule.task, position=n)


def _told(labels: Labels) -> list[str]:
    """For the trail: one line a rule, in their order."""
    merges = [f"{one.kind} {one.sent} is read as {one.label}" for one in labels.merges]
    return [*merges, *(rule_in_words(one) for one in labels.rules)]


def rule_in_words(rule: Rule) -> str:
    what = f"tag {rule.tag}" if rule.field == TAG else rule.field
    return f"{what} {rule.match.replace('_', ' ')} {rule.value}: {rule.task}"
