"""A good answer from four chunks of 500 tokens sends 5,000 prompt tokens at most."""

from __future__ import annotations

import pytest

from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.reply import Status
from stylegraph.evals.bench.prompts import CHUNKS, TOKENS, chunks, turn


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_four_chunks_cost_at_most_five_thousand_tokens(language):
    passages = chunks(language, estimated_tokens)
    assert len(passages) == CHUNKS
    assert all(TOKENS <= estimated_tokens(passage["text"]) < TOKENS + 50 for passage in passages)
    reply, model = await turn(language, estimated_tokens)
    assert (reply.status, len(reply.citations)) == (Status.ANSWERED, CHUNKS)
    assert CHUNKS * TOKENS < sum(tokens for _, tokens in model.sent) <= 5_000
