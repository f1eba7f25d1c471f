"""An answer from one look-up that finds four chunks of 500 tokens sends so many prompt tokens at most, and a grade so many."""

from __future__ import annotations

import pytest

from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.reply import Status
from stylegraph.evals.bench.prompts import CHUNKS, TOKENS, chunks, turn


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_what_a_turn_of_one_look_up_sends(language):
    passages = chunks(language, estimated_tokens)
    assert len(passages) == CHUNKS
    assert all(TOKENS <= estimated_tokens(passage["text"]) < TOKENS + 50 for passage in passages)
    reply, model = await turn(language, estimated_tokens)
    assert (reply.status, len(reply.citations)) == (Status.ANSWERED, CHUNKS)
    sent = dict(model.sent)
    assert [name for name, _ in model.sent] == ["look up", "write", "grade"]
    assert sent["look up"] <= 1_000
    assert CHUNKS * TOKENS < sent["write"] - sent["look up"] <= CHUNKS * (TOKENS + 150) + 100  # what was found, no more
    assert sent["grade"] <= 1_200  # the cited units with their neighbours, not the chunks
    assert sum(sent.values()) <= 5_000
