"""The web as a source of evidence, against a stand-in that speaks Tavily's protocol over saved pages."""

import asyncio
import time

import pytest
from langgraph.graph import START, StateGraph
from standins.tavily import tavily_server

from stylegraph.agent.errors import SourceError
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.tavily import TavilySearch

WEATHER = "오늘 서울 날씨"


def codes(gathered):
    return [note["code"] for note in gathered["notes"]]


async def test_a_search_gives_pages_as_evidence_and_is_charged(task, searching):
    async with tavily_server() as server:
        found = await searching(server.url).gather(task("에펠탑 높이", "Eiffel Tower height", language="en"))
    best = found["evidence"][0]
    assert (best["title"], best["route"], best["found_by"]) == ("Eiffel Tower", "web", "tavily")
    assert best["url"] == "https://encyclopedia.example.org/eiffel-tower"
    assert best["id"].startswith("web-")
    assert [(charge["kind"], charge["by"]) for charge in found["ledger"]] == [("web", "web")] * 2
    assert all(charge["ended"] >= charge["started"] > 0 for charge in found["ledger"])


async def test_what_is_set_is_what_is_asked(task, searching):
    async with tavily_server() as server:
        source = searching(server.url, web_search_depth="advanced", web_exclude_domains=["blog.example.net"])
        filters = source.read_filters("오늘 서울 날씨 어때?")
        assert filters == {"freshness": {"any": ["day"]}}
        await source.gather(task(WEATHER, k=3, **filters))
    path, asked = server.asked[0]
    assert path == "/search"
    assert (asked["search_depth"], asked["max_results"], asked["time_range"]) == ("advanced", 3, "day")
    assert (asked["topic"], asked["exclude_domains"]) == ("general", ["blog.example.net"])


async def test_only_fresh_pages_answer_a_fresh_question(task, searching):
    async with tavily_server() as server:
        source = searching(server.url)
        fresh = await source.gather(task("Seoul fashion week", freshness={"any": ["week"]}))
        old = await source.gather(task("Eiffel Tower", freshness={"any": ["week"]}))
    assert [page["url"] for page in fresh["evidence"]] == ["https://news.example.com/seoul-fashion-week"]
    assert (old["evidence"], codes(old)) == ([], ["web_empty"])


async def test_news_come_with_their_date(task, searching):
    async with tavily_server() as server:
        found = await searching(server.url).gather(task("Seoul fashion week news"))
    assert found["evidence"][0]["data"]["published"] == "2026-06-01"


async def test_domains_hold_whatever_the_provider_makes_of_them(task, searching):
    async with tavily_server() as server:
        server._fits = lambda page, asked: True
        only = await searching(server.url, web_include_domains=["example.org"]).gather(task("린넨 섬유 Eiffel Tower"))
        never = await searching(server.url, web_exclude_domains=["example.org"]).gather(task("린넨 섬유 Eiffel Tower"))
    assert {page["url"].split("/")[2] for page in only["evidence"]} == {
        "encyclopedia.example.org",
        "report.example.org",
    }
    assert not any("example.org" in page["url"] for page in never["evidence"])
    assert never["evidence"]


async def test_queries_run_side_by_side(task, searching):
    async with tavily_server() as server:
        source = searching(server.url)
        await source.gather(task("데우기"))
        server.latency = 3.0
        began = time.perf_counter()
        await source.gather(task("날씨", "장화", "린넨"))
        assert time.perf_counter() - began < 8.5  # one after another they take 9


async def test_a_query_is_searched_once_in_a_while(task, searching):
    async with tavily_server() as server:
        source = searching(server.url)
        first = await source.gather(task("서울 날씨"))
        again = await source.gather(task("서울  날씨", "장화 시세", web_searches=1))
        await source.gather(task("서울 날씨", freshness={"any": ["day"]}))
    assert len(server.asked) == 3
    assert (len(first["ledger"]), len(again["ledger"])) == (1, 1)


async def test_what_one_thread_searched_for_is_not_known_to_another(task, searching):
    async with tavily_server() as server:
        source = searching(server.url)

        async def gather(_state):
            await source.gather(task("서울 날씨"))
            return {}

        graph = StateGraph(dict).add_node("search", gather).add_edge(START, "search").compile()
        for thread in ("a", "a", "b"):
            await graph.ainvoke({}, {"configurable": {"thread_id": thread}})
    assert len(server.asked) == 2


async def test_the_turn_s_searches_are_not_overrun(task, searching):
    async with tavily_server() as server:
        found = await searching(server.url).gather(task("날씨", "장화", "린넨", web_searches=2))
        none = await searching(server.url).gather(task("색", web_searches=0))
    assert len(server.asked) == 2
    assert codes(found) == codes(none) == ["budget_ended"]
    assert none["evidence"] == []


async def test_pages_are_read_in_full_only_when_the_turn_comes_back(task, searching):
    question = "2025년 국내에서 수거된 헌 옷은 몇 톤?"
    async with tavily_server(own_pages=True) as server:
        source = searching(server.url, fetch_allow_hosts=["127.0.0.1"])
        first = await source.gather(task("섬유 재활용 보고서", question=question))
        assert (server.fetched, "11만 8천 톤" in str(first["evidence"])) == ([], False)
        second = await source.gather(task("섬유 재활용 보고서", question=question, attempt=1))
    report = next(page for page in second["evidence"] if "long-report" in page["url"])
    assert "11만 8천 톤" in report["text"]
    assert "Login" not in report["text"]
    assert (report["data"]["published"], report["data"]["read_in_full"]) == ("2026-04-20", True)
    assert 0 < len(server.fetched) <= 2


async def test_a_page_that_can_not_be_fetched_is_extracted_by_the_provider(task, searching):
    async with tavily_server() as server:
        source = searching(server.url)  # example.org leads nowhere from here
        found = await source.gather(task("섬유 재활용 보고서", question="수거된 헌 옷은 몇 톤?", attempt=1))
    report = next(page for page in found["evidence"] if "textile" in page["url"])
    assert "11만 8천 톤" in report["text"]
    assert [path for path, _ in server.asked] == ["/search", "/extract"]
    assert len(found["ledger"]) == 2


async def test_a_page_that_a_model_asks_for_is_extracted_where_it_can_not_be_fetched(task, searching):
    url = "https://encyclopedia.example.org/eiffel-tower"
    asked = {**task(url), "asked": "How tall is it?", "tool": "read_page", "arguments": {"url": url}, "links": [url]}
    async with tavily_server() as server:
        source = searching(server.url)
        found = await source.gather(asked)
        with pytest.raises(SourceError, match="Only pages"):
            await source.gather({**asked, "links": []})
    assert "330" in found["evidence"][0]["text"]
    assert len(found["ledger"]) == 1
    assert [path for path, _ in server.asked] == ["/extract"]


@pytest.mark.parametrize(
    ("mode", "says", "requests"),
    [
        ("429", "429", 3),
        ("500", "did not answer", 3),
        ("malformed", "did not answer", 3),
        ("not_json", "did not answer", 3),
        ("432", "quota", 1),
        ("401", "TAVILY_API_KEY", 1),
    ],
)
async def test_what_goes_wrong_is_a_note_and_never_an_exception(task, searching, mode, says, requests):
    async with tavily_server() as server:
        server.mode = mode
        found = await searching(server.url).gather(task(WEATHER))
    assert (found["evidence"], codes(found)) == ([], ["web_failed"])
    assert says in found["notes"][0]["text"]
    assert "tvly-secret" not in str(found)
    assert len(server.asked) == requests
    assert len(found["ledger"]) == 1


@pytest.mark.parametrize("mode", [["500", "well"], ["429", "well"], ["not_json", "malformed", "well"]])
async def test_what_passes_is_tried_again(task, searching, mode):
    async with tavily_server() as server:
        server.mode = mode
        found = await searching(server.url).gather(task(WEATHER))
    assert found["evidence"]
    assert len(server.asked) == len(mode)


async def test_the_pause_that_the_service_asks_for_is_kept_and_never_longer_than_a_search_may_take(task, searching):
    async with tavily_server() as server:
        server.mode = ["429", "well"]
        began = time.perf_counter()
        assert (await searching(server.url).gather(task(WEATHER)))["evidence"]
        assert time.perf_counter() - began >= 1
        server.mode, server.pause, began = "429", 60, time.perf_counter()
        assert codes(await searching(server.url, web_timeout=50).gather(task(WEATHER))) == ["web_failed"]
        assert time.perf_counter() - began < 45  # at once, and not when the time is up


async def test_a_mistake_of_ours_is_not_blamed_on_the_service(searching):
    async with tavily_server() as server:
        search = TavilySearch(Settings(_env_file=None, tavily_base_url=server.url, tavily_api_key="tvly-secret"))
        with pytest.raises(TypeError):
            await search.search(None, 5, None)
        await search.close()
    assert server.asked == []


async def test_a_search_that_hangs_ends_in_time(task, searching):
    async with tavily_server() as server:
        server.mode = "hang"
        began = time.perf_counter()
        found = await searching(server.url, web_timeout=0.5).gather(task(WEATHER))
    assert time.perf_counter() - began < 20
    assert codes(found) == ["web_failed"]
    assert "STYLEGRAPH_WEB_TIMEOUT" in found["notes"][0]["text"]


async def test_a_server_that_is_not_there_is_a_note(task, searching, unused_tcp_port):
    found = await searching(f"http://127.0.0.1:{unused_tcp_port}").gather(task(WEATHER))
    assert codes(found) == ["web_failed"]


async def test_an_empty_result_is_said_in_the_language_of_the_question(task, searching):
    async with tavily_server() as server:
        server.mode = "empty"
        source = searching(server.url)
        korean, english = await asyncio.gather(
            source.gather(task(WEATHER)), source.gather(task("weather", language="en"))
        )
    assert codes(korean) == codes(english) == ["web_empty"]
    assert korean["notes"][0]["text"] == "웹에서 맞는 결과를 찾지 못했어요."


async def test_one_query_that_fails_does_not_cost_the_others(task, searching):
    async with tavily_server() as server:
        server.mode = ["432", "well"]
        source = searching(server.url)
        found = await source.gather(task("장화 시세", "서울 날씨"))
    assert found["evidence"]
    assert codes(found) == ["web_failed"]


async def test_the_key_is_sent_and_a_wrong_one_is_named_without_showing_it(task, searching):
    async with tavily_server() as server:
        server.key = "tvly-right"
        found = await searching(server.url).gather(task(WEATHER))
    assert "TAVILY_API_KEY" in found["notes"][0]["text"]
    assert "tvly" not in str(found)
