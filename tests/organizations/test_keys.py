import re

import pytest

from apps.organizations import keys


def test_a_key_tells_its_id_and_the_hash_of_its_secret() -> None:
    made = keys.make()
    assert keys.parse(made.text) == (made.key_id, made.secret_hash)
    assert re.fullmatch(r"tmk_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}", made.text)


def test_two_keys_share_nothing() -> None:
    one, other = keys.make(), keys.make()
    assert one.key_id != other.key_id
    assert one.secret_hash != other.secret_hash


@pytest.mark.parametrize("position", [4, 13, 20, 44, 50])
def test_a_mistyped_character_is_refused_without_a_look_up(position: int) -> None:
    text = keys.from_number(2**400 + 12345).text
    changed = "A" if text[position] != "A" else "B"
    assert keys.parse(text[:position] + changed + text[position + 1 :]) is None


@pytest.mark.parametrize("text", ["", "tmk_", "tmk__", "sk-proj-abc", "tmk_12345678_short123456", "\x00" * 51])
def test_what_is_no_key_is_refused(text: str) -> None:
    assert keys.parse(text) is None


def test_the_same_number_gives_the_same_key() -> None:
    assert keys.from_number(2**300 + 7) == keys.from_number(2**300 + 7)
    assert keys.from_number(2**300 + 7) != keys.from_number(2**300 + 8)
