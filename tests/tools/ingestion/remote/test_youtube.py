"""YouTube: the real youtube-transcript-api, talking to a stand-in for YouTube on loopback.

The stand-in answers the four requests of the library's protocol (watch page, player, captions, oEmbed); that YouTube
itself still speaks it can't be seen from here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from ingestion_web import Web, read
from requests.adapters import HTTPAdapter

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record
from stylegraph.tools.ingestion.remote.youtube import VideoReading, video_id

VIDEO = "dQw4w9WgXcQ"
WATCH = f"/watch?v={VIDEO}"
URL = f"https://www.youtube.com{WATCH}"
KOREAN = """<?xml version="1.0" encoding="utf-8" ?><transcript><text start="1.5" dur="2">울 니트는 &amp;#39;찬물&amp;#39;에서</text>
<text start="3.6" dur="2">손으로
빱니다.</text><text start="83.25" dur="3">말릴 때는 뉘어 놓습니다.</text></transcript>"""
ENGLISH = '<transcript><text start="0" dur="1">Wash wool cold.</text></transcript>'
BOT = "Sign in to confirm you’re not a bot"


class ToLoopback(HTTPAdapter):
    """Sends what is meant for YouTube to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        assert urlsplit(request.url).hostname == "www.youtube.com"
        assert more["timeout"] == 5.0
        request.url = self._url + request.path_url
        return super().send(request, *args, **more)


def track(language: str, generated: bool = False) -> dict[str, Any]:
    return {
        "baseUrl": f"https://www.youtube.com/api/timedtext?v={VIDEO}&lang={language}",
        "name": {"runs": [{"text": language}]},
        "languageCode": language,
        "isTranslatable": False,
        **({"kind": "asr"} if generated else {}),
    }


@pytest.fixture
def youtube(web: Web) -> Web:
    web.pages = {
        WATCH: '<script>{"INNERTUBE_API_KEY": "key"}</script>',
        "/youtubei/v1/player?key=key": player(track("en"), track("ko", generated=True)),
        f"/api/timedtext?v={VIDEO}&lang=ko": (200, KOREAN, {"content-type": "text/xml; charset=utf-8"}),
        f"/api/timedtext?v={VIDEO}&lang=en": (200, ENGLISH, {"content-type": "text/xml; charset=utf-8"}),
        f"/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{VIDEO}&format=json": {"title": "울 세탁"},
    }
    return web


def player(*tracks: dict[str, Any], status: str = "OK", reason: str = "") -> dict[str, Any]:
    captions = {"captions": {"playerCaptionsTracklistRenderer": {"captionTracks": list(tracks)}}} if tracks else {}
    return {"playabilityStatus": {"status": status, "reason": reason}, **captions}


async def watch(web: Web, *languages: str) -> Item:
    session = requests.Session()
    session.mount("https://", ToLoopback(web.url))
    (item,) = await read(VideoReading(URL, VIDEO, 5.0, 100_000, languages, session))
    return item


async def test_a_transcript_is_running_text_whose_chunks_know_their_second(youtube: Web) -> None:
    record = await watch(youtube)
    assert isinstance(record, Record)
    assert (record.id, record.url, record.title) == (URL, URL, "울 세탁")
    assert record.metadata == {"language": "ko", "video": VIDEO, "captions": "generated"}
    first, second = chunks_of(record, Chunking(30, 0))
    assert (first["locator"]["seconds"], first["text"]) == (1.5, "울 니트는 '찬물'에서 손으로 빱니다.")
    assert (second["locator"]["seconds"], second["text"]) == (83.25, "말릴 때는 뉘어 놓습니다.")


async def test_the_language_that_is_wanted_comes_first_and_any_is_better_than_none(youtube: Web) -> None:
    record = await watch(youtube, "en")
    assert isinstance(record, Record)
    assert (record.text, record.metadata["captions"]) == ("Wash wool cold.", "written")
    youtube.pages["/youtubei/v1/player?key=key"] = player(track("fr"))
    youtube.pages[f"/api/timedtext?v={VIDEO}&lang=fr"] = ENGLISH
    assert isinstance(await watch(youtube), Record)


async def test_without_a_title_it_is_called_by_its_id(youtube: Web) -> None:
    del youtube.pages[next(path for path in youtube.pages if path.startswith("/oembed"))]
    record = await watch(youtube)
    assert isinstance(record, Record)
    assert record.title == f"YouTube {VIDEO}"


@pytest.mark.parametrize(
    ("path", "page", "reason"),
    [
        ("/youtubei/v1/player?key=key", player(), "has no captions"),
        ("/youtubei/v1/player?key=key", player(status="ERROR", reason="This video is unavailable"), "not on YouTube"),
        ("/youtubei/v1/player?key=key", player(status="ERROR", reason="Private"), "can't be played"),
        ("/youtubei/v1/player?key=key", player(status="LOGIN_REQUIRED", reason=BOT), "blocks this network"),
        (WATCH, '<form class="g-recaptcha"></form>', "blocks this network"),
        (WATCH, (500, "broken", {}), "YouTubeRequestFailed"),
    ],
)  # fmt: skip
async def test_what_youtube_refuses_is_said_in_a_few_words(youtube: Web, path: str, page: Any, reason: str) -> None:
    youtube.pages[path] = page
    failure = await watch(youtube)
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert len(failure.reason) < 80


async def test_a_youtube_that_does_not_answer_is_a_failure_that_keeps_what_is_indexed() -> None:
    failure = await watch(Web("http://127.0.0.1:1"))
    assert isinstance(failure, Failure)
    assert (failure.id, "can't be reached" in failure.reason) == (URL, True)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, VIDEO),
        (f"https://youtu.be/{VIDEO}?t=3", VIDEO),
        (f"https://m.youtube.com/shorts/{VIDEO}", VIDEO),
        (f"https://www.youtube.com/live/{VIDEO}?feature=share", VIDEO),
        ("https://www.youtube.com/@channel", None),
        ("https://www.youtube.com/watch?v=short", None),
        (f"https://youtube.com.evil.example/watch?v={VIDEO}", None),
    ],
)
def test_a_video_is_known_by_its_address(url: str, found: str | None) -> None:
    assert video_id(url) == found
