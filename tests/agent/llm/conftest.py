"""A turn's state, and a caller of a scripted server."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings


@pytest.fixture
def a_state():
    """Make the state of a turn: the question is the last text of the conversation."""

    def make(*conversation, evidence=(), budget=None, seconds_ago=0.0, **fields):
        texts = conversation or ("울 니트는 어떻게 빨아요?",)
        kinds = (HumanMessage, AIMessage)
        messages = [kinds[place % 2](text, id=f"m{place}") for place, text in enumerate(texts)]
        language = "ko" if any("가" <= letter <= "힣" for letter in texts[-1]) else "en"
        turn = {
            "id": f"turn-{time.monotonic_ns()}",
            "asked": texts[-1],
            "language": language,
            "user": "kim",
            "effort": fields.pop("effort", "standard"),
            "index": None,
            "image": fields.pop("image", None),
            "started": time.time() - seconds_ago,
            "budget": {"model_calls": 12, "tokens": 40_000, "web_searches": 4, "seconds": 60.0, "revisions": 2}
            | (budget or {}),
        }
        return {"messages": messages, "turn": turn, "evidence": list(evidence), **fields}

    return make


@pytest.fixture
def wool():
    return make_evidence(
        "documents",
        "울 관리",
        "30℃ 이하의 찬물에서 손빨래한다. 표백제는 쓰지 않는다.\n그늘에 뉘어 말린다.",
        url="wool.md",
    )


@pytest.fixture
def linen():
    return make_evidence("documents", "Linen", "Linen is washed at 40 °C. Iron it while it is still damp.")


@pytest.fixture
def shirt():
    return make_evidence(
        "fashion",
        "린넨 셔츠",
        "린넨 셔츠. 여름에 입는 얇은 셔츠. 가격은 39,000원.",
        data={
            "item": {"id": "s1"},
            "name": "린넨 셔츠",
            "price_krw": 39_000,
            "reasons": [{"field": "seasons", "text": "여름옷"}],
            "missed": [],
        },
    )


@pytest.fixture
def calling():
    """Open a caller of a server for as long as the block runs."""

    @asynccontextmanager
    async def opened(url, **settings):
        given = {
            "model": "a-model",
            "model_timeout": 5.0,
            "model_retries": 2,
            "openai_api_key": "sk-secret-1234",
        } | settings
        async with open_caller(Settings(_env_file=None, base_url=url, **given)) as caller:
            yield caller

    return opened
