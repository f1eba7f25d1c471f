"""One garment after another in a wish: what each clause says is said of its own."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.wish import wishes_of


def wanted(reader: WishReader, text: str) -> list[dict[str, list[str]]]:
    """Return what each wish of a text is for."""
    return [one["wanted"] for one in wishes_of(reader.read(text))]


def test_each_clause_keeps_its_season(reader):
    shirt, boots = wanted(reader, "셔츠 하나 추천해줘, 그리고 겨울 부츠도")
    assert shirt["category"] == ["shirt"]
    assert "seasons" not in shirt
    assert boots == {"category": ["boots"], "seasons": ["winter"]}


def test_english_clauses_are_told_apart_by_what_joins_them(reader):
    dress, boots = wanted(reader, "recommend a summer dress, and also some winter boots")
    assert dress == {"category": ["dress"], "seasons": ["summer"]}
    assert boots == {"category": ["boots"], "seasons": ["winter"]}


def test_what_for_carries_over_to_a_clause_that_says_nothing_of_it(reader):
    one, other = wanted(reader, "면접에 입을 흰 셔츠 추천해줘. 그리고 치마도")
    assert one["occasions"] == other["occasions"]
    assert "colours" not in other


def test_who_wears_it_holds_for_all(reader):
    one, other = wanted(reader, "아빠 셔츠 추천해줘. 그리고 겨울 부츠도 골라줘")
    assert one["audience"] == other["audience"]


@pytest.mark.parametrize("text", ["I have a navy suit. What shoes go with it?", "셔츠 추천해줘. 빨간색은 싫어"])
def test_a_wish_for_one_garment_stays_one(reader, text):
    assert len(wanted(reader, text)) == 1
