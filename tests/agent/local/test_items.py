"""Recommended items as a list that reads."""

from stylegraph.agent.local.items import present, recommendations
from stylegraph.agent.reply import Reason, Recommendation


def item(name, *reasons, price=10_000, missed=()):
    told = [Reason(field="seasons", text=text) for text in reasons]
    return Recommendation(id=name, name=name, reasons=told, price_krw=price, image=None, missed=list(missed))


def test_what_is_true_of_all_is_said_once_before_them():
    items = [item("A", "Good for summer", "Linen shirt"), item("B", "Good for summer"), item("C", "Good for summer")]
    assert present(items, "en") == [
        "In common: Good for summer.",
        "1. A (10,000 won) — Linen shirt.",
        "2. B (10,000 won)",
        "3. C (10,000 won)",
    ]


def test_what_two_items_share_is_told_once_too():
    assert present([item("가", "여름에 입기 좋아요"), item("나", "여름에 입기 좋아요")], "ko") == [
        "모두 맞는 점: 여름에 입기 좋아요.",
        "1. 가 (10,000원)",
        "2. 나 (10,000원)",
    ]


def test_what_an_item_misses_stands_behind_its_reasons():
    (line,) = present([item("A", "Good for summer", missed=["Not red: it is blue"])], "en", numbered=False)
    assert line == "A (10,000 won) — Good for summer. Does not meet: Not red: it is blue"


def test_as_many_items_are_told_as_a_source_says_were_asked_for():
    found = [{"data": {"item": {"id": str(number)}, "name": str(number)}} for number in range(10)]
    assert len(recommendations(found)) == 6
    found[0]["data"]["asked_for"] = 8
    assert len(recommendations(found)) == 8
