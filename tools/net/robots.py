"""What a site lets robots read: robots.txt (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from stylegraph.agent.extras import needed
from stylegraph.tools.net.fetch import Fetched, NotThereError, NotWantedError

if TYPE_CHECKING:
    from protego import Protego

AGENT = "stylegraph"
"""The name that is looked for in robots.txt."""

PAUSE = 0.2
"""Seconds between two pages of a site that does not say how many it wants."""
_LONGEST_PAUSE = 30.0
_LARGEST = 512_000
"""Bytes of robots.txt that are read (RFC 9309, 2.5)."""


class Robots:
    """The rules of the hosts that are visited, each asked for once.

    Args:
        fetch: What fetches from a thread.
    """

    def __init__(self, fetch: Callable[..., Fetched]) -> None:
        self._fetch = fetch
        self._rules: dict[str, Protego] = {}

    def allow(self, url: str) -> bool:
        """Check whether a page may be read.

        Raises:
            FetchError: The rules can't be asked for, so nothing of the host may be read.
        """
        return bool(self._of(url).can_fetch(url, AGENT))

    def pause(self, url: str) -> float:
        """Return the seconds to wait before a page is asked for."""
        return min(_LONGEST_PAUSE, float(self._of(url).crawl_delay(AGENT) or PAUSE))

    def _of(self, url: str) -> Protego:
        with needed("Reading web pages"):
            from protego import Protego

        host = urlsplit(url).netloc
        if host not in self._rules:
            self._rules[host] = Protego.parse(self._text(urljoin(url, "/robots.txt")))
        return self._rules[host]

    def _text(self, url: str) -> str:
        try:
            return self._fetch(url, ("text/",)).content[:_LARGEST].decode("utf-8", "replace")
        except (NotThereError, NotWantedError):
            return ""
