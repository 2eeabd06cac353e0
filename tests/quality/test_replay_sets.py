"""Replay sets through the public way in, and what the API says of them."""

import csv
import html
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.ingest import hints
from apps.ingest.files.run import run
from apps.ingest.models import Import
from apps.organizations import access
from apps.quality.freeze import freeze
from apps.quality.models import Evidence
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme

AT_ONCE = 10_000
Row = dict[str, Any]


@pytest.fixture
def place(priced: None, as_web: None) -> Acme:
    return acme()


def upload(place: Acme, name: str, rows: list[Row]) -> list[tuple[int, int, int]]:
    """(accepted, duplicate, rejected) of each post."""
    found = []
    for first in range(0, len(rows), AT_ONCE):
        answer = Client().post(
            f"/api/v1/replay-sets?name={name}",
            "\n".join(json.dumps(row) for row in rows[first : first + AT_ONCE]),
            content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {place.ingest_key}"},
        )
        assert answer.status_code == 200, answer.content
        said = answer.json()
        found.append((said["accepted"], said["duplicate"], len(said["rejected"])))
    return found


def asked(place: Acme, **query: Any) -> Any:
    answer = Client().get(
        "/api/v1/deployments/chat/replay-sets", query, headers={"Authorization": f"Bearer {place.token}"}
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def outcome(prompt: int, model: str, score: float, cost: str | None = None, **more: Any) -> Row:
    return {"prompt_id": f"p{prompt}", "task": "triage", "model": model, "score": score, "cost": cost, **more}


def small() -> list[Row]:
    """Four prompts: both solve the first (one within 5 % of the other), each another, nobody the last."""
    dear, cheap = "openai/gpt-4o", "openai/gpt-4o-mini"
    solved = ((1, 1), (1, 0), (0, 1), (0, 0))
    costs = (("0.0104", "0.01"), ("0.03", "0.01"), ("0.03", "0.01"), ("0.03", "0.02"))
    return [
        outcome(n, model, score, cost)
        for n, (scores, paid) in enumerate(zip(solved, costs, strict=True))
        for model, score, cost in zip((dear, cheap), scores, paid, strict=True)
    ]


def test_scores_of_selection_count_every_prompt_that_somebody_solved(place: Acme) -> None:
    assert upload(place, "small", small()) == [(8, 0, 0)]
    (one,) = asked(place)
    whole = one["whole"]
    assert (whole["prompts"], whole["solvable"], whole["incomplete"]) == (4, 3, 0)
    cheap, dear = whole["models"]
    assert (cheap["name"], cheap["solved"], cheap["cost_usd"]) == ("gpt-4o-mini", 2, "0.050000000")
    assert (cheap["optimal_selection"], cheap["optimal_cost"]) == (pytest.approx(2 / 3), 1.0)
    assert dear["optimal_selection"] == pytest.approx(2 / 3)  # 4 % dearer is as good
    assert dear["optimal_cost"] == pytest.approx(0.04 / 0.0404)
    assert dear["optimal_accuracy"] == pytest.approx(2 / 3)
    assert (whole["oracle"]["solved"], whole["oracle"]["cost_usd"]) == (3, "0.070000000")
    assert (whole["best_single"], whole["cheapest_single"]) == ("gpt-4o-mini", "gpt-4o-mini")
    assert asked(place, quality=0.6)[0]["whole"]["cheapest_single"] is None
    assert [task["task"] for task in one["tasks"]] == ["triage"]


def test_the_same_outcome_again_is_a_duplicate_and_a_bad_one_costs_no_other(place: Acme) -> None:
    upload(place, "small", small())
    bad: Row = {**small()[0], "prompt_id": "p9", "score": 1.5}
    text: Row = {**small()[0], "prompt_id": "p9", "prompt": "What was asked"}
    assert upload(place, "small", [*small(), bad, text]) == [(0, 8, 2)]
    assert upload(place, "other", small()) == [(8, 0, 0)]
    assert {one["name"] for one in asked(place)} == {"small", "other"}


def test_tokens_are_priced_and_what_has_neither_has_no_cost(place: Acme) -> None:
    usage: Row = {"input_tokens": 1_000, "output_tokens": 100}
    upload(place, "tokens", [outcome(0, "openai/gpt-4o", 1, **usage), outcome(0, "somebody/unlisted", 1, **usage)])
    models = {one["name"]: one for one in asked(place, name="tokens")[0]["whole"]["models"]}
    assert models["gpt-4o"]["cost_usd"] == "0.003500000"
    assert models["somebody/unlisted"]["cost_usd"] is None
    assert models["gpt-4o"]["optimal_selection"] is None  # the other may have been cheaper
    assert models["gpt-4o"]["optimal_accuracy"] == 1.0


def test_outcomes_are_evidence_of_later_days_with_the_length_of_answers(place: Acme) -> None:
    rows = [
        outcome(n, model, 1, "0.01", output_tokens=tokens)
        for n in range(30)
        for model, tokens in (("openai/gpt-4o", 100), ("openai/gpt-4o-mini", 150))
    ]
    upload(place, "evidence", rows)
    deployment, now = place.deployment(), timezone.now()
    with acting_as("worker"):
        freeze(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=now + timedelta(days=1))
        with access.scope(deployment.organization_id):
            found = Evidence.objects.filter(day=(now + timedelta(days=1)).date())
            known = {one.model: (one.replayed, one.quality_micro, one.output_tokens, one.answers) for one in found}
    assert known == {"gpt-4o": (30, 1_000_000, 3_000, 30), "gpt-4o-mini": (30, 1_000_000, 4_500, 30)}


def shown(place: Acme, **query: str) -> dict[str, list[str]]:
    """The rows of the page's first table, by policy."""
    answer = place.client().get(place.at("chat/providers/replay-sets"), query)
    assert answer.status_code == 200
    table = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [[text(cell) for cell in row.split("<td")[1:]] for row in table.split("<tr")[1:]]
    return {row[0].partition("|")[0]: row for row in rows}


def text(cell: str) -> str:
    """Without its markup; what is small stands behind a bar."""
    said = html.unescape(re.sub("<[^>]+>", "", cell.partition(">")[2].replace("<small>", "|")))
    return said.replace("\u00a0", " ").strip()


def test_the_page_never_shows_the_oracle_without_the_best_single_and_accuracies(place: Acme) -> None:
    assert "There is no replay set yet" in place.client().get(place.at("chat/providers/replay-sets")).content.decode()
    upload(place, "small", small())
    rows = shown(place)
    assert list(rows) == ["gpt-4o-mini", "gpt-4o", "Oracle"]
    assert rows["gpt-4o-mini"][:4] == [
        "gpt-4o-mini|best single, cheapest single at the quality asked for",
        "0.5000",
        "2",
        "$0.05",
    ]
    assert rows["Oracle"][0].startswith("Oracle|an upper bound")
    assert rows["Oracle"][1:4] == ["0.7500", "3", "$0.07"]
    assert rows["gpt-4o"][5:] == ["0.6667", "0.9901", "0.6667"]
    assert shown(place, quality="0.6")["gpt-4o-mini"][0] == "gpt-4o-mini|best single"
    assert shown(place, solved_at="2", set="unheard-of")["gpt-4o"][2] == "2"  # what cannot be asked is not


def test_a_file_of_outcomes_is_read_row_by_row_and_what_was_not_taken_is_told(
    place: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "read_soon", lambda *_: None)  # a worker of another test would read it first
    rows = [
        "prompt_id,task,model,score,cost,prompt",
        *(f"p{n},triage,openai/{model},1,0.01,what was asked" for n in range(3) for model in ("gpt-4o", "gpt-4o-mini")),
        "p9,triage,openai/gpt-4o,7,0.01,",
        ",triage,openai/gpt-4o,1,,",
    ]
    file = SimpleUploadedFile("outcomes.csv", "\n".join(rows).encode())
    sent = place.client().post(place.at("chat/providers/replay-sets"), {"name": "by file", "file": file})
    assert sent.status_code == 302, sent.context["form"].errors
    deployment = place.deployment()
    with acting_as("worker"):
        with access.scope(deployment.organization_id):
            one = Import.objects.get(deployment_id=deployment.pk)
        run(organization_id=deployment.organization_id, import_id=one.pk, clock=timezone.now)
    page = place.client().get(sent["Location"]).content.decode()
    assert "6\u00a0rows of 8 came in new" in page
    assert "Replay set, CSV" in page
    assert "score" in page.partition("What was not taken")[2]
    assert [row[2] for row in shown(place, set="by file").values()] == ["3", "3", "3"]
    assert "by file" in asked(place, name="by file")[0]["name"]
    nameless = place.client().post(place.at("chat/providers/replay-sets"), {"name": " ", "file": file})
    assert nameless.status_code == 200


def _routellm(data: Path, benchmark: str) -> list[Row]:
    """Tokens are estimated as characters / 4, an answer of one letter as one token; prices are those of the time."""
    models = {
        "gpt-4-1106-preview": ("gpt4_1106_correct", "gpt4_response_chars", Decimal(10), Decimal(30)),
        "mixtral-8x7b": ("mixtral_8x7b_correct", "mixtral_response_chars", Decimal("0.6"), Decimal("0.6")),
    }
    rows = []
    with (data / "routellm" / "outcomes.csv").open() as file:
        for number, line in enumerate(csv.DictReader(file)):
            for model, (right, length, price_in, price_out) in models.items():
                answer = Decimal(line[length]) / 4 if line[length] else Decimal(1)
                cost = (Decimal(line["prompt_chars"]) / 4 * price_in + answer * price_out) / 1_000_000
                row = {
                    "prompt_id": f"{line['prompt_sha1']}-{number}",
                    "task": line["domain"] or benchmark,
                    "model": model,
                }
                rows += [{**row, "score": int(line[right]), "cost": str(cost)}] * (line["benchmark"] == benchmark)
    return rows


def _routerarena(data: Path) -> list[Row]:
    """One of its scores lies below 0, which is none of a scale from 0 to 1."""
    with (data / "routerarena" / "results.csv").open() as file:
        return [
            {
                "prompt_id": line["request_id"], "task": line["dataset"], "model": line["model"],
                "score": max(float(line["score"]), 0.0), "cost": line["cost_usd"],
                "input_tokens": int(line["input_tokens"]), "output_tokens": int(line["output_tokens"]),
            }
            for line in csv.DictReader(file)
        ]  # fmt: skip


@pytest.mark.public_data
def test_every_figure_of_the_public_outcomes_comes_out_to_its_last_digit(place: Acme, public_data: Path) -> None:
    sets = {
        "routellm_mmlu": _routellm(public_data, "mmlu"),
        "routellm_gsm8k": _routellm(public_data, "gsm8k"),
        "routerarena": _routerarena(public_data),
    }
    for name, rows in sets.items():
        assert sum(accepted for accepted, _, _ in upload(place, name, rows)) == len(rows)
    with (public_data / "ground_truth.csv").open() as file:
        truth = list(csv.DictReader(file))
    found = {one["name"]: one["whole"] for one in asked(place)}
    pages = {name: shown(place, set=name) for name in sets}
    assert len(truth) == 9
    for line in truth:
        whole = found[line["dataset"]]
        policies = {one["name"]: one for one in (*whole["models"], whole["oracle"])}
        one = policies[line["policy"]] if line["policy"] in policies else policies[line["policy"].rpartition("-")[0]]
        digits = len(line["cost"].partition(".")[2])
        told = (whole["prompts"], one["solved"], f"{one['accuracy']:.4f}", f"{Decimal(one['cost_usd']):.{digits}f}")
        assert told == (int(line["n"]), int(line["solved"]), line["accuracy"], line["cost"])
        _, accuracy, solved, cost, *_ = pages[line["dataset"]][one["name"].replace("oracle", "Oracle")]
        dollars = f"{Decimal(cost.removeprefix('$').replace(',', '')):.{digits}f}"
        assert (accuracy, solved, dollars) == (line["accuracy"], f"{int(line['solved']):,}", line["cost"])
        told_on_page = (
            place.client().get(place.at("chat/providers/replay-sets"), {"set": line["dataset"]}).content.decode()
        )
        assert f"n = {int(line['n']):,}\u00a0prompts" in told_on_page
    arena = {one["name"].partition("-")[0]: one for one in found["routerarena"]["models"]}
    means = {name: f"{one['mean_score']:.4f}" for name, one in arena.items()}
    on_page = {name.partition("-")[0]: row[4] for name, row in pages["routerarena"].items() if name != "Oracle"}
    assert means == on_page == {"claude": "0.5234", "gemini": "0.6901"}
    for line in truth:
        if line["policy"] == "oracle":
            assert _noted(line["note"]).items() <= _who_solved(found[line["dataset"]]).items()


def _noted(note: str) -> dict[str, int]:
    """How many prompts all solved, nobody did, and each alone, by the first letters of its name; fractional scores aside."""
    told = {words.rpartition(" ")[0].removeprefix("picks: "): words.rpartition(" ")[2] for words in note.split("; ")}
    names = {
        "both right": "both",
        "both": "both",
        "none": "none",
        "only gpt4": "gpt",
        "only mixtral": "mix",
        "haiku": "cla",
    }
    return {names[words]: int(number) for words, number in told.items() if words in names}


def _who_solved(whole: Any) -> dict[str, int]:
    """The same out of what is told of two models: who solved how many, and how many somebody did."""
    one, other = whole["models"]
    alone = {model["name"][:3]: whole["solvable"] - beside["solved"] for model, beside in ((one, other), (other, one))}
    both = one["solved"] + other["solved"] - whole["solvable"]
    return {"both": both, "none": whole["prompts"] - whole["solvable"], **alone}
