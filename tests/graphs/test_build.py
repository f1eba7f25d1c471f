"""Settings in, an open assistant out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from homes import with_catalogue
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from stylegraph.agent.errors import InputError, SettingsError
from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask, opened
from stylegraph.graphs.build import build_graph, open_assistant, open_sync


class Orders:
    """A user's own source."""

    name = "orders"
    node = "look_up_orders"
    description = "The user's orders and parcels."
    examples = ("Where is my parcel?", "내 택배 언제 와?", "Has my order shipped?", "주문한 거 배송됐어?")

    async def gather(self, state: SourceTask) -> Gathered:
        return {"evidence": [make_evidence(self.name, "Order 7", "Your parcel arrives on Friday.")]}


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False, question_max_chars=200)


async def test_a_thread_survives_a_restart_and_follow_ups_lean_on_it(settings):
    async with open_assistant(settings) as assistant:
        first = await ask(assistant, "여름에 입을 시원한 린넨 셔츠 추천해줘", thread="summer")
    async with open_assistant(settings) as assistant:
        second = await ask(assistant, "더 싼 걸로", thread="summer")
    assert first.recommendations
    assert second.routes == ["fashion"]
    assert min(item.price_krw for item in second.recommendations) <= min(i.price_krw for i in first.recommendations)


async def test_the_longest_question_is_the_one_of_these_settings(settings):
    async with open_assistant(settings) as assistant:
        with pytest.raises(InputError, match="200 is the limit"):
            await ask(assistant, "x" * 201)


async def test_a_name_that_the_graph_needs_is_refused_with_a_remedy(settings):
    class Chat(Orders):
        name = "chat"

    with pytest.raises(SettingsError, match="'chat'"):
        async with open_assistant(settings, sources=[Chat()]):
            pass


async def test_a_source_with_the_name_of_a_built_in_one_takes_its_place(settings):
    class Shelf(Orders):
        name = "documents"
        node = "retrieve"
        description = "A handbook on laundry."
        examples = ("How do I wash silk?", "Can wool go in the dryer?", "니트는 어떻게 빨아?")

        async def gather(self, state: SourceTask) -> Gathered:
            return {"evidence": [make_evidence(self.name, "Wool", "Wash wool at 30 degrees with a wool detergent.")]}

    async with open_assistant(settings, sources=[Shelf()]) as assistant:
        reply = await ask(assistant, "How do I wash wool?")
    assert [citation.title for citation in reply.citations] == ["Wool"]


async def test_a_decision_of_ones_own_replaces_the_local_one(settings):
    class Shout:
        async def act(self, state, stream):
            if not state["evidence"]:
                asked = {"id": "1", "question": "parcel", "queries": ["parcel"], "filters": {}, "k": 1}
                return {"act": {"kind": "look_ups", "look_ups": [{**asked, "source": "orders"}]}}
            text = state["evidence"][0]["text"].upper()
            draft = {"text": text, "kind": "answer", "citations": [], "recommendations": []}
            return {"act": {"kind": "draft"}, "draft": draft, "routing": None}

    class Content:
        async def grade(self, state):
            return {
                "grade": {
                    "good": True,
                    "grounded": 1.0,
                    "answers": 1.0,
                    "in_language": True,
                    "sentences": [],
                    "missing": [],
                }
            }

    async with open_assistant(settings, sources=[Orders()], agent=Shout(), grader=Content()) as assistant:
        reply = await ask(assistant, "Where is my parcel?")
    assert reply.text.startswith("YOUR PARCEL ARRIVES ON FRIDAY.")


def test_the_synchronous_door_answers_too(settings):
    with opened(lambda: open_assistant(settings, sources=[Orders()])) as door:
        reply = door.ask("내 택배 언제 와?")
    assert reply.status is Status.ANSWERED
    assert reply.routes == ["orders"]


async def test_a_home_that_cant_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="STYLEGRAPH_HOME"):
        async with open_assistant(Settings(_env_file=None, home=tmp_path / "file" / "home")):
            pass


def test_a_synchronous_assistant_takes_the_same_keywords(settings):
    with open_sync(settings, sources=[Orders()], builtin=["documents"]) as assistant:
        assert assistant.ask("내 택배 언제 와?").routes == ["orders"]


async def test_what_is_left_out_is_neither_in_the_graph_nor_opened(settings):
    async with open_assistant(settings, builtin=("documents",), sources=[Orders()]) as assistant:
        assert {"retrieve", "look_up_orders"} <= set(assistant.nodes)
        assert not {"search_web", "recommend"} & set(assistant.nodes)
        reply = await ask(assistant, "Has my order shipped?")
    assert reply.routes == ["orders"]
    assert not (settings.home / "catalogue").exists()


async def test_an_assistant_without_pictures_says_that_it_has_not_looked(settings):
    photo = Path(__file__).parents[1] / "tools" / "image" / "photos" / "tshirt.webp"
    async with open_assistant(settings, builtin=(), sources=[Orders()]) as assistant:
        reply = await ask(assistant, "Where is my parcel?", image=photo)
    assert [note["code"] for note in reply.notes] == ["image_unavailable"]


async def test_conversations_are_kept_where_the_caller_says(settings):
    saver, store = InMemorySaver(), InMemoryStore()
    keywords = {"sources": [Orders()], "checkpointer": saver, "store": store, "name": "helper"}
    async with open_assistant(settings, **keywords) as assistant:
        await ask(assistant, "Where is my parcel?", thread="parcel")
        assert (assistant.name, assistant.checkpointer, assistant.store) == ("helper", saver, store)
    assert saver.get({"configurable": {"thread_id": "parcel"}})
    assert not settings.threads.exists()
    assert not settings.people.exists()


async def test_none_keeps_no_conversations(settings):
    async with open_assistant(settings, sources=[Orders()], checkpointer=None) as assistant:
        ended = await assistant.ainvoke({"messages": [("user", "Where is my parcel?")]})
    assert "Friday" in ended["messages"][-1].text


async def test_the_graph_can_be_compiled_by_its_user(settings):
    async with build_graph(settings, sources=[Orders()], builtin=()) as graph:
        assistant = graph.compile(checkpointer=InMemorySaver(), interrupt_before=["look_up_orders"])
        config = {"configurable": {"thread_id": "parcel"}}
        await assistant.ainvoke({"messages": [("user", "Where is my parcel?")]}, config)
        assert (await assistant.aget_state(config)).next == ("look_up_orders",)


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"checkpoint": None}, "no keyword checkpoint.*mean checkpointer"),
        ({"source": []}, "no keyword source.*mean sources"),
        ({"builtin": ["document"]}, "no built-in source document.*mean documents"),
        ({"sources": ["no-such-pack"]}, "no installed pack no-such-pack"),
        ({"sources": [Orders]}, "is no source"),
        ({"sources": [7]}, "is no source"),
    ],
)
async def test_what_there_is_not_is_refused_with_the_nearest_right_name(settings, keywords, says):
    with pytest.raises(SettingsError, match=says):
        async with open_assistant(settings, **keywords):
            pass


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """An installed package that offers a source, and one that opens its own."""
    site = tmp_path / "site"
    metadata = site / "acme-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[stylegraph.sources]\norders = acme:orders\nopening = acme:opening\n")
    (site / "acme.py").write_text(PACK)
    monkeypatch.syspath_prepend(site)
    yield
    sys.modules.pop("acme", None)


PACK = """
from contextlib import asynccontextmanager

from stylegraph import make_evidence


class Orders:
    name, node, description = "orders", "look_up_orders", "The user's orders and parcels."
    examples = ("Where is my parcel?", "Has my order shipped?")

    async def gather(self, state):
        return {"evidence": [make_evidence(self.name, "Order 7", "Your parcel arrives on Friday.")]}


orders = Orders()


@asynccontextmanager
async def opening(settings):
    (settings.home / "open").touch()
    yield [Orders()]
    (settings.home / "open").unlink()
"""


async def test_an_installed_pack_is_asked_by_name(settings, pack):
    async with open_assistant(settings, sources=["orders"], builtin=()) as assistant:
        assert (await ask(assistant, "Where is my parcel?")).routes == ["orders"]
    async with open_assistant(settings, sources=["opening"], builtin=()) as assistant:
        assert (settings.home / "open").exists()
        assert (await ask(assistant, "Where is my parcel?")).routes == ["orders"]
    assert not (settings.home / "open").exists()


async def test_a_setting_may_name_packs_too(settings, pack):
    named = settings.model_copy(update={"sources": ["orders"]})
    async with open_assistant(named, builtin=()) as assistant:
        assert "look_up_orders" in assistant.nodes
