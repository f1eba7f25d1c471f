"""What the sources say of a question: `matched`."""

import math

import pytest

from stylegraph.agent.evidence import Match
from stylegraph.agent.local.router.matching import Signs, Weights, matched, shipped_weights

TORN = {"documents": -0.2, "web": 0.3, "chat": -0.7, "fashion": -0.9}
"""Margins of a question that sounds as if it were for the web."""


class Holding:
    """Documents that match every question alike: a stand-in for an index."""

    name = "documents"

    def __init__(self, score, *, strange=True):
        self.found = Match(score, strange=strange)
        self.asked = 0

    async def probe(self, question):
        return (await self.match(question)).score

    async def match(self, question):
        self.asked += 1
        return self.found


async def made_of(margins, score, *, leans=-1.0, strange=True, weights=None):
    source = Holding(score, strange=strange)
    return await matched({"documents": source}, "how did the war end", leans, dict(margins), weights=weights), source


async def test_what_somebody_put_there_answers_what_it_matches_well():
    found, _ = await made_of(TORN, 0.4)
    assert found.route == "documents"
    assert found.likely > 0.9


async def test_a_match_by_chance_answers_nothing():
    found, _ = await made_of(TORN, 0.12)
    assert found[:3] == (TORN, None, 0.0)


async def test_a_first_question_that_presupposes_something_needs_less_of_a_match():
    assert (await made_of(TORN, 0.15, leans=-1.0))[0].route is None
    assert (await made_of(TORN, 0.15, leans=-0.1))[0].route == "documents"


async def test_how_likely_it_is_is_reckoned_by_the_weights_that_are_shipped():
    found, _ = await made_of(TORN, 0.4)
    assert found.signs == Signs(score=0.4, leans=-1.0, gap=pytest.approx(-0.5))
    assert found.likely == pytest.approx(1 / (1 + math.exp(-shipped_weights().odds(found.signs))))


async def test_other_weights_decide_where_they_are_given():
    sure = Weights(score=10.0, leans=0.0, gap=0.0, constant=-1.0, least=3.0)
    assert (await made_of(TORN, 0.4, weights=sure))[0].likely == pytest.approx(1 / (1 + math.exp(-3.0)))
    held_back, _ = await made_of(TORN, 0.4, weights=sure._replace(least=3.1))
    assert held_back == (TORN | {"documents": pytest.approx(0.3)}, None, 0.0, Signs(0.4, -1.0, pytest.approx(-0.5)))


async def test_samples_that_the_router_knows_already_only_lift_a_margin():
    found, _ = await made_of(TORN, 0.4, strange=False)
    assert found.route is None
    assert found.margins["documents"] == pytest.approx(TORN["documents"] + 0.5)
    assert found.margins["web"] == TORN["web"]


async def test_a_sure_route_is_not_changed_by_a_match():
    assert (await made_of({**TORN, "web": 1.0}, 0.6))[0].route is None


@pytest.mark.parametrize("first", ["fashion", "orders"])
async def test_what_is_for_items_or_a_source_of_ones_own_is_not_looked_up(first):
    found, source = await made_of({**TORN, first: 0.5}, 0.9)
    assert found.route is None
    assert source.asked == 0


@pytest.mark.parametrize(
    ("margins", "clauses", "leans", "times"),
    [({"documents": 0.3, "web": -0.2}, (), -1.0, 0), ({"documents": 0.3, "web": 0.2}, (), -1.0, 1),
     ({"documents": 0.3, "web": 0.1}, ({"documents": 0.3}, {"web": 0.2}), -1.0, 1), ({"documents": 0.3, "web": -0.2}, (), 0.1, 1),
     ({"documents": 0.3, "web": 0.2}, (), 0.5, 0)],
    ids=["alone anyway", "another beside it", "another clause's", "leaning a little", "put back"],
)  # fmt: skip
async def test_a_source_is_searched_only_where_that_can_change_the_way(margins, clauses, leans, times):
    source = Holding(0.4)
    await matched({"documents": source}, "how did the war end", leans, {**TORN, **margins}, clauses)
    assert source.asked == times
