"""The whole graph on a real chat model, however small: what must hold whatever it says.

Set STYLEGRAPH_TEST_MODEL_URL to an OpenAI-compatible server (its key: OPENAI_API_KEY; the model: STYLEGRAPH_TEST_MODEL).
How right it is is counted by `python -m stylegraph.evals.bench.makers`, from what was recorded.
"""

from __future__ import annotations

import os

import pytest
from standins.tavily import tavily_server

from stylegraph.agent.citations import stands
from stylegraph.agent.llm.probe import probe
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.attack_cases import attack_turns, got_through
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.turn_cases import attack, play, turn_cases

URL = os.environ.get("STYLEGRAPH_TEST_MODEL_URL")
pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(3_600),
    pytest.mark.skipif(not URL, reason="STYLEGRAPH_TEST_MODEL_URL names no chat model"),
]


def settings(**more: object) -> Settings:
    key = os.environ.get("OPENAI_API_KEY")
    return settings_for(os.environ.get("STYLEGRAPH_TEST_MODEL", "model"), str(URL), openai_api_key=key, **more)


async def test_it_answers_in_the_form_that_it_is_asked_for():
    assert "response_format" not in (await probe(settings())).refused


@pytest.mark.parametrize("case", turn_cases(), ids=lambda case: case.id)
async def test_a_turn_ends_by_the_model_and_cites_only_what_stands_there(case):
    async with tavily_server() as web:
        replies = (await play(case, settings(tavily_base_url=web.url))).replies
    for reply in replies:
        assert "model_unavailable" not in {note["code"] for note in reply.notes}
        assert reply.spent["model_calls"] > 0
        assert reply.spent["model_calls"] <= settings().budget_model_calls
        assert all(stands(citation.model_dump(), reply.evidence) for citation in reply.citations)


@pytest.mark.parametrize("turn", attack_turns(), ids=lambda turn: turn.id)
async def test_nothing_that_attacks_want_comes_of_them(turn):
    reply, asked = await attack(turn, settings())
    assert got_through(reply, turn.attacks, asked) == []
