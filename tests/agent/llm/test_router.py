"""Where a question goes, as a model decides it."""

from __future__ import annotations

from standins.chat import chat_server
from standins.turns import documents, fashion, routing, web

from stylegraph.agent.llm.router import ModelRouter


class Backup:
    """The router behind: it must not be needed, unless a test says so."""

    def __init__(self, routes=()):
        self.routes = list(routes)

    async def route(self, state):
        assert self.routes
        return {"routing": {**state["routing"], "routes": self.routes}}


async def routed(calling, state, *answers, backup=None):
    async with chat_server(route=list(answers)) as server, calling(server.url) as caller:
        update = await ModelRouter(caller, backup or Backup(), [documents(), web(), fashion()]).route(state)
    return update, server.seen


async def test_a_first_question_keeps_its_words_whatever_the_model_makes_of_them(a_state, calling):
    update, _ = await routed(calling, a_state("린넨은 어떻게 빨아요?"), routing("documents", question="something else"))
    assert update["routing"]["question"] == "린넨은 어떻게 빨아요?"


async def test_a_follow_up_is_made_complete(a_state, calling):
    state = a_state("여름 재킷 추천해줘", "1. 린넨 재킷", "그럼 겨울에는?")
    update, seen = await routed(calling, state, routing("fashion=겨울 재킷", question="겨울 재킷 추천해줘"))
    assert update["routing"]["question"] == "겨울 재킷 추천해줘"
    assert update["routing"]["queries"] == {"fashion": ["겨울 재킷"]}
    assert "person: 여름 재킷 추천해줘\nassistant: 1. 린넨 재킷\nperson: 그럼 겨울에는?" in seen[0].text


async def test_the_form_allows_the_sources_and_no_other_place(a_state, calling):
    _, seen = await routed(calling, a_state(), routing("documents"))
    schema = seen[0].body["response_format"]["json_schema"]["schema"]
    assert schema["$defs"]["Search"]["properties"]["route"]["enum"] == ["documents", "web", "fashion", "image", "chat"]


async def test_a_route_that_is_none_is_asked_for_again(a_state, calling):
    update, seen = await routed(calling, a_state(), routing("shell"), routing("documents"))
    assert (update["routing"]["routes"], len(seen), len(update["ledger"])) == (["documents"], 2, 2)


async def test_chat_stands_alone_and_a_picture_is_looked_at_only_if_there_is_one(a_state, calling):
    update, _ = await routed(calling, a_state(), routing("chat", "image", "documents"))
    assert update["routing"]["routes"] == ["documents"]
    update, _ = await routed(calling, a_state(image="a.jpg"), routing("image", "documents"))
    assert update["routing"]["routes"] == ["image", "documents"]
    update, _ = await routed(calling, a_state(), {**routing(), "searches": []})
    assert (update["routing"]["routes"], update["routing"]["queries"]) == (["chat"], {})


async def test_queries_are_in_the_language_of_the_question_and_not_endless(a_state, calling):
    asked = [f"documents=린넨 {number}" for number in range(8)]
    update, _ = await routed(calling, a_state(), routing(*asked))
    assert len(update["routing"]["queries"]["documents"]) == 4
    update, _ = await routed(calling, a_state("린넨은 어떻게 빨아요?"), routing("documents=how to wash linen"))
    assert update["routing"]["queries"]["documents"] == ["린넨은 어떻게 빨아요?"]


async def test_it_asks_back_only_when_there_is_nowhere_to_look(a_state, calling):
    update, _ = await routed(calling, a_state(), routing("chat", ask_back="어떤 옷이요?", choices=["셔츠"]))
    assert (update["routing"]["ask_back"], update["routing"]["choices"]) == ("어떤 옷이요?", ["셔츠"])
    update, _ = await routed(calling, a_state(), routing("documents", ask_back="어떤 옷이요?", choices=["셔츠"]))
    assert (update["routing"]["ask_back"], update["routing"]["choices"]) == (None, [])


async def test_it_never_asks_back_twice_in_a_row(a_state, calling):
    state = a_state(asked_back=True)
    update, _ = await routed(calling, state, routing("chat", ask_back="어떤 옷이요?"), backup=Backup(["documents"]))
    assert (update["routing"]["ask_back"], update["routing"]["routes"]) == (None, ["documents"])


async def test_a_long_conversation_is_summarised_in_the_same_call_and_trimmed_from_then_on(a_state, calling):
    said = [f"{number}번째 말이에요. " + "린넨 셔츠와 바지에 대해 길게 이야기했어요. " * 12 for number in range(12)]
    state = a_state(*said, "그럼 겨울에는?")
    answer = {**routing("fashion"), "summary": "린넨 셔츠를 찾고 있다."}
    update, seen = await routed(calling, state, answer)
    assert update["summary"] == {"text": "린넨 셔츠를 찾고 있다.", "upto": "m8"}
    assert len(update["ledger"]) == 1
    assert "summary" in seen[0].body["response_format"]["json_schema"]["schema"]["properties"]
    later, seen = await routed(calling, {**state, "summary": update["summary"]}, routing("fashion"))
    assert "summary" not in later
    assert "린넨 셔츠를 찾고 있다." in seen[0].text
    assert "11번째" in seen[0].text
    assert "8번째" not in seen[0].text


async def test_a_very_long_message_is_read_at_both_ends(a_state, calling):
    long = f"첫마디예요. {'긴 글이 이어집니다. ' * 900} 그래서 린넨은 어떻게 빨아요?"
    update, seen = await routed(calling, a_state(long), routing("documents=린넨 세탁"))
    assert len(seen[0].text) < 6_000
    assert "첫마디예요." in seen[0].text
    assert "린넨은 어떻게 빨아요?" in seen[0].text
    assert update["routing"]["question"] == long
