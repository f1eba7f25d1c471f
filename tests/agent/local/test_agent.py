"""The agent without a model: it looks once more where documents answered in another language only."""

import pytest
from local_parts import answering, passage

from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.local.graders import LocalEvidenceGrader
from stylegraph.agent.local.writer import LocalWriter

LINEN = passage("Wash linen at 30 °C to 40 °C with a mild detergent.", title="Linen care", document="linen.md")


@pytest.mark.parametrize(
    ("question", "looked", "k", "kind"),
    [
        ("린넨은 몇 도에서 빨아?", "documents-0", 1, "look_ups"),
        ("how hot may linen be washed?", "documents-0", 1, "draft"),
        ("린넨은 몇 도에서 빨아?", "documents-1", 1, "draft"),
        ("린넨은 몇 도에서 빨아?", "documents-0", 6, "draft"),
    ],
    ids=["another language", "the asker's", "looked twice", "there is no more"],
)
async def test_it_looks_wider_once_unless_it_has_seen_all(reader, embedder, question, looked, k, kind):
    agent = LocalAgent(None, None, LocalWriter(reader, embedder), None, ["documents"], k=k)
    state = answering(question, ["documents"], [LINEN])
    state["turn"]["effort"] = "standard"
    act = (await agent.act({**state, "findings": [{"id": looked}]}, lambda _: None))["act"]
    assert act["kind"] == kind
    assert kind == "draft" or act["look_ups"][0]["k"] > k


async def test_who_grades_a_draft_is_told_what_its_writer_left_out(reader, embedder):
    agent = LocalAgent(None, LocalEvidenceGrader(reader), LocalWriter(reader, embedder), None, ["documents"])
    state = answering("how hot may linen be washed?", ["documents"], [LINEN])
    state["turn"]["effort"] = "thorough"
    update = await agent.act(state, lambda _: None)
    assert update["act"]["kind"] == "draft"
    assert update["relevance"][LINEN["id"]] > 0.5
