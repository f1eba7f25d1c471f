"""The sets of the bench keep what is taught from what is asked, and its rivals learn what they are told."""

from stylegraph.evals.bench.decisions import by_centroid, by_local, by_words
from stylegraph.evals.bench.intents import DESCRIPTIONS, drawn, intent_sets
from stylegraph.tools.decisions.local import LocalDecisions

EXAMPLES = {
    "parcel": ["Where is my parcel?", "택배 언제 와요?", "My package has not arrived"],
    "refund": ["I want a refund", "환불해 주세요", "Give me my money back"],
}
ASKED = ["my package is late", "돈 환불 되나요"]


def test_nothing_that_is_asked_in_the_test_split_can_be_taught():
    for found in intent_sets("test"):
        assert not {one.text for one in found.taught} & {one.text for one in found.asked}
        assert set(found.labels) <= DESCRIPTIONS.keys()
        draw = drawn(found, 5, seed=1)
        assert {len(texts) for texts in draw.examples.values()} == {5}
        assert draw == drawn(found, 5, seed=1) != drawn(found, 5, seed=2)


def test_what_is_an_example_of_a_draw_is_not_asked_in_it():
    for found in intent_sets("tune"):
        draw = drawn(found, 10, seed=0)
        taught = {text for texts in draw.examples.values() for text in texts}
        assert draw.asked
        assert not taught & {one.text for one in draw.asked}


async def test_each_way_learns_from_the_same_examples():
    local = await by_local(LocalDecisions(), EXAMPLES, ASKED)
    assert local.labels == by_centroid(EXAMPLES, ASKED).labels == by_words(EXAMPLES, ASKED).labels
    assert local.labels == ["parcel", "refund"]
    assert all(0.5 < one < 1 for one in local.sure)
