"""Two questions in one message, held against each of them alone."""

from __future__ import annotations

from stylegraph.agent.reply import Status
from stylegraph.evals.bench.parts import Compared, Pair, Told, compare, pairs, table

PAIR = Pair("two questions", "en", ("a?", "b"), "a? And b")


def told(*quotes, items=()):
    return Told(Status.ANSWERED if quotes or items else Status.NOT_FOUND, frozenset(quotes), frozenset(items), "")


def test_a_half_is_as_alone_with_all_its_quotes_or_with_none():
    assert Compared(PAIR, (told("x"), told("y")), told("x", "y")).as_alone == (True, True)
    assert Compared(PAIR, (told("x", "z"), told("y")), told("x", "y")).as_alone == (False, True)
    assert Compared(PAIR, (told("x"), told()), told("x")).as_alone == (True, True)
    assert Compared(PAIR, (told("x"), told(items=["i"])), told("x")).as_alone == (True, False)


def test_a_quote_that_neither_half_has_is_stray():
    compared = Compared(PAIR, (told("x"), told()), told("x", "ticks in long grass"))
    assert compared.as_alone == (True, False)
    assert compared.strays == {"ticks in long grass"}
    assert "| two questions, en | 1 | 0.00 | 1.00 of 1 | 0.00 of 1 | 1.00 |" in table([compared])


def test_pairs_are_the_same_every_time_and_made_of_their_halves():
    made = pairs(4)
    assert made == pairs(4)
    assert {(one.kind, one.language) for one in made} == {
        (kind, language) for kind in ("two questions", "a question and a wish") for language in ("ko", "en")
    }
    assert all(one.text.startswith(one.halves[0]) and one.text.endswith(one.halves[1]) for one in made)


async def test_halves_are_asked_alone_and_together():
    wool = "what temperature for washing a wool sweater?"
    button = "how do I sew on a shirt button?"
    hiking, grass = "What should my 6-year-old daughter wear hiking?", "how do I get grass stains out?"
    found, missed = await compare(
        [Pair("two questions", "en", half, " And ".join(half)) for half in ((wool, button), (hiking, grass))]
    )
    assert found.alone[0].found
    assert found.alone[1].found
    assert found.as_alone == missed.as_alone == (True, True)
    assert not missed.alone[1].found
    assert not missed.strays
