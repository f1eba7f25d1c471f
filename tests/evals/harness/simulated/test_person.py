"""How a scripted person reacts to what they get."""

from __future__ import annotations

import pytest
from simulated_parts import AGAIN, DEAR, DRESS, GOOD, ITEMS, NO_PINK, OTHER, PINK, SHIRT, TOLD, WASH, goal, reply

from stylegraph.agent.reply import Status
from stylegraph.evals.harness.simulated.goals import goals
from stylegraph.evals.harness.simulated.judging import Turn
from stylegraph.evals.harness.simulated.person import PATIENCE, ScriptedPerson


async def talked(wanted, *replies):
    """Let a person talk until they are done; what comes after the last reply is it again."""
    person, turns, messages = ScriptedPerson(wanted), [], []
    while (said := await person.next(turns)) is not None:
        messages.append(said)
        turns.append(Turn(said.text, replies[min(len(turns), len(replies) - 1)], said.refused))
    return messages


async def test_a_person_begins_with_the_first_need_and_leaves_when_it_is_met():
    said = await talked(goal(DRESS), reply("Look.", GOOD))
    assert [one.text for one in said] == [DRESS["say"]]


@pytest.mark.parametrize(
    ("got", "says", "refused"),
    [
        (reply("Look.", DEAR), "60,000 won", (DEAR,)),
        (reply("Look.", PINK), "pink", (PINK,)),
        (reply("Look.", SHIRT), "a dress", ()),
        (reply("Nothing.", status=Status.NOT_FOUND), "a dress", ()),
        (reply("For whom?", status=Status.ASKED_BACK), "For a woman", ()),
    ],
)
async def test_what_is_not_wanted_is_said(got, says, refused):
    said = await talked(goal(DRESS, dislike=NO_PINK), got, reply("Look.", GOOD))
    assert len(said) == 2
    assert says in said[1].text
    assert said[1].refused == refused


async def test_a_person_looks_at_the_first_piece_of_the_kind_that_they_want():
    assert len(await talked(goal(DRESS), reply("Look.", SHIRT, GOOD, DEAR))) == 1
    assert len(await talked(goal(DRESS), reply("Look.", DEAR, GOOD), reply("Look.", GOOD))) == 2


async def test_a_piece_that_fits_may_not_be_to_their_taste_and_is_refused_by_name():
    picky = goal({**DRESS, "refuses": 1})
    said = await talked(picky, reply("Look.", GOOD), reply("Look.", OTHER))
    assert next(item["name_en"] for item in ITEMS if item["id"] == GOOD) in said[1].text
    assert said[1].refused == (GOOD,)
    assert len(said) == 2


async def test_a_refused_piece_that_is_shown_again_is_refused_again():
    picky = goal({**DRESS, "refuses": 1})
    said = await talked(picky, reply("Look.", GOOD), reply("Look.", GOOD), reply("Look.", OTHER))
    assert [one.refused for one in said] == [(), (GOOD,), (GOOD,)]


async def test_the_next_need_comes_when_the_one_before_is_met():
    said = await talked(goal(DRESS, WASH), reply("Look.", GOOD), TOLD)
    assert len(said) == 2
    assert said[1].text.endswith(WASH["say"])


async def test_what_an_answer_has_told_already_is_not_asked():
    assert len(await talked(goal(WASH, {**WASH, "say": "And how warm?"}), TOLD)) == 1


async def test_a_question_that_repeats_another_is_asked_though_it_was_answered():
    said = await talked(goal(WASH, AGAIN), TOLD)
    assert len(said) == 2
    assert said[1].text.endswith(AGAIN["say"])


async def test_an_answer_without_the_fact_and_one_without_a_source_are_asked_for_again():
    untold = await talked(goal(WASH), reply("Silk is fine."), TOLD)
    uncited = await talked(goal(WASH), reply("At most 30 °C."), TOLD)
    assert len(untold) == len(uncited) == 2
    assert "source" in uncited[1].text or "say that" in uncited[1].text
    assert "again" in untold[1].text or "want to know" in untold[1].text


async def test_patience_ends_and_the_next_need_has_its_turn():
    said = await talked(goal(WASH, DRESS), reply("No idea.", status=Status.NOT_FOUND))
    assert len(said) == 2 * PATIENCE
    assert said[PATIENCE].text == DRESS["say"]  # nobody thanks for nothing


async def test_a_person_leaves_after_their_last_turn():
    assert len(await talked(goal(DRESS, turns=2), reply("Look.", DEAR))) == 2


async def test_wording_differs_among_people_and_never_between_two_runs_of_one():
    async def second(number):
        one = goal(DRESS, id=f"sim-en-{number}")
        return (await talked(one, reply("Look.", DEAR), reply("Look.", GOOD)))[1].text

    assert len({await second(number) for number in range(900, 910)}) > 1
    assert await second(901) == await second(901)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_reaction_is_worded_in_the_language_of_the_person(language):
    wanted = next(one for one in goals() if one.language == language and one.dislike and one.needs[0].items)
    for got in (reply("?", SHIRT), reply("?", DEAR), reply("?", PINK), reply("?")):
        for said in await talked(wanted, got):
            assert "{" not in said.text
            assert any("가" <= letter <= "힣" for letter in said.text) == (language == "ko")
