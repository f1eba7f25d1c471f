"""The assistant inside other people's LangGraph code: a node, an agent of a team, a tool, a plain runnable.

Everything is real but the chat models that lead the teams: `Scripted` stands in for them, since they are paid for.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import pytest
import pytest_asyncio
from homes import with_catalogue
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph_supervisor import create_supervisor
from langgraph_swarm import create_handoff_tool, create_swarm
from pydantic import BaseModel
from typing_extensions import TypedDict

from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.settings import Settings
from stylegraph.graphs.adapters import as_tool
from stylegraph.graphs.build import open_assistant

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "Where is my parcel?"
ANSWER = "Your parcel arrives on Friday."


class Scripted(GenericFakeChatModel):
    """A stand-in for a paid chat model: says its lines, whatever tools it is given."""

    def bind_tools(self, tools: Any, **_: Any) -> Scripted:
        return self


def scripted(*lines: AIMessage) -> Scripted:
    return Scripted(messages=iter(lines))


def calling(tool: str, **arguments: Any) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": tool, "args": arguments, "id": "call-1"}])


class Orders:
    """A user's own source."""

    name = "orders"
    node = "look_up_orders"
    description = "The user's orders and parcels."
    examples = (QUESTION, "내 택배 언제 와?", "Has my order shipped?", "주문한 거 배송됐어?")

    async def gather(self, state: SourceTask) -> Gathered:
        return {"evidence": [make_evidence(self.name, "Order 7", ANSWER, data={"user": state["user"]})]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(tmp_path_factory):
    settings = Settings(
        _env_file=None, home=with_catalogue(tmp_path_factory.mktemp("composed") / "home"), samples=False
    )
    async with open_assistant(settings, sources=[Orders()]) as assistant:
        yield assistant


class ParentState(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    visits: int
    turn: str
    """Ours has a field of this name as well."""


@dataclasses.dataclass
class ParentContext:
    tenant: str
    user: int


class ParentModel(BaseModel):
    tenant: str
    user: dict[str, str]


class ParentDict(TypedDict):
    tenant: str
    user: dict[str, str]


@pytest.mark.parametrize(
    "context",
    [
        ParentContext(tenant="acme", user=7),
        ParentModel(tenant="acme", user={"id": "7"}),
        {"tenant": "acme", "user": {"id": "7"}},
        None,
    ],
    ids=["dataclass", "pydantic", "dict", "none"],
)
@pytest.mark.parametrize("saver", [InMemorySaver(), None], ids=["kept", "not kept"])
async def test_it_is_a_node_of_a_graph_with_a_state_and_a_context_of_its_own(assistant, context, saver):
    async def count(state: ParentState) -> dict[str, Any]:
        return {"visits": state.get("visits", 0) + 1, "turn": "parent's"}

    schema = type(context) if context is not None and not isinstance(context, dict) else ParentDict
    parent = StateGraph(ParentState, schema)
    parent.add_node("count", count)
    parent.add_node("assistant", assistant)
    parent.add_edge(START, "count")
    parent.add_edge("count", "assistant")
    parent.add_edge("assistant", END)
    compiled = parent.compile(checkpointer=saver)
    config = {"configurable": {"thread_id": "parent"}} if saver else None
    ended = await compiled.ainvoke({"messages": [HumanMessage(QUESTION)]}, config, context=context)
    assert ANSWER in ended["messages"][-1].text
    assert (ended["visits"] >= 1, ended["turn"]) == (True, "parent's")


async def test_a_supervisor_hands_over_with_its_default_messages(assistant):
    """Its hand-off and what it says itself stand after the person's question."""
    model = scripted(calling("transfer_to_stylegraph"), AIMessage("It comes on Friday."))
    team = create_supervisor([assistant], model=model, output_mode="full_history").compile()
    ended = await team.ainvoke({"messages": [{"role": "user", "content": QUESTION}]})
    handed = next(i for i, message in enumerate(ended["messages"]) if isinstance(message, ToolMessage))
    assert any(ANSWER in message.text for message in ended["messages"][handed:] if isinstance(message, AIMessage))


async def test_a_supervisor_can_ask_again_in_the_same_conversation(assistant):
    """The hand-offs of the first turn are nobody's words: the second question stands alone."""
    model = scripted(
        calling("transfer_to_stylegraph"),
        AIMessage("It comes on Friday."),
        calling("transfer_to_stylegraph"),
        AIMessage("As I said."),
    )
    team = create_supervisor([assistant], model=model).compile(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "team"}}
    await team.ainvoke({"messages": [("user", "안녕!")]}, config)
    ended = await team.ainvoke({"messages": [("user", "주문한 거 배송됐어?")]}, config)
    assert any(ANSWER in message.text for message in ended["messages"])


async def test_a_swarm_hands_over_with_its_default_messages(assistant):
    hand_off = create_handoff_tool(agent_name="stylegraph", description="Hand over to the assistant.")
    host = create_agent(scripted(calling("transfer_to_stylegraph")), tools=[hand_off], name="host")
    swarm = create_swarm([host, assistant], default_active_agent="host").compile(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "swarm"}}
    ended = await swarm.ainvoke({"messages": [("user", QUESTION)]}, config)
    assert ended["active_agent"] == "stylegraph"
    assert ANSWER in ended["messages"][-1].text
    again = await swarm.ainvoke({"messages": [("user", "Has my order shipped?")]}, config)
    assert ANSWER in again["messages"][-1].text


async def test_it_is_invoked_as_langgraphs_documentation_does(assistant):
    config = {"configurable": {"thread_id": "plain"}}
    ended = await assistant.ainvoke({"messages": [{"role": "user", "content": QUESTION}]}, config)
    assert ANSWER in ended["messages"][-1].text
    assert ended["reply"]["routes"] == ["orders"]


async def test_without_a_thread_id_langgraphs_own_error_is_raised(assistant):
    with pytest.raises(ValueError, match="thread_id"):
        await assistant.ainvoke({"messages": [{"role": "user", "content": QUESTION}]})


async def test_it_is_a_tool_of_an_agent(assistant):
    tool = as_tool(assistant, name="style", description="Answers questions on orders.")
    assert tool.args_schema.model_json_schema()["required"] == ["question"]
    model = scripted(calling("style", question=QUESTION), AIMessage("On Friday."))
    ended = await create_agent(model, tools=[tool]).ainvoke({"messages": [("user", "My parcel?")]})
    [result] = [message for message in ended["messages"] if isinstance(message, ToolMessage)]
    assert ANSWER in result.text
    assert result.artifact["routes"] == ["orders"]


async def test_a_tool_asked_by_itself_answers_too(assistant):
    tool = as_tool(assistant, name="style", description="Answers questions on orders.")
    assert ANSWER in await tool.ainvoke({"question": QUESTION})
