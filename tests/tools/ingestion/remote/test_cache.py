"""What has not changed is not sent again: validators, and what is kept of a page."""

from __future__ import annotations

import sqlite3

import pytest
from ingestion_web import Web

from stylegraph.agent.errors import FetchError
from stylegraph.agent.settings import Settings
from stylegraph.tools.ingestion.remote import cache
from stylegraph.tools.ingestion.remote.cache import Fetcher


@pytest.mark.parametrize("validator", [{"etag": '"v1"'}, {"last-modified": "Mon, 01 Jan 2024 00:00:00 GMT"}])
async def test_a_page_that_has_not_changed_is_taken_from_here(
    web: Web, fetcher: Fetcher, validator: dict[str, str]
) -> None:
    web.pages["/a"] = (200, "<p>찬물에 빱니다.</p>", validator)
    first = await fetcher.get(f"{web.url}/a")
    second = await fetcher.get(f"{web.url}/a")
    assert (first.unchanged, second.unchanged) == (False, True)
    assert first.content == second.content
    assert first.content_type == second.content_type == "text/html"
    assert "if-none-match" not in web.asked[0].headers


async def test_a_page_that_has_changed_is_read_anew(web: Web, fetcher: Fetcher) -> None:
    web.pages["/a"] = (200, "old", {"etag": '"v1"'})
    await fetcher.get(f"{web.url}/a")
    web.pages["/a"] = (200, "new", {"etag": '"v2"'})
    assert (await fetcher.get(f"{web.url}/a")).text == "new"
    web.pages["/a"] = (410, "gone", {})
    with pytest.raises(FetchError, match="410"):
        await fetcher.get(f"{web.url}/a")


async def test_nothing_is_kept_that_has_no_validator_or_needed_credentials(
    web: Web, fetcher: Fetcher, allowing: Settings
) -> None:
    web.pages = {"/a": "page", "/b": (200, "secret", {"etag": '"v1"'})}
    await fetcher.get(f"{web.url}/a")
    await fetcher.get(f"{web.url}/b", headers={"authorization": "Bearer x"})
    assert not (allowing.home / "pages.sqlite").exists()


async def test_a_broken_store_only_costs_the_saving(web: Web, fetcher: Fetcher, allowing: Settings) -> None:
    allowing.home.mkdir()
    (allowing.home / "pages.sqlite").write_text("not a database " * 100)
    web.pages["/a"] = (200, "page", {"etag": '"v1"'})
    for _ in range(2):
        assert (await fetcher.get(f"{web.url}/a")).text == "page"


async def test_what_was_not_used_for_longest_makes_room(
    web: Web, fetcher: Fetcher, allowing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_ROOM", 30)
    for name in "abc":
        web.pages[f"/{name}"] = (200, f"page {name}", {"etag": f'"{name}"'})
    for name in ("a", "b", "a", "c", "c"):
        await fetcher.get(f"{web.url}/{name}")
    with sqlite3.connect(allowing.home / "pages.sqlite") as connection:
        kept = {row[0].removeprefix(web.url) for row in connection.execute("SELECT address FROM pages")}
    connection.close()
    assert "/c" in kept
    assert "/b" not in kept


async def test_headers_are_not_sent_on_to_another_server(web: Web, fetcher: Fetcher) -> None:
    web.pages = {
        "/away": (302, "", {"location": web.url.replace("127.0.0.1", "localhost") + "/seen"}),
        "/near": (302, "", {"location": "/seen"}),
        "/seen": "page",
    }
    for path in ("/near", "/away"):
        await fetcher.get(web.url + path, headers={"x-key": "secret"})
    assert [one.headers.get("x-key") for one in web.asked] == ["secret", "secret", "secret", None]


class Busy:
    """Asks to come back later, so many times."""

    def __init__(self, times: int, status: int = 429, **headers: str) -> None:
        self.left = times
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def page(self) -> object:
        self.left -= 1
        return (self.status, "busy", self.headers) if self.left >= 0 else "at last"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_server_is_asked_again_when_it_says_so(web: Web, fetcher: Fetcher, status: int) -> None:
    web.pages["/a"] = Busy(2, status, retry_after="0").page
    assert (await fetcher.get(f"{web.url}/a", headers={"x-key": "k"})).text == "at last"
    assert len(web.asked) == 3


@pytest.mark.parametrize(
    ("busy", "asked"), [(Busy(9, retry_after="0"), 3), (Busy(9, retry_after="3600"), 1), (Busy(9, 503), 1)]
)
async def test_a_server_that_stays_busy_is_left(web: Web, fetcher: Fetcher, busy: Busy, asked: int) -> None:
    web.pages["/a"] = busy.page
    with pytest.raises(FetchError, match=str(busy.status)):
        await fetcher.get(f"{web.url}/a")
    assert len(web.asked) == asked
