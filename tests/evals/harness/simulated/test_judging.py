"""When a goal is reached, and what contradicts what was said before."""

from __future__ import annotations

from simulated_parts import AGAIN, DEAR, DRESS, GOOD, NO_PINK, OTHER, PINK, SHIRT, TOLD, WASH, goal, reply

from stylegraph.evals.harness.simulated.judging import Turn, contradictions, met_at


def test_a_wish_is_met_by_the_piece_that_is_shown_first():
    wanted = goal(DRESS, dislike=NO_PINK)
    for ids, met in (((GOOD,), 0), ((SHIRT, GOOD), 0), ((DEAR, GOOD), None), ((PINK,), None), ((), None)):
        assert met_at(wanted, wanted.needs[0], [Turn("A dress", reply("Look.", *ids))]) == met


def test_a_refused_piece_meets_nothing():
    wanted = goal(DRESS)
    turns = [Turn("A dress", reply("Look.", GOOD)), Turn("Not that", reply("Look.", OTHER), (GOOD,))]
    assert met_at(wanted, wanted.needs[0], turns) == 1


def test_a_fact_counts_with_a_citation_that_stands():
    wanted = goal(WASH)
    false = TOLD.model_copy(update={"evidence": []})
    for got, met in ((TOLD, 0), (reply("At most 30 °C."), None), (false, None), (reply("30 days", quote="a"), None)):
        assert met_at(wanted, wanted.needs[0], [Turn("How warm?", got)]) == met


def test_what_is_asked_again_is_met_by_a_later_turn():
    wanted = goal(WASH, AGAIN)
    first, later = Turn("How warm?", TOLD), Turn("Again?", TOLD)
    assert met_at(wanted, wanted.needs[1], [first]) is None
    assert met_at(wanted, wanted.needs[1], [first, later]) == 1


def test_a_refused_piece_must_not_come_back():
    wanted = goal(DRESS)
    first = Turn("A dress", reply("Look.", GOOD))
    for ids, kept in (((OTHER,), True), ((OTHER, GOOD), False)):
        found = contradictions(wanted, [first, Turn("Not that", reply("Look.", *ids), (GOOD,))])
        assert found["refused stays away"] is kept
    assert "refused stays away" not in contradictions(wanted, [first])


def test_a_limit_binds_from_when_it_is_said():
    wanted = goal(DRESS)
    dear = reply("Look.", DEAR)
    assert "limits kept" not in contradictions(wanted, [Turn("A dress", dear)])
    assert contradictions(wanted, [Turn("A dress for 60,000 won", dear)])["limits kept"] is False
    later = [Turn("A dress", dear), Turn("Up to 60,000 won", reply("Look.", GOOD))]
    assert contradictions(wanted, later)["limits kept"] is True


def test_a_limit_is_for_its_own_kind_of_piece():
    found = contradictions(goal(DRESS), [Turn("A dress for 60,000 won", reply("Look.", SHIRT))])
    assert "limits kept" not in found


def test_what_is_disliked_must_not_be_shown_once_it_is_said():
    wanted = goal(DRESS, dislike=NO_PINK)
    for said, found in (("A dress", None), ("A dress, not pink", False)):
        assert contradictions(wanted, [Turn(said, reply("Look.", PINK))]).get("limits kept") is found


def test_the_language_stays():
    wanted = goal(DRESS)
    other = reply("여기 있습니다. 마음에 드시나요?", language="ko")
    assert contradictions(wanted, [Turn("A dress", reply())])["language kept"] is True
    assert contradictions(wanted, [Turn("A dress", reply()), Turn("And?", other)])["language kept"] is False


def test_a_fact_is_told_the_same_when_it_is_asked_again():
    wanted, first = goal(WASH, AGAIN), Turn("How warm?", TOLD)
    for text, same in (
        ("At most 30 °C. [1]", True),
        ("At most 40 °C. [1]", False),
        ("By hand, for 5 minutes. [1]", True),
    ):
        later = Turn("Again?", reply(text, quote="Wash silk at most at 30 °C."))
        assert contradictions(wanted, [first, later])["told the same"] is same
    elsewhere = Turn("And irons?", reply("At 150 °C. [1]", quote="Iron at 150 °C.", title="Ironing"))
    assert "told the same" not in contradictions(wanted, [first, elsewhere])
