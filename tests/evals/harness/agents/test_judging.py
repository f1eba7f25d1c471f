"""What makes an answer right or wrong, each with its reason."""

import pytest

from stylegraph.evals.harness.agents.answers import Answer, broken_blocks, named_items, of_text
from stylegraph.evals.harness.agents.cases import AgentTurn
from stylegraph.evals.harness.agents.judging import amounts, right, uncited

BLACK, CHARCOAL = "sg004", "sg187"  # 59,000 and 49,000 won
PYTHON = "def one():\n    return 1"


def turn(**given) -> AgentTurn:
    return AgentTurn(**{"ask": "what is it?", **given})


def said(text: str, **more) -> Answer:
    return Answer(text, **{"items": tuple(named_items(text)), "broken": broken_blocks(text), **more})


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"facts": [["30 °C", "30°C"]]}, "1. First\n2. 30℃ with a mild detergent"),
        ({"facts": [["30"]], "never": ["60"]}, "Wash it at 30 °C."),
        ({"unanswerable": True}, "The manual does not say whether it has Wi-Fi."),
        ({"ask": "주차비 얼마야?", "unanswerable": True}, "문서에서 주차비는 찾지 못했어요."),
        ({"ask": "표로 줘", "form": "table"}, "| 종류 | 일수 |\n|---|---|\n| 병가 | 10일 |\n| 결혼 | 5일 |"),
        ({"form": "checklist", "least_rows": 2}, "- [ ] Close the zip of it\n- [ ] Wash it with the rest"),
        ({"code": [PYTHON]}, f"Here is the function:\n```python\n{PYTHON}\n```"),
        ({"code": [PYTHON]}, "Here is the function:\n\n  ```python\n  def one():\n      return 1\n  ```"),
        ({"items": {"must": [{"category": ["sweater"]}], "price": {"lte": 60000}}}, "The Black fine-knit turtleneck"),
        ({"language": "ko"}, "코트를 문 뒤에 걸어 주세요."),
        ({"ask": "캐시미어 보풀은?"}, "빗으로 떼세요. [Wool and cashmere: grades, pilling and care]"),
    ],
)
def test_it_is_right(asked, text):
    assert right(turn(**asked), said(text)) == []


@pytest.mark.parametrize(
    ("asked", "text", "reason"),
    [
        ({"facts": [["30"]]}, "Wash it at 2.30 or 130 degrees.", "lacks 30"),
        ({"facts": [["100"]]}, "1. It is 10\n2. It is 0", "lacks 100"),
        ({"never": ["60"]}, "Wash it at 60 degrees.", "says 60"),
        ({}, "  ", "no text"),
        ({}, "30도 물에서 빨아요.", "is not in en"),
        ({"unanswerable": True}, "It costs 20 euros a month.", "does not say that nothing was found"),
        ({"form": "table"}, "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |", "no table of 2 rows"),
        ({"form": "checklist"}, "Close the zip, then wash it.", "no list of 2 lines"),
        ({"code": [PYTHON]}, "Here it is:\n```python\ndef one():\n  return 1\n```", "lacks the code: def one(): …"),
        ({"code": [PYTHON]}, f"Here it is:\n{PYTHON}", "lacks the code: def one(): …"),
        ({}, f"Here it is:\n```python\n{PYTHON}", "a code block is broken"),
        ({}, f"Here it is:\n```python\n{PYTHON} [1]\n```", "a code block is broken"),
        ({"items": {}}, "I have nothing to show.", "recommends 0 of at least 1"),
        ({"kinds": [["skirt"]]}, "The Black fine-knit turtleneck", "no skirt"),
        ({"items": {}, "total": {"lte": 50000}}, "The Black fine-knit turtleneck, 59,000 won", "costs 59,000 together"),
        ({"items": {}, "total": {}}, "The Black fine-knit turtleneck", "does not say that all cost 59,000"),
    ],
)
def test_it_is_wrong_and_says_why(asked, text, reason):
    assert right(turn(**asked), said(text)) == [reason]


def test_an_item_that_does_not_fit_is_named_with_what_it_lacks():
    wrong = right(turn(items={"must": [{"colours": ["white"]}]}), said("The Black fine-knit turtleneck"))
    assert wrong == ["sg004 Black fine-knit turtleneck (59,000) does not fit: [{'colours': ['white']}]"]


def test_the_second_one_is_of_the_last_items_that_were_shown():
    asked = turn(of_shown=[{"nth": 2, "field": "price"}, {"nth": 2, "field": "colours"}])
    shown = [["sg001"], [BLACK, CHARCOAL], []]
    assert right(asked, said("That one is grey and costs 49,000 won."), shown) == []
    assert len(right(asked, said("That one is pink and costs 59,000 won."), shown)) == 2
    assert right(asked, said("It is grey: 49,000 won."), [[BLACK]]) == ["only 1 items were shown before"]


def test_a_sum_a_cheapest_and_a_cheaper_one_are_counted_from_what_was_shown():
    shown = [[BLACK, CHARCOAL]]
    assert right(turn(sum_of_shown=[1, 2]), said("Together the two are 108,000 won."), shown) == []
    assert right(turn(sum_of_shown=[1, 2]), said("Together the two are 98,000 won."), shown) == [
        "lacks the sum 108,000"
    ]
    cheapest = said("The charcoal and black two-tone crew-neck sweater is.")
    assert right(turn(cheapest_of_shown=True), cheapest, shown) == []
    assert right(turn(cheapest_of_shown=True), said("The Black fine-knit turtleneck is."), shown)
    cheaper = turn(items={}, cheaper_than=2)
    assert right(cheaper, said("Then take the Cream beige crew sweater."), shown) == []
    assert right(cheaper, said("Then take the Teal green long mock-neck sweater."), shown)


def test_an_item_of_before_that_is_named_again_is_no_recommendation():
    text = "Unlike the Black fine-knit turtleneck, the Cream beige crew sweater is under 50,000 won."
    assert right(turn(items={"price": {"lte": 50000}}), said(text), [[BLACK]]) == []


def test_what_must_be_cited_is_known_by_file_title_or_address():
    asked = turn(cited=True, documents=["silk-care.en.md"])
    assert uncited(asked, said("No.", cited=("Washing silk", "guide/silk-care.en.md"))) == []
    assert uncited(asked, said("No.", cited=("Washing silk",))) == ["cites none of silk-care.en.md"]
    assert uncited(asked, said("No.")) == ["cites nothing"]
    assert uncited(turn(), said("No.")) == []


def test_a_text_cites_by_title(tmp_path):
    found = [{"id": "1", "route": "documents", "title": "Looking after linen", "text": "", "url": "/x/linen.en.md"}]
    evidence = [{**one, "locator": {}, "score": 1.0, "found_by": "fused", "data": {}} for one in found]
    assert "/x/linen.en.md" in of_text("At 30 °C [looking after linen].", evidence).cited
    assert of_text("At 30 °C.", evidence).cited == ()


def test_the_longer_of_two_names_is_meant():
    assert len(named_items("the White cut-off denim shorts II, 39,000 won")) == 1
    assert named_items("first the Navy fine-gauge turtleneck, then the Black fine-knit turtleneck") == [
        "sg108",
        "sg004",
    ]


def test_prices_are_read_in_figures_and_in_words():
    assert amounts(49_000) == ["49,000", "49000", "4만9천"]
    assert amounts(120_000) == ["120,000", "120000", "12만"]
    assert amounts(28_800) == ["28,800", "28800"]
