"""YouTube: what is said in a video, from its captions, linked to the second."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests

from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record, empty, placed
from stylegraph.tools.ingestion.formats.subtitles import Cue, transcript
from stylegraph.tools.net.charsets import clean

if TYPE_CHECKING:
    from youtube_transcript_api import FetchedTranscript, Transcript, TranscriptList, YouTubeTranscriptApiException

_ID = re.compile(r"[\w-]{11}")
_HOSTS = ("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com")
_PATHS = ("shorts", "embed", "live", "v")
_OEMBED = "https://www.youtube.com/oembed"
_LANGUAGES = ("ko", "en")


def video_id(url: str) -> str | None:
    """Return the id of the YouTube video that a URL shows, or None if it shows none."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.strip("/").split("/")
    if host == "youtu.be":
        found = path[0]
    elif host in _HOSTS and path[0] == "watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    elif host in _HOSTS and path[0] in _PATHS and len(path) > 1:
        found = path[1]
    else:
        return None
    return found if _ID.fullmatch(found) else None


class VideoReading:
    """The transcript of one video while it is read. Blocking: requests are made from the reading thread.

    Args:
        url: What the source is known by.
        video: The video's id.
        timeout: Seconds that a request may take.
        max_bytes: Largest document.
        languages: Languages of captions that are wanted, the best first; any other is taken where there is none.
        session: What sends the requests.
    """

    done = 0
    total = 1
    whole = True

    def __init__(
        self,
        url: str,
        video: str,
        timeout: float,
        max_bytes: int,
        languages: Sequence[str] = _LANGUAGES,
        session: requests.Session | None = None,
    ) -> None:
        self._video = video
        self._timeout = timeout
        self._languages = list(dict.fromkeys([*languages, *_LANGUAGES]))
        self._session = session or requests.Session()
        self._origin = Origin(url, f"https://www.youtube.com/watch?v={video}", f"YouTube {video}", max_bytes)

    def __iter__(self) -> Iterator[Item]:
        from youtube_transcript_api import YouTubeTranscriptApi, YouTubeTranscriptApiException

        self._session.request = self._patient(self._session.request)  # type: ignore[method-assign]
        try:
            available = YouTubeTranscriptApi(http_client=self._session).list(self._video)
            yield self._document(self._best(available).fetch())
        except YouTubeTranscriptApiException as error:
            yield self._failure(error)
        except requests.RequestException:
            yield empty(self._origin, "could not be fetched: YouTube can't be reached", "Try again later.")
        self.done = self.total

    def _patient(self, request: Any) -> Any:  # noqa: ANN401 - requests' own signature
        """Return every request a time limit: the library sets none."""
        return lambda *args, **more: request(*args, **{"timeout": self._timeout, **more})

    def _best(self, available: TranscriptList) -> Transcript:
        """Return captions that a person wrote before those of a machine, in the language that is wanted most."""
        rank = {language: place for place, language in enumerate(self._languages)}
        return min(available, key=lambda one: (rank.get(one.language_code[:2], len(rank)), one.is_generated))

    def _document(self, fetched: FetchedTranscript) -> Record | Failure:
        cues = [Cue(one.start, one.start + one.duration, " ".join(clean(one.text).split())) for one in fetched]
        record = transcript(cues, self._origin, self._title())
        if isinstance(record, Failure):
            return record
        made = "generated" if fetched.is_generated else "written"
        return placed(record, metadata={**record.metadata, "video": self._video, "captions": made})

    def _title(self) -> str:
        """Ask for the video's title; without one it is called by its id."""
        try:
            answer = self._session.get(_OEMBED, params={"url": self._origin.place, "format": "json"})
            return clean(str(answer.json()["title"]))
        except (requests.RequestException, ValueError, LookupError, TypeError):
            return self._origin.name

    def _failure(self, error: YouTubeTranscriptApiException) -> Failure:
        """Return what the library's error means; its own message is long, and offers what does not apply here."""
        from youtube_transcript_api import _errors as errors

        told: dict[type[Exception], tuple[str, str]] = {
            errors.TranscriptsDisabled: ("has no captions", "Index an SRT or WebVTT file of it."),
            errors.NoTranscriptFound: ("has no captions", "Index an SRT or WebVTT file of it."),
            errors.VideoUnavailable: ("is not on YouTube", "Check the address."),
            errors.VideoUnplayable: ("can't be played", "See on YouTube whether it is private or blocked here."),
            errors.AgeRestricted: ("is restricted by age", "Index an SRT or WebVTT file of it."),
            errors.RequestBlocked: ("was refused: YouTube blocks this network", "Try again later or from elsewhere."),
        }
        reason = next((said for kind, said in told.items() if isinstance(error, kind)), None)
        return empty(self._origin, *(reason or (f"could not be read ({type(error).__name__})", "Try again later.")))
