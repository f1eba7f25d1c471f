"""A message that asks several things: each is looked up, and read, by itself."""

from __future__ import annotations

import pytest
from local_parts import answering, passage

from stylegraph.agent.acts import Finding, look_ups_of
from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.local.clause_split import asked_apart, looked_up_apart
from stylegraph.agent.local.graders import LocalAnswerGrader, LocalEvidenceGrader
from stylegraph.agent.local.reviser import LocalReviser
from stylegraph.agent.local.whole_documents import WholeDocuments
from stylegraph.agent.local.writer import LocalWriter

WARM, STAINS = "how hot may linen be washed?", "how do I get grass stains out of a tent?"
BOTH = f"{WARM} And {STAINS}"
REF = {"index": "own", "source": "own"}
LINEN = passage("Wash linen at 30 °C to 40 °C with a mild detergent.", title="Linen care", document="linen.md", **REF)
TICKS = passage("Ticks wait in long grass, so tuck trousers into socks.", title="Hiking", document="hike.md", **REF)
GRASS = passage("Get grass stains out of a tent with white vinegar.", title="Tents", document="tent.md", **REF)


def found(question, *pieces, identity="documents-0.1"):
    ids, scores = [one["id"] for one in pieces], [one["score"] for one in pieces]
    return Finding(id=identity, source="documents", question=question, evidence=ids, scores=scores, notes=[])


def asking(*findings, evidence=(LINEN, TICKS), **rest):
    state = answering(BOTH, ["documents"], list(evidence), findings=list(findings), **rest)
    state["turn"]["effort"] = "standard"
    return state


def agent_of(reader, embedder):
    grader = LocalEvidenceGrader(reader)
    writer = LocalWriter(reader, embedder)
    return LocalAgent(None, grader, writer, LocalReviser(["documents"]), ["documents"], whole=WholeDocuments(reader))


def test_each_part_of_a_question_is_looked_up_by_itself():
    routing = answering(BOTH, ["documents"], [])["routing"]
    look_ups = looked_up_apart(look_ups_of(routing, ["documents"], 6), routing)
    assert [one["queries"] for one in look_ups] == [[WARM], [STAINS]]
    assert [one["id"] for one in look_ups] == ["documents-0.1", "documents-0.2"]


def test_a_follow_up_is_looked_up_as_a_whole():
    routing = {**answering(BOTH, ["documents"], [])["routing"], "wordings": [f"Linen › {BOTH}"]}
    whole = look_ups_of(routing, ["documents"], 6)
    assert looked_up_apart(whole, routing) == whole


def test_a_part_is_read_over_what_was_found_for_it_as_it_was_scored_then():
    worse = {**LINEN, "score": 0.3}
    state = asking(found(WARM, LINEN), found(STAINS, TICKS, worse))
    warm, stains = asked_apart("documents", state["routing"], state["evidence"], state["findings"])
    assert warm.evidence == [LINEN]
    assert [(one["id"], one["score"]) for one in stains.evidence] == [(TICKS["id"], 0.8), (LINEN["id"], 0.3)]


def test_what_was_looked_up_as_one_is_read_as_one():
    state = asking(found(BOTH, LINEN, TICKS))
    asked = asked_apart("documents", state["routing"], state["evidence"], state["findings"])
    assert [one.evidence for one in asked] == [[LINEN, TICKS]] * 2


async def test_no_part_is_answered_by_what_was_found_for_another(reader, embedder):
    state = asking(found(WARM, LINEN), found(STAINS, TICKS), evidence=[LINEN, TICKS, GRASS])
    draft = (await LocalWriter(reader, embedder).answer(state, lambda _: None))["draft"]
    assert [one["quote"] for one in draft["citations"]] == [LINEN["text"]]
    grade = (await LocalAnswerGrader(reader).grade({**state, "draft": draft}))["grade"]
    assert grade["missing"] == [STAINS]


async def test_parts_are_answered_one_after_another_and_a_quote_stands_once(reader, embedder):
    state = asking(found(WARM, LINEN), found(STAINS, GRASS), evidence=[LINEN, GRASS])
    draft = (await LocalWriter(reader, embedder).answer(state, lambda _: None))["draft"]
    assert draft["text"] == f"{LINEN['text']} [1]\n\n{GRASS['text']} [2]"
    state = answering(f"{WARM} And how hot is linen washed?", ["documents"], [LINEN])
    draft = (await LocalWriter(reader, embedder).answer(state, lambda _: None))["draft"]
    assert draft["text"] == f"{LINEN['text']} [1]"


@pytest.mark.parametrize(("missing", "looked_up"), [([STAINS], [STAINS]), ([WARM, STAINS], [WARM, STAINS])])
async def test_only_what_is_missing_is_looked_up_more_widely(reader, embedder, missing, looked_up):
    grade = {"answers": 0.5, "missing": missing}
    draft = {"text": "", "kind": "answer", "citations": [], "recommendations": []}
    state = asking(found(WARM, LINEN), found(STAINS, TICKS), grade=grade, draft=draft)
    act = (await agent_of(reader, embedder).act(state, lambda _: None))["act"]
    assert [one["question"] for one in act["look_ups"]] == looked_up


async def test_documents_are_read_as_a_whole_for_what_was_looked_up_again(reader):
    again = found(STAINS, TICKS, identity="documents-1.2")
    state = asking(found(WARM, LINEN), found(STAINS, TICKS), again, revisions=1)
    look_ups = await WholeDocuments(reader).look_ups(state)
    assert [(one["question"], one["arguments"]["document"]["title"]) for one in look_ups] == [(STAINS, "Hiking")]
