"""Labels as lines of a form: every line is posted, and a button says what is to be done with them.

No script is needed: moving, adding and removing lines give the same page with other lines, and nothing is kept until the
whole is applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from apps.deployments.labels import MOST_MERGES, MOST_RULES, Labels, Merge, Rule

RULE_FIELDS = ("field", "tag", "match", "value", "task")
MERGE_FIELDS = ("kind", "sent", "label")
UP, DOWN, REMOVE = "up", "down", "remove"
ADD, ADD_MERGE, PREVIEW, APPLY = "add", "add-merge", "preview", "apply"
Line = dict[str, str]


@dataclass(frozen=True)
class Draft:
    """Lines as they stand in the form, which may be half filled in."""

    rules: tuple[Line, ...]
    merges: tuple[Line, ...]

    @property
    def labels(self) -> Labels:
        """Of the lines in which something is said."""
        rules = tuple(Rule(**_rule(line)) for line in self.rules if line["value"] or line["task"])
        merges = tuple(Merge(**line) for line in self.merges if line["sent"] or line["label"])
        return Labels(tuple(sorted(merges, key=lambda one: one.kind)), rules)


def _rule(line: Line) -> Line:
    """A key is said of a tag only, whatever is left in its field."""
    return line if line["field"] == "tag" else line | {"tag": ""}


def drafted(labels: Labels) -> Draft:
    return Draft(tuple(asdict(one) for one in labels.rules), tuple(asdict(one) for one in labels.merges))


def posted(data: Mapping[str, str]) -> Draft:
    """The lines of a post, with its deed done to them."""
    rules = _lines(data, "rule", RULE_FIELDS, MOST_RULES)
    merges = _lines(data, "merge", MERGE_FIELDS, MOST_MERGES)
    deed, _, place = data.get("deed", "").partition(":")
    if deed == ADD:
        rules.append({"field": "route", "tag": "", "match": "equals", "value": "", "task": ""})
    elif deed == ADD_MERGE:
        merges.append({"kind": "task", "sent": "", "label": ""})
    elif deed == f"{REMOVE}-merge":
        _moved(merges, REMOVE, place)
    else:
        _moved(rules, deed, place)
    return Draft(tuple(rules), tuple(merges))


def _lines(data: Mapping[str, str], name: str, fields: Sequence[str], most: int) -> list[Line]:
    """As many as follow each other from 0 on; one more than may be kept, so that it is told and not cut off."""
    found = []
    for n in range(most + 1):
        if f"{name}-{n}-{fields[0]}" not in data:
            break
        found.append({field: data.get(f"{name}-{n}-{field}", "").strip() for field in fields})
    return found


def _moved(lines: list[Line], deed: str, place: str) -> None:
    if not place.isdecimal() or int(place[:6]) >= len(lines):
        return
    n = int(place[:6])
    if deed == REMOVE:
        del lines[n]
    elif deed == UP and n:
        lines[n - 1], lines[n] = lines[n], lines[n - 1]
    elif deed == DOWN and n + 1 < len(lines):
        lines[n + 1], lines[n] = lines[n], lines[n + 1]
