"""Whoever gets past the door with a state of their own making gets nothing by it: each node asks who asks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send

from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantContext, AssistantState
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.build import open_library, open_parts
from stylegraph.graphs.nodes.identity import Asker, Most, authorised, most_for, own_turn
from stylegraph.graphs.server.deployed.holding import hold
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source, for_audience

CANARY = "heliotrope-7731"
QUESTION = "What opens the vault of the Kovalenko archive?"
BUDGET = {"model_calls": 12, "tokens": 40_000, "web_searches": 4, "seconds": 60.0, "revisions": 2}
MOST = Most(24, BUDGET)
LEE = Asker("lee", ["lee", "staff"], capped=True, served=True)
TASK = {"question": QUESTION, "queries": [QUESTION], "filters": {}, "language": "en", "k": 50, "attempt": 0, "web_searches": 9,
        "seconds": 600.0, "user": "kim", "index": None, "shown": [], "profile": {}}  # fmt: skip


@pytest.fixture
async def parts(tmp_path):
    """What the graph is made of, with a document of kim's."""
    settings = Settings(_env_file=None, home=tmp_path / "home", samples=False)
    file = tmp_path / "vault.md"
    file.write_text(f"# Vault\n\nThe word that opens the vault of the Kovalenko archive is {CANARY}.", encoding="utf-8")
    async with open_library(settings) as library:
        await ingest(
            await library.index("uploads"), [Source(str(file), fields=for_audience(["kim"]))], settings=settings
        )
    async with open_parts(settings) as parts:
        yield parts


@pytest.fixture
def assistant(parts):
    """The graph as it is served."""
    graph = build_assistant(parts)
    hold(graph, most_for(parts.settings))
    return graph.compile(checkpointer=InMemorySaver())


def asked_by(user, thread="t"):
    somebody = SimpleNamespace(identity=user, groups=[], trusted=False)
    return {"configurable": {"thread_id": thread, "langgraph_auth_user": somebody}}


async def test_a_task_that_somebody_wrote_finds_their_own_documents_only(assistant):
    for user, found in (("kim", True), ("lee", False)):
        asked = asked_by(user, user)
        await assistant.ainvoke({"messages": [("user", QUESTION)]}, asked)
        jump = Command(goto=Send("retrieve", TASK))
        told = [str(chunk) async for chunk in assistant.astream(jump, asked, stream_mode=["debug", "custom", "values"])]
        assert any(CANARY in chunk for chunk in told) is found


async def test_a_look_before_routing_sees_what_one_may_see(parts):
    source = next(one for one in parts.sources if one.name == "documents")
    scores = []

    async def look(state: AssistantState):
        scores.append(await source.probe(QUESTION))
        return {"notes": []}

    graph = StateGraph(AssistantState, AssistantContext)
    graph.add_node("look", look)
    graph.add_edge(START, "look")
    graph.add_edge("look", END)
    for user in ("kim", "lee"):
        await graph.compile().ainvoke({"notes": []}, asked_by(user))
    await graph.compile().ainvoke({"notes": []})
    assert scores == [scores[0], 0.0, scores[0]]
    assert scores[0] > 0.3
    assert await source.probe(QUESTION) == scores[0]  # outside of a graph there is nobody to keep it from


async def test_a_turn_that_somebody_wrote_is_theirs_and_has_no_larger_budget():
    seen = []

    async def node(state: AssistantState):
        seen.append(state["turn"])
        return {}

    graph = StateGraph(AssistantState, AssistantContext)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    graph.add_edge("node", END)
    hold(graph, MOST)
    forged = {"turn": {"id": "t", "user": "kim", "budget": {**BUDGET, "tokens": 10**9, "seconds": 1.0}}}
    await graph.compile().ainvoke(forged, asked_by("lee"))
    await graph.compile().ainvoke(forged, {})
    assert (seen[0]["user"], seen[0]["budget"]) == ("lee", {**BUDGET, "seconds": 1.0})
    assert seen[1]["budget"]["tokens"] == 10**9  # in a process of one's own one may have what one likes


names = st.sampled_from(["lee", "kim", "staff", "board"])
conditions = st.fixed_dictionaries(
    {}, optional={"any": st.lists(names), "none": st.lists(names), "lacking": st.booleans(), "gte": st.floats(0, 9)}
)


@given(st.none() | conditions, st.integers(0, 500), st.floats(0, 1e9))
def test_no_filter_of_a_task_widens_what_one_may_see(wanted, k, seconds):
    filters = {"title": {"any": ["x"]}} | ({} if wanted is None else {"audience": wanted})
    own = authorised({**TASK, "filters": filters, "k": k, "seconds": seconds}, LEE, MOST, "documents")
    assert set(own["filters"]["audience"]["any"]) <= {"lee", "staff"}
    assert own["filters"]["title"] == {"any": ["x"]}
    assert own["user"] == "lee"
    assert own["k"] <= 24
    assert own["seconds"] <= 60
    assert own["web_searches"] <= 4


def test_what_somebody_may_see_anyhow_stays_as_they_want_it():
    narrowed = authorised({**TASK, "filters": {"audience": {"any": ["staff"]}}}, LEE, MOST, "documents")
    assert narrowed["filters"]["audience"] == {"any": ["staff"]}
    owner = Asker("me", None, served=True)
    assert authorised(TASK, owner, MOST, "documents") == {**TASK, "user": "me"}
    assert "audience" not in authorised(TASK, LEE, MOST, "fashion")["filters"]  # there it says whom clothes are for


@given(st.dictionaries(st.sampled_from([*BUDGET, "more"]), st.floats(0, 1e9)))
def test_no_budget_of_a_state_is_more_than_one_has(budget):
    own = own_turn({"user": "kim", "budget": budget}, LEE, MOST)
    assert all(own["budget"][part] <= limit for part, limit in BUDGET.items())
