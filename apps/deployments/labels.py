"""What requests are called: sent labels that are read as one, and ordered rules that say of what task a request is. Pure.

Merging comes first, so that rules and pages see one label where several were sent. Then the first rule that matches names
the task; where none does, the sent label stays. Matching is of plain text, upper and lower case apart: no pattern that
somebody wrote can take long.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps

import polars as pl

MOST_RULES = 100
MOST_MERGES = 200
LONGEST = 256
ROUTE, MODEL, SERVICE, AGENT, TAG, OPERATION, ENVIRONMENT, TASK = FIELDS = (
    "route", "model", "service", "agent", "tag", "operation", "environment", "task",
)  # fmt: skip
"""What a rule may look at. `model` is the planned one by its canonical name; gateways' model groups come as routes, and
services and agents as the tags of that name."""
EQUALS, STARTS, CONTAINS = MATCHES = ("equals", "starts_with", "contains")
TAXONOMY = (
    "classification", "extraction", "summarization", "generation", "code", "reasoning", "chat", "retrieval", "other",
)  # fmt: skip
"""The public taxonomy, in which tasks of different tenants can be compared."""
FEW, SELDOM = 24, 4
"""More rules than FEW, and combinations so much rarer than requests: asking about combinations is faster."""
TAG_COLUMN = "tag:"
"""A frame has the tag `team` in the column `tag:team`."""
_OF_TAGS = {SERVICE: "service", AGENT: "agent"}


@dataclass(frozen=True)
class Rule:
    """Requests whose `field` matches are of this task; `tag` is the key where the field is a tag."""

    field: str
    match: str
    value: str
    task: str
    tag: str = ""

    @property
    def tag_key(self) -> str:
        """The tag that it looks at; empty where it looks at none."""
        return _OF_TAGS.get(self.field, self.tag if self.field == TAG else "")

    @property
    def column(self) -> str:
        return f"{TAG_COLUMN}{self.tag_key}" if self.tag_key else self.field


@dataclass(frozen=True)
class Merge:
    """A route or task (`kind`) that was sent as one label is read as another."""

    kind: str
    sent: str
    label: str


@dataclass(frozen=True)
class Labels:
    """All that is declared of a deployment's labels; rules in their order."""

    merges: tuple[Merge, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Keys of the tags that must be read."""
        return tuple(sorted({rule.tag_key for rule in self.rules if rule.tag_key}))

    @property
    def asks_model(self) -> bool:
        return any(rule.field == MODEL for rule in self.rules)

    @property
    def fingerprint(self) -> str:
        """What evidence was gathered under; empty without any."""
        if self == NO_LABELS:
            return ""
        return sha256(dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]

    def merged(self, kind: str) -> Mapping[str, str]:
        return {one.sent: one.label for one in self.merges if one.kind == kind}


NO_LABELS = Labels()


def relabelled(frame: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """With `task` and `route` as they are to be read. Columns that are not there match nothing."""
    if labels == NO_LABELS:
        return frame
    merged = frame.with_columns(_merged(labels, frame.columns))
    if not labels.rules:
        return merged
    return merged.with_columns(task=_tasks(merged, labels.rules))


def matched(frame: pl.DataFrame, labels: Labels) -> pl.Series:
    """The number of the rule that names each request; null where none does."""
    merged = frame.with_columns(_merged(labels, frame.columns))
    number: pl.Expr = pl.lit(None, pl.UInt32)
    for n, rule in reversed(list(enumerate(labels.rules))):
        number = pl.when(_matches(rule, frame.columns)).then(pl.lit(n, pl.UInt32)).otherwise(number)
    return merged.select(rule=number).to_series() if merged.width else pl.Series("rule", [], pl.UInt32)


def _merged(labels: Labels, columns: Collection[str]) -> list[pl.Expr]:
    found = ((kind, labels.merged(kind)) for kind in (ROUTE, TASK) if kind in columns)
    return [pl.col(kind).replace(list(names), list(names.values())) for kind, names in found if names]


def _tasks(merged: pl.DataFrame, rules: Collection[Rule]) -> pl.Series:
    """Many rules are asked once for each of the few combinations of what they look at, not for every request."""
    named = _named(rules, merged.columns).alias("named")
    looked_at = sorted({TASK, *(rule.column for rule in rules)} & {*merged.columns})
    if len(rules) > FEW:
        asked = merged.select(looked_at)
        distinct = asked.unique()
        if distinct.height * SELDOM < asked.height:
            told = distinct.with_columns(named)
            return asked.join(told, on=looked_at, how="left", nulls_equal=True, maintain_order="left")["named"]
    return merged.select(named).to_series()


def _named(rules: Collection[Rule], columns: Collection[str]) -> pl.Expr:
    task = pl.col(TASK)
    for rule in reversed(list(rules)):
        task = pl.when(_matches(rule, columns)).then(pl.lit(rule.task)).otherwise(task)
    return task


def _matches(rule: Rule, columns: Collection[str]) -> pl.Expr:
    if rule.column not in columns:
        return pl.lit(value=False)
    text = pl.col(rule.column)
    if rule.match == EQUALS:
        return text == rule.value
    if rule.match == STARTS:
        return text.str.starts_with(rule.value)
    return text.str.contains(rule.value, literal=True)
