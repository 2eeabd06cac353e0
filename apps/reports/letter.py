"""A report in words: subject, plain text and HTML, the two bodies saying the same."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.reports import phrases
from apps.reports.bars import bars
from apps.reports.notes import notes
from apps.reports.report import Report, Section
from apps.reports.strip import strip
from apps.reports.wording import PARTS, day, money, more, share


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def write(report: Report, *, unsubscribe: str) -> Letter:
    content = {**contents(report), "unsubscribe": unsubscribe}
    return Letter(
        subject=phrases.subject(report),
        text=render_to_string("reports/weekly.txt", content).strip() + "\n",
        html=_inliner().inline(render_to_string("reports/weekly.html", content)),
    )


def contents(report: Report) -> dict[str, Any]:
    """Everything the templates print, in words."""
    main, *others = report.sections
    return {
        "subject": phrases.subject(report),
        "where": f"{report.organization}, {main.name}",
        "when": _("week {number} of {year}").format(number=report.week.number, year=report.week.year),
        "demo": report.demo,
        "headline": phrases.headline(main),
        "basis": phrases.basis(main),
        "cost": phrases.cost(main),
        "change": phrases.change(main),
        "dearer": (main.change or 0) > 0,
        "mover": phrases.mover(main),
        "bars": _bars(report, main),
        "parts": _parts(main),
        "missing_parts": phrases.missing_parts(main),
        "efficiency": _efficiency(main),
        "metrics": [phrases.metric(standing) for standing in main.metrics],
        "others": [_other(section) for section in others],
        "notes": notes(report),
        "window": phrases.window(report),
        "cohort": phrases.cohort(report),
        "open": report.url,
    }


def _bars(report: Report, section: Section) -> list[dict[str, Any]]:
    now, before = bars(section)
    digits = phrases.digits(section)
    rows = ((report.week, now, section.total), (report.week.back(1), before, section.total_before))
    return [
        {"label": _("To {day}").format(day=day(week.last_day)), "cells": cells, "total": money(total, digits)}
        for week, cells, total in rows
        if cells and total is not None
    ]


def _parts(section: Section) -> list[dict[str, str]]:
    digits = phrases.digits(section)
    return [
        {
            "kind": part.name,
            "name": _(PARTS[part.name]),
            "amount": "" if part.now is None else money(part.now, digits),
            "change": "" if part.change is None else more(part.change, digits),
        }
        for part in section.parts
    ]


def _efficiency(section: Section) -> dict[str, Any]:
    standing = section.efficiency
    own, median, place = phrases.metric(standing)[1:]
    return {
        "own": "" if standing.own is None else own,
        "median": median,
        "place": place,
        "why": phrases.why_no_peers(standing.missing),
        "strip": (cells := strip(standing)),
        "banded": any(cell.kind in ("wide", "mid") for cell in cells),
    }


def _other(section: Section) -> dict[str, str]:
    own = section.efficiency.own
    return {
        "name": section.name,
        "efficiency": "" if own is None else share(own),
        "place": phrases.place(section.efficiency),
        "cost": "" if section.total is None else money(section.total, phrases.digits(section)),
    }


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    """Keeps the rules for dark and for narrow screens, which cannot be inlined."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
