"""What is tried next when an answer is not good enough."""

import pytest
from local_parts import answering

from stylegraph.agent.local.reviser import LocalReviser, without_narrowest

BAD = {"good": False, "answers": 0.0, "grounded": 1.0, "missing": ["..."]}
WEAK = {"text": "", "kind": "answer", "citations": [], "recommendations": []}


def state(question="울 니트 세탁 온도 알려줘", routes=("documents",), filters=None, **rest):
    asked = answering(question, routes, [], draft=WEAK, grade=BAD, **rest)
    asked["routing"]["filters"] = filters or {}
    return asked


async def revised(asked, routes=("documents", "web")):
    return (await LocalReviser(routes, k=6).revise(asked))["revision"]


async def test_first_it_asks_for_more_and_in_other_words():
    revision = await revised(state())
    assert revision["action"] == "widen"
    assert revision["k"] == 24
    first, second = revision["routing"]["queries"]["documents"]
    assert first == "울 니트 세탁 온도 알려줘"
    assert second.endswith("니트 세탁 온도")


async def test_it_also_asks_without_the_garment_where_the_fabric_decides():
    queries = (await revised(state("실크 블라우스 다림질")))["routing"]["queries"]["documents"]
    assert queries[2:] == ["실크 다리"]


async def test_the_narrowest_filter_is_dropped_first_and_what_is_excluded_stays():
    filters = {"fashion": {"colours": {"none": ["red"]}, "seasons": {"any": ["summer"]}, "price_krw": {"lte": 50000}}}
    revision = await revised(state("여름 셔츠", ("fashion",), filters))
    assert revision["routing"]["filters"] == {"fashion": {"colours": {"none": ["red"]}, "price_krw": {"lte": 50000}}}
    assert "seasons" in revision["reason"]


@pytest.mark.parametrize(("shown", "limit"), [([{"id": "a"}], {"price_krw": {"lte": 50000}}), ([], {})])
async def test_what_items_that_are_shown_have_met_is_kept_while_the_other_half_is_looked_for(shown, limit):
    filters = {"fashion": {"price_krw": {"lte": 50000}}}
    found = {"route": "fashion", "data": {"item": "a", "name": "Shirt"}}
    asked = state("면접에 입을 셔츠 5만원 이하로, 면접 예절도", ("fashion", "documents"), filters) | {
        "evidence": [found]
    }
    revision = await revised(asked | {"draft": {**WEAK, "recommendations": shown}})
    assert revision["action"] == "widen"
    assert revision["routing"]["filters"] == {"fashion": limit}


def test_clothes_for_somebody_else_are_the_last_to_be_offered():
    filters = {"fashion": {"audience": {"any": ["men"]}, "colours": {"any": ["red", "blue"]}}}
    assert without_narrowest(filters)[1] == "colours"


async def test_then_it_asks_another_source():
    revision = await revised(state(revisions=1))
    assert revision["routing"]["routes"] == ["documents", "web"]
    assert revision["routing"]["queries"]["web"] == ["울 니트 세탁 온도 알려줘"]


@pytest.mark.parametrize(
    ("routes", "available"), [(("documents",), ("documents",)), (("fashion",), ("fashion", "web"))]
)
async def test_it_stops_when_there_is_nowhere_else(routes, available):
    assert (await revised(state(routes=routes, revisions=1), available))["action"] == "stop"


async def test_an_answer_that_is_there_but_not_borne_out_is_written_again():
    asked = state()
    asked["grade"] = {**BAD, "answers": 1.0, "grounded": 0.5}
    assert (await revised(asked))["action"] == "correct"


async def test_the_reason_is_in_the_language_of_the_question():
    assert "찾아볼게요" in (await revised(state()))["reason"]
    assert "look more widely" in (await revised(state("how hot may wool be washed?")))["reason"]


async def test_what_comes_nearest_is_not_corrected_but_looked_wider_for():
    asked = state()
    asked["grade"], asked["draft"] = {**BAD, "answers": 1.0}, {**WEAK, "kind": "nothing"}
    assert (await revised(asked))["action"] == "widen"
