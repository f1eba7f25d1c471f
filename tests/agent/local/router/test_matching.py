"""What the sources say of a question: `matched`."""

import math

import pytest
from local_parts import passage

from stylegraph.agent.evidence import Match
from stylegraph.agent.local.router.matching import Judge, matched
from stylegraph.agent.local.router.signs import Weights, shipped_weights

TORN = {"documents": -0.2, "web": 0.3, "chat": -0.7, "fashion": -0.9}
"""Margins of a question that sounds as if it were for the web."""


WEIGHTS = Weights(score=20.0, leans=3.0, gap=1.5, spoken=0.0, alike=0.0, asks=0.0, constant=0.0, least=1.0)
WAR = passage("# The war\n\nThe war ended with the treaty of Varn.", title="The war")


class Holding:
    """Documents that match every question alike: a stand-in for an index."""

    name = "documents"

    def __init__(self, score, *, strange=True):
        self.found = Match(score, strange=strange, passages=[WAR])
        self.asked = 0

    async def probe(self, question):
        return (await self.match(question)).score

    async def match(self, question):
        self.asked += 1
        return self.found


@pytest.fixture
def judge(reader):
    return Judge(reader, WEIGHTS)


async def made_of(margins, score, judge, *, leans=-1.0, strange=True):
    source = Holding(score, strange=strange)
    return await matched({"documents": source}, "how did the war end", leans, dict(margins), judge), source


async def test_what_somebody_put_there_answers_what_it_matches_well(judge):
    found, _ = await made_of(TORN, 0.4, judge)
    assert found.route == "documents"
    assert found.likely > 0.9


async def test_a_match_by_chance_answers_nothing(judge):
    found, _ = await made_of(TORN, 0.12, judge)
    assert found[:3] == (TORN, None, 0.0)


async def test_a_first_question_that_presupposes_something_needs_less_of_a_match(judge):
    assert (await made_of(TORN, 0.15, judge, leans=-1.0))[0].route is None
    assert (await made_of(TORN, 0.15, judge, leans=-0.1))[0].route == "documents"


async def test_how_likely_it_is_is_reckoned_by_the_weights_that_are_shipped(reader):
    found, _ = await made_of(TORN, 0.4, Judge(reader))
    assert found.route == "documents"
    assert found.likely == pytest.approx(1 / (1 + math.exp(-shipped_weights().odds(found.signs))))


async def test_what_is_there_is_read(judge):
    found, _ = await made_of(TORN, 0.4, judge)
    assert found.signs[:3] == (0.4, -1.0, pytest.approx(-0.5))
    assert found.signs.spoken > 0.5
    assert found.signs.alike > 0.1


async def test_other_weights_decide_where_they_are_given(reader):
    sure = WEIGHTS._replace(score=10.0, leans=0.0, gap=0.0, constant=-1.0, least=3.0)
    assert (await made_of(TORN, 0.4, Judge(reader, sure)))[0].likely == pytest.approx(1 / (1 + math.exp(-3.0)))
    held_back, _ = await made_of(TORN, 0.4, Judge(reader, sure._replace(least=3.1)))
    assert held_back[:3] == (TORN | {"documents": pytest.approx(0.3)}, None, 0.0)
    assert held_back.signs is not None


async def test_samples_that_the_router_knows_already_only_lift_a_margin(judge):
    found, _ = await made_of(TORN, 0.4, judge, strange=False)
    assert found.route is None
    assert found.margins["documents"] == pytest.approx(TORN["documents"] + 0.5)
    assert found.margins["web"] == TORN["web"]


async def test_a_sure_route_is_not_changed_by_a_match(judge):
    assert (await made_of({**TORN, "web": 1.0}, 0.6, judge))[0].route is None


@pytest.mark.parametrize("first", ["fashion", "orders"])
async def test_what_is_for_items_or_a_source_of_ones_own_is_not_looked_up(judge, first):
    found, source = await made_of({**TORN, first: 0.5}, 0.9, judge)
    assert found.route is None
    assert source.asked == 0


@pytest.mark.parametrize(
    ("margins", "clauses", "leans", "times"),
    [({"documents": 0.3, "web": -0.2}, (), -1.0, 0), ({"documents": 0.3, "web": 0.2}, (), -1.0, 1),
     ({"documents": 0.3, "web": 0.1}, ({"documents": 0.3}, {"web": 0.2}), -1.0, 1), ({"documents": 0.3, "web": -0.2}, (), 0.1, 1),
     ({"documents": 0.3, "web": 0.2}, (), 0.5, 0)],
    ids=["alone anyway", "another beside it", "another clause's", "leaning a little", "put back"],
)  # fmt: skip
async def test_a_source_is_searched_only_where_that_can_change_the_way(judge, margins, clauses, leans, times):
    source = Holding(0.4)
    await matched({"documents": source}, "how did the war end", leans, {**TORN, **margins}, judge, clauses)
    assert source.asked == times
