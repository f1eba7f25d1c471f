"""What code sees of a draft's sentences beside what they cite, and where it has a doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.turns import embedder

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.llm.claims import Doubts, claims_of
from stylegraph.agent.llm.drafts import Reading, compose, draft_of

FEES = "A check-up costs 20,000 won. An X-ray costs 9,000 won. We are closed on the first Monday of a month."


def drafted(text, *passages):
    """Return a draft over passages, as it is after its addresses were read."""
    reading = Reading(passages, frozenset(), "en")
    return draft_of(compose(text, reading), reading, looked=True)


@pytest.fixture
def doubted(a_state):
    async def ask(text, *passages, said=("What does it cost?",)):
        state = a_state(*said, evidence=list(passages), draft=drafted(text, *passages))
        return await Doubts(embedder()).about(state)

    return ask


@pytest.fixture
def fees():
    return make_evidence("documents", "Fees", FEES)


@pytest.mark.parametrize(
    "text",
    [
        "A check-up costs 20,000 won [1.1].",
        "A check-up is 20,000 won [1.1], an X-ray 9,000 won [1.2].",
        "Here are the fees:\n\n1. Check-up: 20,000 won [1.1]\n2. X-ray: 9,000 won [1.2]",
        "검진은 2만 원입니다 [1.1].",
        "The practice is closed on the first Monday of each month [1.3].",
        "A check-up costs 20,000 won [1.1]. The fees say nothing of a discount.",
    ],
    ids=["its words", "shortened", "a list", "another language", "other words", "what is not said"],
)
async def test_what_stands_there_is_not_doubted(doubted, fees, text):
    assert not await doubted(text, fees)


@pytest.mark.parametrize(
    "text",
    [
        "A check-up costs 25,000 won [1.1].",
        "검진은 3만 원입니다 [1.1].",
        "Both together cost 28,000 won [1.1-2].",
        "A check-up costs 20,000 won [1.1]. For children it costs 12,000 won.",
        "Dogs and parrots wait in separate rooms upstairs [1.3].",
        "A check-up costs 20,000 won.",
    ],
    ids=[
        "another figure",
        "another figure in another language",
        "a wrong sum",
        "uncited figure",
        "unlike",
        "nothing cited",
    ],
)
async def test_what_does_not_stand_there_is_doubted(doubted, fees, text):
    assert await doubted(text, fees)


async def test_a_figure_that_the_person_gave_is_known(doubted, fees):
    said = ("My budget is 50,000 won.",)
    assert not await doubted("A check-up costs 20,000 won [1.1]. Your 50,000 won will do.", fees, said=said)
    assert await doubted("A check-up costs 20,000 won [1.1]. Your 50,000 won will do.", fees)


async def test_talk_over_nothing_is_not_doubted(doubted):
    assert not await doubted("You are welcome!")


def test_a_sentence_is_numbered_with_what_it_cites(fees):
    first, second = claims_of(drafted("1. Check-up: 20,000 won [1.1]\n2. Ask us [9.9].", fees), [fees])
    assert (first.number, first.text, first.quotes) == (1, "Check-up: 20,000 won", ["A check-up costs 20,000 won."])
    assert (second.number, second.text, second.quotes) == (2, "Ask us.", [])


@pytest.mark.parametrize(("price", "is_plain"), [("20,000", True), ("20000", True), ("25000", False)])
def test_a_number_is_the_same_however_its_thousands_are_marked(price, is_plain):
    page = make_evidence("documents", "Fees", "A check-up of a small dog costs 20,000 won before noon on working days.")
    text = f"A check-up of a small dog costs {price} won before noon on working days [1.1]."
    (claim,) = claims_of(drafted(text, page), [page])
    assert claim.is_plain is is_plain


@given(st.text(max_size=300))
def test_any_text_has_its_claims(text):
    for claim in claims_of(drafted(text), []):
        assert claim.cited == ""
        assert not claim.is_plain
