"""What the mail says: the same in text and HTML, nothing where nothing is known, nothing of a peer in dollars."""

import re
from dataclasses import replace
from html import unescape

import pytest

from apps.advice.changes import Model
from apps.advice.fixes import Fix
from apps.advice.ranges import Range
from apps.reports.bars import bars
from apps.reports.letter import Letter, contents, write
from apps.reports.notes import notes
from apps.reports.phrases import headline, subject
from apps.reports.report import Part, Report
from apps.reports.strip import strip
from apps.reports.wording import decimals, money, more, points, share
from tests.dashboards import marked_language
from tests.reports import samples

UNSUBSCRIBE = "https://tollmark.example/unsubscribe/token"


def letter(report: Report) -> Letter:
    return write(report, unsubscribe=UNSUBSCRIBE)


def words(html: str) -> str:
    """The text of an HTML body, with single spaces."""
    body = re.sub(r"<(style|title)>.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_headline_says_in_words_what_the_subject_says_in_figures() -> None:
    report = samples.report()
    assert subject(report) == "Acme: routing efficiency 71.7\u202f%, 2.2 points above the median"
    assert headline(report.sections[0]) == (
        "Of each dollar, 72 cents bought answers: 2 more than at the median of your peers."
    )


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (0.60, "Of each dollar, 60 cents bought answers: 10 fewer than at the median of your peers."),
        (0.70, "Of each dollar, 70 cents bought answers: as many as at the median of your peers."),
        (0.01, "Of each dollar, 1 cent bought answers: 69 fewer than at the median of your peers."),
        (None, "How much of each dollar bought answers cannot be told yet."),
    ],
)
def test_headlines(own: float | None, expected: str) -> None:
    assert headline(samples.section(own=own)) == expected


def test_without_enough_peers_it_says_so_and_compares_with_the_week_before() -> None:
    report = samples.report(n=9)
    assert subject(report) == "Acme: routing efficiency 71.7\u202f%, up 0.4 points in a week"
    for body in (letter(report).text, words(letter(report).html)):
        assert "fewer than 10 other" in body
        assert "median of your peers" not in body
        assert "10-14" not in body


@pytest.mark.parametrize("report", [samples.report(), samples.report(n=12), samples.report(n=3), samples.unmeasured()])
def test_text_and_html_say_the_same(report: Report) -> None:
    """Every figure and sentence that the templates were given stands in both bodies."""
    made, content = letter(report), contents(report)
    text, html = " ".join(made.text.split()), words(made.html)
    said = [
        content[name] for name in ("headline", "basis", "cost", "change", "mover", "window", "cohort", "where", "when")
    ]
    said += content["missing_parts"] + content["notes"]
    said += [part[name] for part in content["parts"] for name in ("name", "amount", "change")]
    said += [column for row in content["metrics"] for column in row] + [bar["total"] for bar in content["bars"]]
    said += [other[name] for other in content["others"] for name in ("name", "efficiency", "place", "cost")]
    said += [content["efficiency"][name] for name in ("own", "median", "why")]
    for sentence in filter(None, said):
        expected = " ".join(sentence.split())
        assert expected in text
        assert expected in html
    assert UNSUBSCRIBE in made.text
    assert UNSUBSCRIBE in made.html
    assert content["open"] in made.text
    assert content["open"] in made.html


def test_a_part_that_is_not_known_is_neither_zero_nor_in_the_bar() -> None:
    section = samples.section()
    assert {cell.kind for cell in bars(section)[0]} == {"token", "retry", "latency", "maintenance"}
    selection = next(part for part in contents(samples.report())["parts"] if part["kind"] == "selection")
    assert (selection["amount"], selection["change"]) == ("", "")
    assert "Selection: not known" in letter(samples.report()).text
    assert "Selection: needs scores of two models" in letter(samples.report()).text


def test_nothing_measured_gives_a_mail_without_a_single_figure_of_money() -> None:
    made = letter(samples.unmeasured())
    assert "$" not in made.text
    assert "Use a source that reports every attempt of a request." in made.text
    assert made.subject == "Acme: week 47 of support-chat"


def test_a_part_declared_this_week_is_no_increase() -> None:
    parts = (Part("token", 100, 100), Part("retry", 20, 10), Part("maintenance", 500, None))
    section = replace(samples.section(), parts=parts)
    assert (section.total, section.total_before, section.change) == (620, 110, 10)


def test_the_bars_share_one_scale_and_add_up() -> None:
    now, before = bars(samples.section())
    assert sum(cell.steps for cell in now) == sum(cell.steps for cell in before) == 1_000
    assert now[-1].kind == "maintenance"
    assert before[-1].kind == "none"
    lengths = {cell.kind: cell.steps for cell in before}
    assert lengths["token"] == pytest.approx(1_000 * 810 / 1_200, abs=1)


@pytest.mark.parametrize("n", [12, 60, 220])
@pytest.mark.parametrize("own", [0.0, 0.3, 0.695, 0.717, 1.0, None])
def test_the_strip_is_whole_at_every_level_and_keeps_the_dot_inside(n: int, own: float | None) -> None:
    cells = strip(samples.section(n=n, own=own).efficiency)
    assert sum(cell.steps for cell in cells) == 1_000
    assert all(cell.steps > 0 for cell in cells)
    kinds = {cell.kind for cell in cells}
    assert ("you" in kinds) == (own is not None)
    assert ("mid" in kinds) == (n >= 20)
    assert ("wide" in kinds) == (n >= 200)


def test_better_is_left() -> None:
    good, bad = (strip(samples.section(own=own).efficiency) for own in (0.83, 0.56))
    kinds = [[cell.kind for cell in cells] for cells in (good, bad)]
    assert kinds[0].index("you") < kinds[0].index("median")
    assert kinds[1].index("you") > kinds[1].index("median")


def test_no_strip_without_a_median() -> None:
    assert strip(samples.section(n=5).efficiency) == ()


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.report(n=9), samples.report(demo=True), samples.report(own=None), samples.unmeasured()],
)
def test_but_for_names_every_word_of_the_mail_comes_through_a_catalogue(report: Report) -> None:
    with marked_language.spoken():
        made = letter(report)
        told = [made.subject, made.text, *marked_language.Words(made.html).texts]
    named = re.compile(r"https://\S+|\b(?:Tollmark|Acme|support-chat|eu-triage)\b")
    assert [left for text in told if (left := re.findall("[A-Za-z]{2,}", named.sub("", text)))] == []


def test_no_dollar_of_a_peer_is_told() -> None:
    """The only amounts are the own parts and totals."""
    made = letter(samples.report())
    own = {"$0.82", "$0.19", "$0.09", "$0.10", "$1.20", "$1.15", "$0.05", "$0.01", "$0.03"}
    assert set(re.findall(r"\$[\d.]+\d", made.text + words(made.html))) <= own


def test_the_html_loads_nothing_and_runs_nothing() -> None:
    html = letter(samples.report()).html
    assert not re.search(r"<img|<svg|<script|<link|url\(|@import|src=", html)
    assert "prefers-color-scheme: dark" in html
    assert re.search(r'class="ink line headline" style="[^"]*font-size: ?21px', html)


EVIL = ["=cmd()", "<script>alert(1)</script>", "a\r\nBcc: x@y.example", "../../x", "{{7*7}}", "x" * 10_000, "<b>\u202e"]


@pytest.mark.parametrize("name", EVIL)
def test_names_are_text_and_nothing_else(name: str) -> None:
    report = replace(samples.report(), organization=name, sections=(replace(samples.section(), name=name),))
    made = letter(report)
    assert "<script>" not in made.html
    assert "<b>\u202e" not in made.html
    assert "49" not in made.subject.replace("47", "")
    assert " ".join(name.split()) in words(made.html)


@pytest.mark.parametrize(
    ("nano", "digits", "expected"),
    [(1_320_000_000, 2, "$1.32"), (-50_000_000, 2, "\u2212$0.05"), (4_200_000, 4, "$0.0042"), (-1, 2, "$0.00")],
)
def test_money(nano: int, digits: int, expected: str) -> None:
    assert money(nano, digits) == expected


@pytest.mark.parametrize(
    ("greatest", "digits"), [(5_000_000_000, 2), (100_000_000, 2), (99_000_000, 3), (4_200_000, 4), (0, 2)]
)
def test_small_amounts_get_the_digits_that_show_them(greatest: int, digits: int) -> None:
    assert decimals([greatest, None]) == digits


def test_changes_and_points() -> None:
    assert (more(30_000_000), more(-30_000_000), more(1)) == ("+$0.03", "\u2212$0.03", "unchanged")
    assert (points(0.022), points(-0.01), points(0.02)) == ("2.2 points", "1 point", "2 points")
    assert share(0.717) == "71.7\u202f%"


def test_the_fix_worth_most_is_one_line_of_the_deployment_where_it_surely_saves_most() -> None:
    move = Fix(
        "move",
        Range(310 * 10**9, 420 * 10**9),
        9,
        task="classification",
        to=Model("openai", "gpt-4o-mini"),
        quality=0.97,
    )
    failures = Fix("failures", Range(88 * 10**9, 88 * 10**9), 9, route="deep", cause="rate_limited", attempts=3)
    first, second = (
        replace(samples.section(), name=name, fix=fix) for name, fix in (("chat", failures), ("mail", move))
    )
    told = replace(samples.report(), sections=(first, second))
    assert notes(told)[-1] == (
        "The fix worth most, in mail: openai/gpt-4o-mini for classification saves $310.00 to $420.00 a month "
        "at 97\u202f% of today\u2019s quality, n = 0."
    )
    assert notes(replace(told, sections=(first,)))[-1] == (
        "The fix worth most, in chat: failed attempts on the route deep (rate limited) cost $88.00 a month beyond plan."
    )
    assert not any("worth most" in one for one in notes(samples.report()))
