"""A task for the web source."""

import pytest

from stylegraph.agent.settings import Settings
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.web.source import WebSource
from stylegraph.tools.web.tavily import TavilySearch


@pytest.fixture(scope="session", autouse=True)
def words():
    """Load Kiwi, as an open assistant has: no search's time is spent on it."""
    tokenize("준비")


@pytest.fixture
def task():
    def make(*queries, question=None, language="ko", k=5, attempt=0, web_searches=4, **filters):
        return {
            "question": question or queries[0],
            "queries": list(queries),
            "filters": filters,
            "language": language,
            "k": k,
            "attempt": attempt,
            "web_searches": web_searches,
            "seconds": 60.0,
            "user": "kim",
            "index": None,
            "shown": [],
            "profile": {},
        }

    return make


@pytest.fixture
async def searching():
    """Open a web source over a server; closed at the end of the test."""
    opened = []

    def open_source(url, **settings):
        given = {"tavily_base_url": url, "tavily_api_key": "tvly-secret", "web_timeout": 5.0} | settings
        chosen = Settings(_env_file=None, **given)
        search = TavilySearch(chosen)
        opened.append(search)
        return WebSource(search, chosen)

    yield open_source
    for search in opened:
        await search.close()
