"""A person that a chat model plays, against a scripted server."""

from __future__ import annotations

from simulated_parts import DEAR, DRESS, GOOD, NO_PINK, WASH, goal, reply
from standins.chat import ChatServer
from standins.http import serving

from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.simulated.judging import Turn
from stylegraph.evals.harness.simulated.model_person import ModelPerson

WANTED = goal({**DRESS, "refuses": 1}, WASH, dislike=NO_PINK, turns=3)
SHOWN = [Turn("A dress, please", reply("Look.", DEAR))]


async def said(answer, turns=()):
    server = ChatServer(chat=answer)
    async with serving(server.handle) as url:
        settings = Settings(_env_file=None, base_url=f"{url}/v1", model="person", model_retries=0)
        async with open_caller(settings) as caller:
            return await ModelPerson(WANTED, caller).next(turns), server


async def test_the_model_knows_the_goal_and_the_conversation_and_never_the_facts():
    message, server = await said({"say": "Cheaper?", "refused": [DEAR], "done": False}, SHOWN)
    assert message == ("Cheaper?", (DEAR,))
    prompt = server.seen[0].prompt
    for known in ("a guest", "pink", "60,000 won", "matter of taste", "A dress, please", DEAR, "in English only"):
        assert known in prompt
    assert "30 °C" not in prompt


async def test_only_a_piece_that_was_just_shown_can_be_refused():
    message, _ = await said({"say": "Not that.", "refused": [GOOD, DEAR], "done": False}, SHOWN)
    assert message.refused == (DEAR,)


async def test_the_model_says_when_it_is_done():
    assert (await said({"say": "", "refused": [], "done": True}, SHOWN))[0] is None
    assert (await said({"say": "Bye", "refused": [], "done": True}, SHOWN))[0] is None


async def test_after_the_last_turn_it_is_not_asked():
    message, server = await said({"say": "More!", "refused": [], "done": False}, SHOWN * 3)
    assert message is None
    assert server.count() == 0


async def test_a_person_has_a_budget_for_each_message_and_not_for_all_of_them():
    server = ChatServer(chat={"say": "More!", "refused": [], "done": False})
    async with serving(server.handle) as url:
        settings = Settings(_env_file=None, base_url=f"{url}/v1", model="person", model_retries=0)
        async with open_caller(settings) as caller:
            person = ModelPerson(WANTED.model_copy(update={"turns": 10}), caller)
            said = [await person.next(SHOWN * held) for held in range(10)]
    assert [message.text for message in said] == ["More!"] * 10
    assert len(person.ledger) == server.count() == 10
