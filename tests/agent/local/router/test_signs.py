"""What tells that a source answers by itself: `signs_of`, and how it is weighed."""

import math

import pytest
from local_parts import passage

from stylegraph.agent.evidence import Match
from stylegraph.agent.local.router.signs import Signs, Weights, shipped_weights, signs_of

LIGHTHOUSE = passage(
    "# The Skerry lighthouse\n\nThe lighthouse was built in 1846. Its keeper Edith Moffat saved eleven sailors from the wreck of the Corrina.",
    title="The Skerry lighthouse",
)
CANAL = passage("# 솔무내 운하\n\n솔무내 운하는 1931년에 막혔다. 홍수로 둑이 무너졌기 때문이다.", title="솔무내 운하")
TORN = {"documents": -0.2, "web": 0.3, "chat": -0.7}
WEIGHTS = Weights(score=10.0, leans=2.0, gap=1.0, spoken=3.0, alike=5.0, asks=1.0, constant=-4.0, least=0.0)


async def signs(reader, text, *passages, score=0.2):
    return await signs_of(Match(score, strange=True, passages=passages), text, reader, -1.0, TORN, "documents")


async def test_what_the_router_learned_is_told_as_it_is(reader):
    found = await signs(reader, "who saved the sailors", LIGHTHOUSE, score=0.3)
    assert found[:3] == (0.3, -1.0, pytest.approx(-0.5))


@pytest.mark.parametrize(
    ("answered", "other"),
    [
        ("Who saved the sailors of the Corrina?", "Who won the sailing race this summer?"),
        ("솔무내 운하는 왜 막혔어?", "올해 노벨 문학상 받은 사람은 누구야?"),
    ],
)
async def test_a_passage_that_speaks_of_all_that_is_asked_tells_more_than_one_that_shares_a_word(
    reader, answered, other
):
    own, stray = [await signs(reader, text, LIGHTHOUSE, CANAL) for text in (answered, other)]
    assert own.spoken > stray.spoken + 0.3
    assert own.alike > stray.alike
    assert shipped_weights().odds(own) > shipped_weights().least > shipped_weights().odds(stray)


async def test_all_of_a_few_words_tells_less_than_all_of_many(reader):
    few = await signs(reader, "the lighthouse?", LIGHTHOUSE)
    many = await signs(reader, "was the Skerry lighthouse built in 1846 by its keeper Edith Moffat?", LIGHTHOUSE)
    assert many.spoken > few.spoken + 0.5


async def test_what_is_only_told_is_asked_of_nobody(reader):
    assert (await signs(reader, "I had such a long day at work", LIGHTHOUSE)).asks == 0
    assert (await signs(reader, "왜 막혔대?", CANAL)).asks == 1


async def test_where_there_is_nothing_to_read_nothing_is_spoken_of(reader):
    assert await signs(reader, "who saved the sailors") == Signs(0.2, -1.0, pytest.approx(-0.5), asks=1.0)


def test_each_sign_counts_by_its_own_weight():
    found = Signs(score=0.3, leans=-1.0, gap=-0.5, spoken=0.8, alike=0.4, asks=1.0)
    assert WEIGHTS.odds(found) == pytest.approx(3.0 - 2.0 - 0.5 + 2.4 + 2.0 + 1.0 - 4.0)
    assert math.isfinite(shipped_weights().odds(found))
