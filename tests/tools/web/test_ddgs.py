"""The keyless provider. There is no network in tests: what the library is given and what it gives are held to account."""

import sys

import pytest

from stylegraph.agent.errors import SettingsError, SourceError
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.ddgs import DdgsSearch, results
from stylegraph.tools.web.provider import open_search

SETTINGS = Settings(_env_file=None, web_provider="ddgs", web_timeout=3.0, web_exclude_domains=["evil.example"])


def test_results_are_scored_by_their_place_and_what_is_incomplete_is_left_out():
    found = [
        {"title": "One", "href": "https://a.example", "body": "first"},
        {"title": "", "href": "https://b.example", "body": "second"},
        {"title": "Three", "href": "", "body": "third"},
        {"title": "Four", "href": "https://d.example"},
    ]
    assert [(one["title"], one["score"]) for one in results(found)] == [("One", 1.0), ("https://b.example", 0.833)]


async def test_the_library_is_asked_in_the_region_of_the_question(monkeypatch):
    ddgs = pytest.importorskip("ddgs.ddgs")  # the class itself: `ddgs.DDGS` stands in for it until its first use
    asked = {}

    def text(self, query, **options):
        asked.update(options, query=query)
        return [{"title": "t", "href": "https://a.example", "body": "b"}]

    monkeypatch.setattr(ddgs.DDGS, "text", text)
    async with open_search(SETTINGS) as search:
        found = await search.search("오늘 날씨", 4, "day")
    assert found[0]["url"] == "https://a.example"
    assert asked == {"query": "오늘 날씨 -site:evil.example", "region": "kr-kr", "timelimit": "d", "max_results": 4}


@pytest.mark.parametrize(("message", "empty"), [("No results found.", True), ("RuntimeError: connect", False)])
async def test_no_results_is_no_failure(monkeypatch, message, empty):
    ddgs = pytest.importorskip("ddgs.ddgs")  # the class itself: `ddgs.DDGS` stands in for it until its first use

    exceptions = pytest.importorskip("ddgs.exceptions")

    def text(self, query, **options):
        raise exceptions.DDGSException(message)

    monkeypatch.setattr(ddgs.DDGS, "text", text)
    search = DdgsSearch(SETTINGS)
    if empty:
        assert await search.search("날씨", 3, None) == []
    else:
        with pytest.raises(SourceError, match="TAVILY_API_KEY"):
            await search.search("날씨", 3, None)


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ddgs", None)
    with pytest.raises(SettingsError, match=r"stylegraph\[ddgs\]"):
        DdgsSearch(SETTINGS)
