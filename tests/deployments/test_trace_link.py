"""A link to a tenant's own trace viewer is typed by people and filled by strangers: neither can lead anywhere else."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deployments.trace_link import EXAMPLE, BadTemplateError, checked, filled

FACTS = {"trace_id": "4bf92f", "request_id": "r/1?a=b#c", "response_id": None, "day": "2026-11-22"}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("javascript:alert(1)//{trace_id}", "Begin with https://"),
        ("JaVaScRiPt:alert(1)//{trace_id}", "Begin with https://"),
        ("data:text/html,{trace_id}", "Begin with https://"),
        ("//viewer.example/{trace_id}", "Begin with https://"),
        ("viewer.example/{trace_id}", "Begin with https://"),
        ("ftp://viewer.example/{trace_id}", "Begin with https://"),
        ("https://me:secret@viewer.example/{trace_id}", "before the @"),
        ("https://viewer.example@evil.example/{trace_id}", "before the @"),
        ("https://{trace_id}.example/", "Name the host"),
        ("https://{trace_id}/x", "Name the host"),
        ("https:///{trace_id}", "Name the host"),
        ("https://vi%65wer.example/{trace_id}", "Name the host"),
        ("https://viewer.example:{day}/", "This is no address"),
        ("https://viewer.example:99999/{day}", "This is no address"),
        ("https://[::1/{day}", "This is no address"),
        ("https://viewer.example/{secret}", "There is no {secret}: use {trace_id}"),
        ("https://viewer.example/{trace_id", "A brace is left over"),
        ("https://viewer.example/{{trace_id}}", "A brace is left over"),
        ("https://viewer.example/", "Say where the id goes"),
        ("https://viewer.example/{trace_id}\njavascript:", "without spaces"),
        ("java\tscript://viewer.example/{trace_id}", "without spaces"),
        ("https:\\\\viewer.example\\{trace_id}", "without spaces"),
        ("https://viewer.example/\u202e{trace_id}", "without spaces"),
        ("https://viewer.example/\x00{trace_id}", "without spaces"),
        (f"https://viewer.example/{'a' * 500}{{day}}", "at most 500"),
    ],
)
def test_a_template_that_could_lead_elsewhere_is_refused_with_what_to_change(template: str, said: str) -> None:
    with pytest.raises(BadTemplateError, match=said.replace("{", r"\{").replace("(", r"\(")):
        checked(template)


def test_a_good_template_is_kept_as_it_was_typed() -> None:
    good = ("http://localhost:3000/t/{trace_id}", "https://[::1]:16686/trace/{trace_id}?d={day}#{request_id}", EXAMPLE)
    assert [checked(f"  {one} ") for one in good] == list(good)
    assert checked("  ") == ""


def test_values_are_encoded_and_what_is_not_known_makes_no_link() -> None:
    assert (
        filled("https://v.example/{request_id}?day={day}", FACTS)
        == "https://v.example/r%2F1%3Fa%3Db%23c?day=2026-11-22"
    )
    assert filled("https://v.example/{response_id}", FACTS) == ""
    assert filled("", FACTS) == ""
    assert [filled("https://v.example/a/{trace_id}/b", {"trace_id": up}) for up in ("..", ".", "")] == ["", "", ""]


@given(st.text(min_size=1))
def test_whatever_an_id_holds_it_stays_one_piece_of_the_address(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    link = filled("https://v.example/t/{trace_id}/end?x={trace_id}", {"trace_id": value})
    if value in (".", ".."):
        assert link == ""
        return
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "v.example", "")
    assert [unquote(piece) for piece in parts.path.split("/")] == ["", "t", value, "end"]
