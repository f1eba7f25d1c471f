"""Settings in, an open assistant out."""

from __future__ import annotations

import pytest

from stylegraph.agent.errors import InputError, SettingsError
from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask, opened
from stylegraph.graphs.build import open_assistant


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
    return Settings(_env_file=None, home=tmp_path / "home", samples=False, question_max_chars=200)


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
        async def answer(self, state, writer):
            text = state["evidence"][0]["text"].upper()
            return {"draft": {"text": text, "kind": "answer", "citations": [], "recommendations": []}}

    async with open_assistant(settings, sources=[Orders()], writer=Shout()) as assistant:
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
