"""What is offered to who does not know what to ask: of every source that answers, in each language."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from stylegraph.graphs.server.routes import examples
from stylegraph.tools.unavailable import Unavailable

STARS = SimpleNamespace(
    name="stars", examples=["How far is Vega?", "베가는 얼마나 멀어?", "Which star is red?", "And that one?"]
)
TIDES = SimpleNamespace(name="tides", examples=["When is high tide in Busan?"])
AWAY = Unavailable("web", "search_web", "The web", remedy={}, examples=("What is new?",))


@pytest.fixture
async def offered(monkeypatch):
    async def parts():
        return SimpleNamespace(sources=[AWAY, STARS, TIDES])

    monkeypatch.setattr(examples, "parts", parts)
    app = Starlette(routes=[Route("/examples", examples.show)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        return (await http.get("/examples")).json()


async def test_the_sources_take_turns_with_their_first_examples(offered):
    assert [one["question"] for one in offered["en"]] == [
        "How far is Vega?",
        "When is high tide in Busan?",
        "Which star is red?",
    ]
    assert [one["route"] for one in offered["en"]] == ["stars", "tides", "stars"]


async def test_each_language_has_its_own(offered):
    assert offered["ko"] == [{"route": "stars", "question": "베가는 얼마나 멀어?"}]


async def test_what_is_not_set_up_is_not_offered(offered):
    assert "web" not in {one["route"] for language in offered.values() for one in language}
