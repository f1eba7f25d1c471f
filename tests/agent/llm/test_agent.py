"""One visit of the agent that is a chat model, against a server that answers as a test wants."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from standins.chat import Calls, Fault, calls, chat_server
from standins.turns import WASH, documents, fashion, form

from stylegraph.agent.acts import Drafted, LookUps
from stylegraph.agent.llm.agent import ModelAgent
from stylegraph.agent.llm.context import prompt_for
from stylegraph.agent.llm.desk import Desk
from stylegraph.agent.llm.working import kept, said


class Backup:
    """The agent behind: what it does is known by its reason."""

    def __init__(self):
        self.called = 0

    async def act(self, state, stream):
        self.called += 1
        stream({"event": "draft", "text": "locally"})
        draft = {"text": "locally", "kind": "answer", "citations": [], "recommendations": []}
        return {"act": Drafted(kind="draft", reason="backup"), "draft": draft}


class Visited:
    def __init__(self, update, server, streamed, backup, state):
        self.update, self.server, self.streamed, self.backup, self.state = update, server, streamed, backup, state

    @property
    def act(self):
        return self.update["act"]

    @property
    def notes(self):
        return [note["code"] for note in self.update.get("notes", [])]

    @property
    def told(self):
        return [note for finding in self.update["findings"] for note in finding["notes"]]


@asynccontextmanager
async def agent_over(calling, server, *sources, router=None, profile=None):
    backup = Backup()
    async with calling(server.url) as caller:
        caller.chat.profile = profile
        yield ModelAgent(caller, backup, sources or (documents(), fashion()), router), backup


async def visited(calling, state, *answers, sources=(), router=None, refuses=None, profile=None, **script):
    streamed = []
    async with chat_server(agent=list(answers) or [WASH], **script) as server:
        server.refuses = refuses or {}
        async with agent_over(calling, server, *sources, router=router, profile=profile) as (agent, backup):
            update = await agent.act(state, lambda event: streamed.append(event.get("text", "")))
    return Visited(update, server, "".join(streamed), backup, state)


def looked_up(a_state, wool, **more):
    """Return the state of a second visit: the documents were searched, and hold `wool`."""
    found = {"id": "c1", "source": "documents", "evidence": [wool["id"]], "notes": []}
    call = {"name": "documents", "args": {"query": "울 세탁"}, "id": "c1"}
    given = {"act": LookUps(kind="look_ups", look_ups=[]), "working": kept([AIMessage("", tool_calls=[call])])}
    return a_state(evidence=[wool], findings=[found], **{**given, **more})


async def test_calls_become_look_ups_side_by_side(a_state, calling):
    seen = await visited(calling, a_state(), calls(documents=["울 세탁", "washing wool"], fashion="울 니트"))
    assert [(one["source"], one["queries"]) for one in seen.act["look_ups"]] == [
        ("documents", ["울 세탁"]),
        ("documents", ["washing wool"]),
        ("fashion", ["울 니트"]),
    ]
    assert len({one["id"] for one in seen.act["look_ups"]}) == 3
    assert seen.server.seen[0].tools == ["documents", "fashion", "ask_person"]
    assert (len(seen.update["ledger"]), seen.update["ledger"][0]["by"]) == (1, "agent")


async def test_text_is_a_draft_that_streams_as_it_comes_with_citations_for_addresses(a_state, calling, wool):
    seen = await visited(calling, looked_up(a_state, wool), "찬물에 손빨래하세요 [1.1]. 뉘어 말려요 [1.3].")
    assert seen.act == {"kind": "draft"}
    assert seen.update["draft"]["text"] == seen.streamed == "찬물에 손빨래하세요 [1]. 뉘어 말려요 [2]."
    assert [one["quote"] for one in seen.update["draft"]["citations"]] == [
        "30℃ 이하의 찬물에서 손빨래한다.",
        "그늘에 뉘어 말린다.",
    ]
    assert seen.update["passages"] == [wool["id"]]


async def test_text_beside_calls_ends_no_visit(a_state, calling):
    seen = await visited(calling, a_state(), Calls([("documents", {"query": "울"})], "찾아볼게요."))
    assert [one["queries"] for one in seen.act["look_ups"]] == [["울"]]
    assert "draft" not in seen.update


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (calls(shell="rm -rf /"), "There is no such tool."),
        (Calls([("documents", "query: 울")]), "no JSON"),
        (calls(documents="울 세탁"), "You asked exactly this before"),
    ],
)
async def test_a_call_that_cant_be_done_is_answered_and_the_model_may_call_again(a_state, calling, wool, wrong, told):
    seen = await visited(calling, looked_up(a_state, wool), wrong, calls(documents="울 건조"))
    assert [one["queries"] for one in seen.act["look_ups"]] == [["울 건조"]]
    assert told in seen.told[0]
    assert told in seen.server.seen[1].text
    assert seen.server.seen[1].roles[-2:] == ["assistant", "tool"]
    assert seen.server.seen[1].tools
    assert len(seen.update["ledger"]) == 2


async def test_what_calls_nothing_that_can_be_done_again_and_again_must_write(a_state, calling, wool):
    wrong = calls(shell="ls")
    seen = await visited(calling, looked_up(a_state, wool), wrong, calls(shell="pwd"), "찬물에 빨아요 [1.1].")
    assert seen.update["draft"]["text"] == "찬물에 빨아요 [1]."
    assert [bool(one.tools) for one in seen.server.seen] == [True, True, False]
    assert seen.backup.called == 0


async def test_what_never_writes_is_done_without(a_state, calling, wool):
    seen = await visited(calling, looked_up(a_state, wool), calls(shell="ls"))
    assert (seen.act["reason"], seen.notes, seen.server.count()) == ("backup", ["model_failed"], 3)
    assert len(seen.update["ledger"]) == 3


async def test_broken_arguments_beside_good_ones_are_answered_and_the_good_ones_are_done(a_state, calling):
    answer = Calls([("documents", {"query": "울"}), ("documents", "oops"), ("documents", {"query": "면"})])
    seen = await visited(calling, a_state(), answer)
    assert [one["queries"] for one in seen.act["look_ups"]] == [["울"], ["면"]]
    assert len(seen.told) == 1
    (message,) = said(seen.update)
    assert {one["id"] for one in message.tool_calls} == {
        *(one["id"] for one in seen.act["look_ups"]),
        *(one["id"] for one in seen.update["findings"]),
    }


async def test_of_many_calls_at_once_so_many_are_made_and_each_is_answered(a_state, calling):
    seen = await visited(calling, a_state(), calls(documents=[f"{number}번" for number in range(20)]))
    assert len(seen.act["look_ups"]) == 8
    assert len(seen.told) == 12
    assert set(seen.told) == {"Too many look-ups at once: this one was left out."}


async def test_the_same_call_twice_at_once_is_made_once(a_state, calling):
    seen = await visited(calling, a_state(), calls(documents=["울", "울"]))
    assert len(seen.act["look_ups"]) == 1
    assert len(seen.told) == 1


async def test_it_may_ask_back_once_and_not_twice_in_a_row(a_state, calling):
    back = calls(ask_person={"question": "어떤 옷이요?", "choices": ["셔츠", "바지", "", "a", "b", "c"]})
    seen = await visited(calling, a_state(), back)
    assert seen.act == {"kind": "ask_back", "text": "어떤 옷이요?", "choices": ["셔츠", "바지", "a", "b"]}
    again = await visited(calling, a_state(asked_back=True), back, "무슨 옷인지 몰라도 찬물이 안전해요.")
    assert "ask_person" not in again.server.seen[0].tools
    assert again.act == {"kind": "draft"}
    assert "There is no such tool." in again.told


async def test_a_question_back_without_words_is_no_question(a_state, calling):
    seen = await visited(calling, a_state(), calls(ask_person={"choices": ["a"]}))
    assert seen.notes == ["model_failed"]


async def test_before_the_last_call_tools_are_taken_away(a_state, calling, wool):
    state = looked_up(a_state, wool, budget={"model_calls": 2})
    state["ledger"] = [
        {"kind": "model", "by": "agent", "started": 1.0, "ended": 2.0, "tokens_in": 9, "tokens_out": 9, "dollars": None}
    ]
    seen = await visited(calling, state, "찬물에 빨아요 [1.1].")
    assert not seen.server.seen[0].tools
    assert "tool" not in seen.server.seen[0].roles
    assert "answer now with what there is" in seen.server.seen[0].last
    assert "[1.1] 30℃ 이하의" in seen.server.seen[0].text
    assert seen.update["draft"]["text"] == "찬물에 빨아요 [1]."


async def test_with_room_for_one_call_in_all_the_look_up_is_made_without_the_model(a_state, calling, wool):
    seen = await visited(calling, a_state(budget={"model_calls": 1}))
    assert (seen.backup.called, seen.server.count()) == (1, 0)
    written = await visited(calling, looked_up(a_state, wool, budget={"model_calls": 1}), "찬물에 빨아요 [1.1].")
    assert (written.backup.called, written.server.count()) == (0, 1)


async def test_a_model_that_fails_is_done_without_and_nothing_is_shown_twice(a_state, calling):
    down = await visited(calling, a_state(), Fault(500, {}))
    assert (down.act["reason"], down.notes, down.streamed) == ("backup", ["model_unavailable"], "locally")
    cut = await visited(calling, a_state(), Fault(body="찬물에 빨아요 그리고", cut_after=2))
    assert (cut.act["reason"], cut.notes, cut.streamed) == ("backup", ["model_failed"], "찬물에 빨아요")
    assert cut.update["ledger"]


@pytest.mark.parametrize("how", ["profile", "refused"])
async def test_a_server_without_tools_is_asked_for_the_same_act_as_a_form(a_state, calling, how):
    known = (
        {"profile": {"tool_calling": False}} if how == "profile" else {"refuses": {"tools": "does not support tools"}}
    )
    seen = await visited(calling, a_state(), form=form(documents="울 세탁", fashion="울 니트"), **known)
    assert [(one["source"], one["queries"]) for one in seen.act["look_ups"]] == [
        ("documents", ["울 세탁"]),
        ("fashion", ["울 니트"]),
    ]
    assert seen.server.kinds == (["form"] if how == "profile" else ["agent", "form"])
    schema = seen.server.of("form")[0].body["response_format"]["json_schema"]["schema"]
    assert "documents" in str(schema["$defs"]["Search"]["properties"]["tool"]["enum"])
    assert "- documents(query)" in seen.server.of("form")[0].system


async def test_a_form_may_answer_or_ask_back(a_state, calling, wool):
    no_tools = {"tools": "does not support tools"}
    state = looked_up(a_state, wool)
    answered = await visited(calling, state, refuses=no_tools, form=form(answer="찬물에 빨아요 [1.1]."))
    assert answered.update["draft"]["text"] == answered.streamed == "찬물에 빨아요 [1]."
    assert "[1.1] 30℃ 이하의" in answered.server.of("form")[0].text
    asked = await visited(calling, a_state(), refuses=no_tools, form=form(ask_back="어떤 옷이요?"))
    assert (asked.act["kind"], asked.act["text"]) == ("ask_back", "어떤 옷이요?")
    nothing = await visited(calling, a_state(), refuses=no_tools, form=form())
    assert nothing.notes == ["model_failed"]


async def test_a_draft_to_mend_comes_with_what_was_wrong_in_the_same_conversation(a_state, calling, wool):
    wrong = "건조기에 돌려요 [1.2]."
    grade = {
        "good": False,
        "grounded": 0.0,
        "answers": 1.0,
        "in_language": True,
        "sentences": [{"text": wrong, "supported": False, "citations": []}],
        "missing": [],
    }
    state = looked_up(a_state, wool, grade=grade)
    state["working"] += kept([AIMessage(wrong)])
    seen = await visited(calling, state, "찬물에 빨아요 [1.1].")
    assert seen.server.seen[0].roles == ["system", "user", "assistant", "tool", "assistant", "user"]
    assert f"- {wrong}" in seen.server.seen[0].last
    assert wrong in seen.act["reason"]
    assert [message.type for message in said(seen.update)] == ["human", "ai"]


async def test_a_mended_draft_that_cites_nothing_still_is_replaced_by_the_evidence_itself(a_state, calling, wool):
    grade = {"good": False, "grounded": 0.0, "answers": 1.0, "in_language": True, "sentences": [], "missing": []}
    seen = await visited(calling, looked_up(a_state, wool, grade=grade), "그냥 건조기에 돌리세요.")
    assert (seen.act["reason"], seen.notes) == ("backup", ["model_uncited"])


async def test_a_router_makes_the_first_act_and_the_model_the_next(a_state, calling):
    class Router:
        async def route(self, state):
            return {
                "routing": {
                    "question": "울은 어떻게 빨아요?",
                    "language": "ko",
                    "routes": ["documents", "nowhere"],
                    "queries": {"documents": ["울 세탁"]},
                    "filters": {},
                    "ask_back": None,
                    "choices": [],
                    "confidence": 1.0,
                }
            }

    seen = await visited(calling, a_state(), router=Router())
    assert [(one["source"], one["queries"]) for one in seen.act["look_ups"]] == [("documents", ["울 세탁"])]
    assert seen.server.count() == 0


class Library:
    """A source that says what it holds, and what the person saw last."""

    name, node, description, examples = "library", "read", "A library.", ()

    def __init__(self, piece, fails=False):
        self._piece, self._fails = piece, fails
        self.tasks = []

    async def gather(self, state):
        return {}

    async def overview(self, task):
        self.tasks.append(task)
        if self._fails:
            raise OSError("the disk is gone")
        return "Two books, in Korean."

    async def recall(self, task):
        if self._fails:
            raise OSError("the disk is gone")
        return [self._piece] if task["shown"] else []


async def test_what_sources_hold_and_what_was_shown_last_lie_before_the_model_and_can_be_cited(a_state, calling, shirt):
    seen = await visited(calling, a_state(shown=["s1"]), "셔츠는 39,000원이에요 [1.3].", sources=[Library(shirt)])
    assert "Two books, in Korean." in str(seen.server.seen[0].body["tools"])
    assert "[1]\n[1.1] 린넨 셔츠" in seen.server.seen[0].text
    assert [one["evidence"] for one in seen.update["draft"]["citations"]] == [shirt["id"]]
    assert seen.update["evidence"] == [shirt]
    assert seen.update["passages"] == [shirt["id"]]


async def test_a_source_that_cant_say_what_it_holds_is_left_out(a_state, calling, shirt):
    seen = await visited(calling, a_state(shown=["s1"]), "안녕하세요!", sources=[Library(shirt, fails=True)])
    assert (seen.update["draft"]["text"], seen.notes) == ("안녕하세요!", [])


async def test_every_call_of_the_conversation_has_its_answer(a_state, calling, wool):
    """What a provider insists on: after a message with calls come the results of all of them."""
    state = looked_up(a_state, wool)
    answer = Calls([("documents", {"query": "울 건조"}), ("shell", {"query": "ls"}), ("documents", "oops")])
    seen = await visited(calling, state, answer)
    after = {**state, **{name: [*state[name], *seen.update[name]] for name in ("working", "findings")}}
    async with chat_server() as server, calling(server.url) as caller:
        messages = prompt_for("", after, Desk.of(after, "", caller.settings), last=False, told=False)
    asked = [call["id"] for message in messages for call in getattr(message, "tool_calls", [])]
    answered = [message.tool_call_id for message in messages if isinstance(message, ToolMessage)]
    assert asked == answered
