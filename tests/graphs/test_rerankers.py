"""What orders evidence: an object of ours, LangChain's rerankers, a server, a decision model; timed, and never the end of a turn."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.documents import BaseDocumentCompressor
from standins.decisions import decision_server
from standins.rerank import rerank_server

from stylegraph import LocalDecisions, Settings, Status, ask, make_evidence, open_assistant

WOOL = ("Wool", "Wool sweaters are washed by hand at 30 degrees.")
LINEN = ("Linen", "Linen shirts are ironed damp.")
SILK = ("Silk", "Silk is dried in the shade.")
QUESTION = "How do I wash a wool sweater?"


class Notes:
    """A source whose own order is the wrong way round."""

    name, node, description = "notes", "look_in_notes", "Notes on how to care for clothes."
    examples = (QUESTION, "How is silk dried?")

    async def gather(self, state):
        scores = (0.9, 0.8, 0.7)
        found = zip((SILK, LINEN, WOOL), scores, strict=True)
        return {"evidence": [make_evidence("notes", title, text, score=score) for (title, text), score in found]}


@asynccontextmanager
async def opened(home, reranker=None, **given):
    settings = Settings(_env_file=None, home=home, samples=False, model_retries=1, **given)
    keywords = {"reranker": reranker} if reranker is not None else {}
    async with open_assistant(settings, sources=[Notes()], builtin=[], **keywords) as assistant:
        yield assistant


async def order(assistant, question=QUESTION):
    reply = await ask(assistant, question, effort="quick")
    assert reply.status is Status.ANSWERED
    return [one["title"] for one in reply.evidence], reply


def wooly(question, text):
    """Score like a cross-encoder: logits."""
    return 4.0 if "wool" in text.lower() else -2.0 if "linen" in text.lower() else -4.0


class CrossEncoder(BaseCrossEncoder):
    def score(self, text_pairs):
        assert all(question == QUESTION for question, _ in text_pairs)
        return [wooly(*pair) for pair in text_pairs]


class Compressor(BaseDocumentCompressor):
    """Keeps two of three, as a `top_n` does; with scores or without."""

    scored: bool = True

    def compress_documents(self, documents, query, callbacks=None):
        best = sorted(documents, key=lambda one: -wooly(query, one.page_content))[:2]
        if self.scored:
            for one in best:
                one.metadata["relevance_score"] = 0.9 if "Wool" in one.page_content else 0.4
        return best


async def test_without_one_the_order_is_the_sources_own_and_takes_no_time(tmp_path):
    async with opened(tmp_path) as assistant:
        titles, reply = await order(assistant)
    assert titles == ["Silk", "Linen", "Wool"]
    assert "rerank_seconds" not in reply.spent


@pytest.mark.parametrize("reranker", [CrossEncoder(), Compressor(), Compressor(scored=False), LocalDecisions()])
async def test_what_langchain_has_and_the_local_decision_model_order_evidence(tmp_path, reranker):
    async with opened(tmp_path, reranker) as assistant:
        titles, reply = await order(assistant)
    assert titles[0] == "Wool"
    assert all(0 <= one["score"] <= 1 for one in reply.evidence)
    assert reply.spent["rerank_seconds"] >= 0
    assert reply.notes == []


async def test_what_a_compressor_leaves_out_comes_last(tmp_path):
    async with opened(tmp_path, Compressor()) as assistant:
        _, reply = await order(assistant)
    assert [(one["title"], one["score"]) for one in reply.evidence] == [("Wool", 0.9), ("Linen", 0.4), ("Silk", 0.0)]


@pytest.mark.parametrize("form", ["documents", "texts"])
async def test_a_server_of_either_protocol(tmp_path, form):
    async with (
        rerank_server(wooly, form=form) as server,
        opened(tmp_path, f"{server.url}#a-reranker", reranker_api_key="sk-1") as assistant,
    ):
        titles, reply = await order(assistant)
        await order(assistant)
    assert titles == ["Wool", "Linen", "Silk"]
    assert reply.notes == []
    assert server.asked[-1]["query"] == QUESTION
    assert server.headers[-1]["authorization"] == "Bearer sk-1"
    if form == "documents":
        assert server.asked[-1]["model"] == "a-reranker"
    assert len(server.asked) == (2 if form == "documents" else 3), "what it takes is remembered"


async def test_it_can_be_set_instead_of_given(tmp_path):
    async with rerank_server(wooly) as server, opened(tmp_path, reranker=None) as plain:
        assert (await order(plain))[0][0] == "Silk"
        settings = Settings(_env_file=None, home=tmp_path, samples=False, reranker=f"{server.url}/rerank")
        async with open_assistant(settings, sources=[Notes()], builtin=[]) as assistant:
            assert (await order(assistant))[0][0] == "Wool"


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(tmp_path):
    async with rerank_server(wooly, faults=[503]) as server, opened(tmp_path, server.url) as assistant:
        titles, reply = await order(assistant)
    assert (titles[0], len(server.asked), reply.notes) == ("Wool", 2, [])


@pytest.mark.parametrize(
    ("question", "said"),
    [(QUESTION, "read as it came. The server answered 500"), ("울 스웨터는 어떻게 빨아?", "처음 순서대로 읽었어요")],
)
async def test_a_server_that_fails_leaves_the_order_as_it_was_and_the_reply_says_so(tmp_path, question, said):
    async with rerank_server(wooly, faults=[500] * 9) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, question, effort="quick")
    assert [one["title"] for one in reply.evidence] == ["Silk", "Linen", "Wool"]
    assert [note["code"] for note in reply.notes] == ["rerank_failed"]
    assert said in reply.notes[0]["text"]
    assert len(server.asked) == 2


class Slow:
    async def rerank(self, question, evidence):
        await asyncio.sleep(60)


class Short:
    async def rerank(self, question, evidence):
        return [1.0]


class NoNumber:
    async def rerank(self, question, evidence):
        return [float("nan")] * len(evidence)


@pytest.mark.parametrize(
    ("reranker", "said"), [(Slow(), "more than"), (Short(), "ValueError"), (NoNumber(), "ValueError")]
)
async def test_an_object_of_ones_own_that_is_slow_or_wrong_never_ends_a_turn(tmp_path, reranker, said):
    async with opened(tmp_path, reranker, budget_seconds=3.0) as assistant:
        titles, reply = await order(assistant)
    assert titles == ["Silk", "Linen", "Wool"]
    assert said in reply.notes[0]["text"]
    assert reply.spent["seconds"] < 10


async def test_a_decision_server_orders_where_its_path_says_so(tmp_path):
    def answer(name, instructions, state):
        return 0.9 if "Wool" in instructions["passage"] else 0.1

    async with decision_server(answer) as server, opened(tmp_path, f"{server.url}/v1/systemone") as assistant:
        titles, reply = await order(assistant)
    assert (titles[0], server.kinds, reply.spent["model_calls"]) == ("Wool", ["rerank"], 1)
