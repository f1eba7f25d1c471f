"""Conversations are held with the real assistant, by a scripted person or by one that a chat model plays."""

from __future__ import annotations

from functools import partial

import pytest
from simulated_parts import DRESS, GOOD, goal
from standins.chat import ChatServer
from standins.http import serving

from stylegraph.evals.harness.ask_cases import asking
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.simulated import holding
from stylegraph.evals.harness.simulated.judging import Turn, met_at
from stylegraph.evals.harness.simulated.person import Message, ScriptedPerson
from stylegraph.evals.suites import suite


async def test_a_need_is_met_by_what_the_assistant_finds():
    wanted = goal(DRESS)
    async with asking() as asked:
        held = await holding.hold(wanted, ScriptedPerson(wanted), await asked.open())
    assert met_at(wanted, wanted.needs[0], held.turns) is not None
    assert held.path[0] == f"said: {DRESS['say']}"
    assert held.path[-1].startswith("reply: ")


class Recalling:
    """Says two things, the second of which is understood by the first alone."""

    async def next(self, turns: list[Turn]) -> Message | None:
        said = ["Show me a black skirt", "Something cheaper, please"]
        return Message(said[len(turns)], (GOOD,)) if len(turns) < 2 else None


async def test_a_conversation_is_one_thread_and_its_refusals_are_kept():
    async with asking() as asked:
        held = await holding.hold(goal(DRESS), Recalling(), await asked.open())
    assert [turn.refused for turn in held.turns] == [(GOOD,), (GOOD,)]
    assert held.turns[1].reply.recommendations


async def test_with_a_chat_model_it_plays_the_person_and_decides_for_the_assistant(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(holding, "WORLDS", ())
    said = [{"say": "Hello there!", "refused": [], "done": False}, {"say": "", "refused": [], "done": True}]
    server = ChatServer(chat=said, agent="Hello, what are you looking for?")
    async with (
        serving(server.handle) as url,
        holding.live(partial(settings_for, "person", f"{url}/v1", None)) as answer,
    ):
        held = await answer(goal(DRESS))
    assert [turn.said for turn in held.turns] == ["Hello there!"]
    assert server.count("chat") == 2
    assert server.count("agent") == 1


def test_the_suite_tells_people_by_language_kind_and_split():
    labels = suite("simulated").labels(goal(DRESS))
    assert (labels["language"], labels["kind"], labels["asked"]) == ("en", "clothes", DRESS["say"])
