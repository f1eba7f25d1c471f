"""One question's way through the graph, with decisions that are scripted and a graph that is real."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from stylegraph.agent.errors import InputError, SourceError
from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import Draft, Revision, Routing
from stylegraph.graphs.api import ask, stream
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.tools.unavailable import Unavailable

PHOTO = Path(__file__).parents[1] / "tools" / "image" / "photos" / "tshirt.webp"


@dataclass
class Shelf:
    """A source that gives one piece of evidence, and remembers what it was asked."""

    name: str
    node: str
    description: str = "A shelf."
    examples: tuple[str, ...] = ()
    pause: float = 0.0
    error: Exception | None = None
    tasks: list[SourceTask] = field(default_factory=list)

    async def gather(self, state: SourceTask) -> Gathered:
        self.tasks.append(state)
        await asyncio.sleep(self.pause)
        if self.error:
            raise self.error
        return {"evidence": [make_evidence(self.name, state["question"], f"{self.name} on {state['question']}")]}


def grade(good: bool, answers: float = 1.0) -> dict[str, Any]:
    return {
        "good": good,
        "grounded": 1.0,
        "answers": answers,
        "in_language": True,
        "sentences": [],
        "missing": [] if good else ["price"],
    }


@dataclass
class Script:
    """All five decisions, as the test wants them."""

    routes: list[str] = field(default_factory=lambda: ["documents"])
    ask_back: str | None = None
    grades: list[dict[str, Any]] = field(default_factory=lambda: [grade(True)])
    actions: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    kind: str = "answer"
    drafts: int = 0

    async def route(self, state: Any) -> Any:
        question = state["turn"]["asked"]
        return {
            "routing": Routing(
                question=question,
                language=state["turn"]["language"],
                routes=self.routes,
                queries={},
                filters={},
                ask_back=self.ask_back,
                choices=["yes", "no"],
                confidence=1.0,
            )
        }

    async def answer(self, state: Any, writer: Any) -> Any:
        self.order.append("answer")
        self.drafts += 1
        writer({"event": "draft", "text": f"draft {self.drafts}"})
        found = state["evidence"]
        cited = [
            {"evidence": e["id"], "quote": e["text"], "start": 0, "end": len(e["text"]), "title": e["title"]}
            for e in found
        ]
        return {"draft": Draft(text=f"draft {self.drafts}", kind=self.kind, citations=cited, recommendations=[])}

    async def grade_evidence(self, state: Any) -> Any:
        self.order.append("grade_evidence")
        return {"relevance": {e["id"]: 1.0 for e in state["evidence"]}}

    async def grade_answer(self, state: Any) -> Any:
        return {"grade": self.grades[min(self.drafts, len(self.grades)) - 1]}

    async def revise(self, state: Any) -> Any:
        action = self.actions[state["revisions"]] if state["revisions"] < len(self.actions) else "stop"
        return {"revision": Revision(action=action, routing=state["routing"], k=9, reason="not enough")}

    async def look(self, state: Any) -> Any:
        return {"seen": [{"category": "shirt"}]}


class _Grader:
    def __init__(self, decide: Any) -> None:
        self.grade = decide


def assistant(script: Script, *sources: Any, **settings: Any) -> Any:
    shelves = sources or (Shelf("documents", "retrieve"),)
    agent = LocalAgent(
        router=script,
        evidence_grader=_Grader(script.grade_evidence),
        writer=script,
        reviser=script,
        sources=[source.name for source in shelves],
        unavailable=[source.name for source in shelves if isinstance(source, Unavailable)],
    )
    grader = _Grader(script.grade_answer)
    parts = Parts(
        settings=Settings(_env_file=None, **settings),
        agent=agent,
        grader=grader,
        router=script,
        sources=shelves,
        viewer=script,
    )
    return build_assistant(parts).compile(checkpointer=InMemorySaver(), store=InMemoryStore())


async def test_a_good_answer_ends_the_turn_and_cites_its_evidence():
    reply = await ask(assistant(Script()), "울 세탁은?")
    assert (reply.status, reply.text, reply.language) == (Status.ANSWERED, "draft 1", "ko")
    assert [citation.evidence for citation in reply.citations] == [reply.evidence[0]["id"]]


async def test_routed_sources_run_side_by_side_and_the_answer_is_written_once():
    both = asyncio.Barrier(2)

    class Waiting(Shelf):
        """Answers once another one has been asked as well."""

        async def gather(self, state):
            async with asyncio.timeout(20):
                await both.wait()
            return await super().gather(state)

    script = Script(routes=["documents", "fashion"])
    sources = [Waiting("documents", "retrieve"), Waiting("fashion", "recommend")]
    reply = await ask(assistant(script, *sources), "shirts and how to wash them")
    assert {found["route"] for found in reply.evidence} == {"documents", "fashion"}
    assert script.drafts == 1


async def test_nothing_of_an_earlier_turn_is_cited_in_the_next():
    graph = assistant(Script())
    await ask(graph, "first question", thread="t")
    reply = await ask(graph, "second question", thread="t")
    assert [found["title"] for found in reply.evidence] == ["second question"]


async def test_a_draft_that_is_not_good_is_revised_while_the_budget_lasts():
    shelf = Shelf("documents", "retrieve")
    script = Script(grades=[grade(False), grade(True)], actions=["widen"])
    reply = await ask(assistant(script, shelf), "wool?")
    assert (reply.status, reply.text, reply.spent["revisions"]) == (Status.ANSWERED, "draft 2", 1)
    assert [(task["attempt"], task["k"]) for task in shelf.tasks] == [(0, 6), (1, 9)]


async def test_when_the_revisions_end_the_best_draft_is_given_labelled_with_what_is_missing():
    script = Script(grades=[grade(False, 0.6), grade(False, 0.2), grade(False, 0.1)], actions=["correct"] * 5)
    reply = await ask(assistant(script, budget_revisions=2), "wool?")
    assert reply.status is Status.BEST_EFFORT
    assert reply.text.startswith("draft 1\n")
    assert "price" in reply.text
    assert "budget_ended" in {note["code"] for note in reply.notes}
    assert reply.spent["revisions"] == 2


async def test_a_budget_set_for_one_call_holds_for_that_call():
    script = Script(grades=[grade(False)], actions=["correct"] * 5)
    reply = await ask(assistant(script), "wool?", budget={"revisions": 1})
    assert reply.spent["revisions"] == 1


async def test_quick_answers_once_and_thorough_grades_the_evidence_first():
    quick = Script(grades=[grade(False)], actions=["correct"])
    assert (await ask(assistant(quick), "wool?", effort="quick")).spent["revisions"] == 0
    thorough = Script()
    await ask(assistant(thorough), "wool?", effort="thorough")
    assert thorough.order == ["grade_evidence", "answer"]


async def test_a_question_is_put_back_at_most_once_in_a_row():
    graph = assistant(Script(ask_back="누가 입을 옷인가요?"))
    first = await ask(graph, "추천해줘", thread="t")
    assert (first.status, first.text, first.choices) == (Status.ASKED_BACK, "누가 입을 옷인가요?", ["yes", "no"])
    second = await ask(graph, "몰라", thread="t")
    assert second.status is Status.ANSWERED


async def test_a_source_that_fails_or_hangs_is_noted_and_the_rest_answers():
    sources = [
        Shelf("documents", "retrieve"),
        Shelf("orders", "look_up", error=SourceError("The order book is closed.")),
        Shelf("slow", "wait", pause=5),
    ]
    script = Script(routes=["documents", "orders", "slow"])
    reply = await ask(assistant(script, *sources, source_timeout=0.05), "wool?")
    assert reply.status is Status.ANSWERED
    assert [note["code"] for note in reply.notes] == ["source_failed", "source_failed"]
    assert any("The order book is closed." in note["text"] for note in reply.notes)


async def test_a_route_that_is_not_set_up_says_so_and_documents_answer_instead():
    web = Unavailable("web", "search_web", "The web.", {"ko": "웹 검색 설정이 없어요.", "en": "No web search."})
    reply = await ask(assistant(Script(routes=["web"]), web, Shelf("documents", "retrieve")), "latest news?")
    assert reply.routes == ["web", "documents"]
    assert reply.notes == [{"code": "web_unavailable", "text": "No web search."}]
    assert [found["route"] for found in reply.evidence] == ["documents"]


async def test_a_picture_is_looked_at_beside_routing_and_reaches_the_sources(tmp_path):
    shelf = Shelf("fashion", "recommend")
    await ask(assistant(Script(routes=["fashion"]), shelf, home=tmp_path), "goes with?", image=PHOTO)
    assert shelf.tasks[0]["seen"] == [{"category": "shirt"}]


async def test_events_come_in_the_order_of_a_turn():
    script = Script(grades=[grade(False), grade(True)], actions=["correct"])
    names = [event["event"] async for event in stream(assistant(script), "wool?")]
    assert names == ["looking_up", "looking", "evidence", "draft", "graded", "revising", "draft", "graded", "reply"]


async def test_explicit_words_about_oneself_are_remembered_for_the_next_question():
    shelf = Shelf("documents", "retrieve")
    graph = assistant(Script(), shelf)
    reply = await ask(graph, "저는 네이비를 좋아해요", user="kim")
    assert [note["code"] for note in reply.notes] == ["learned"]
    await ask(graph, "셔츠는?", user="kim")
    await ask(graph, "셔츠는?", user="lee")
    assert [task["profile"] for task in shelf.tasks[1:]] == [{"likes": ["네이비"]}, {}]


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, "\ud800"])
async def test_a_question_that_cant_be_used_is_refused_with_a_remedy(text):
    with pytest.raises(InputError) as refused:
        await ask(assistant(Script()), text)
    assert refused.value.remedy


async def test_a_refused_question_is_no_part_of_the_conversation():
    graph = assistant(Script())
    with pytest.raises(InputError):
        await ask(graph, "x" * 20_001, thread="t")
    await ask(graph, "wool?", thread="t")
    kept = await graph.aget_state({"configurable": {"thread_id": "t"}})
    assert [message.content for message in kept.values["messages"]] == ["wool?", "draft 1"]


async def test_of_a_question_outside_a_thread_nothing_is_kept():
    graph = assistant(Script())
    await ask(graph, "wool?")
    assert not list(graph.checkpointer.list(None))
