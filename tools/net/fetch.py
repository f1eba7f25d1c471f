"""A guarded fetch: one URL in, one document out, and nobody is led into a private network.

Names are resolved here, every address is checked, and the connection is made to the very address that was checked, so
a name that changes its address between check and connection (DNS rebinding) gains nothing. Each redirect starts over.
Proxies of the environment are not used: they would resolve the name themselves.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from email.message import Message

import httpx

from stylegraph.agent.errors import FetchError
from stylegraph.agent.settings import Settings
from stylegraph.tools.net.charsets import NotTextError, clean, decode
from stylegraph.tools.net.transport import PORTS, GuardedTransport

TEXT_TYPES = ("text/", "application/xhtml+xml", "application/json", "application/x-ndjson", "application/jsonl")
"""Content types that are text, as prefixes."""

_LAST_PORT = 65_535
_REDIRECTS = 5
_LATER = 5.0
"""Seconds after which a busy server is asked again that does not say when."""
_CONNECT_SECONDS = 5.0
"""For one address, so that the next of the same host has its turn."""
_HEADERS = {
    "user-agent": "stylegraph",
    "accept-encoding": "gzip",
    "accept-language": "ko,en;q=0.8,*;q=0.5",
}


class NotThereError(FetchError):
    """The server says that there is nothing at the address: 404 or 410."""


class NotWantedError(FetchError):
    """What is there is of a type that was not asked for."""


class BusyError(FetchError):
    """The server asks to come back later: 429, or 503 with a `Retry-After`."""

    def __init__(self, message: str, remedy: str, seconds: float) -> None:
        super().__init__(message, remedy)
        self.seconds = seconds
        """How much later."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands behind a URL."""

    url: str
    """Where it was found, redirects followed."""
    content: bytes
    content_type: str
    """In lower case, without parameters: `text/html`."""
    charset: str | None
    """What the header says."""
    etag: str | None
    last_modified: str | None
    link: str = ""
    """The `Link` header (RFC 8288)."""
    unchanged: bool = False
    """Whether it is as it was when the validators that were sent were given: then there is no content."""

    @property
    def text(self) -> str:
        """The content as text, without control characters.

        Raises:
            FetchError: It is not text.
        """
        try:
            return clean(decode(self.content, self.charset))
        except NotTextError as error:
            raise FetchError(f"{shown(self.url)} {error}.", "Ask for a page of text.") from None


async def fetch(
    url: str,
    settings: Settings,
    *,
    accept: Collection[str] = TEXT_TYPES,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """Fetch one URL within the limits of the settings.

    Args:
        url: An http or https address without user name and password.
        settings: `fetch_timeout`, `fetch_max_bytes` (as sent and as unpacked) and `fetch_allow_hosts` apply.
        accept: Content types that are wanted, as prefixes in lower case.
        headers: More headers, such as credentials or validators; they are sent to this address's own server only.

    Raises:
        FetchError: Refused, not found (`NotThereError`), busy (`BusyError`), of another type (`NotWantedError`), too big or too
            slow. The message shows no credentials.
    """
    address = canonical(url)
    try:
        async with asyncio.timeout(settings.fetch_timeout), await _client(settings) as client:
            request = client.build_request("GET", address, headers=headers)
            return await _follow(client, request, headers or {}, settings.fetch_max_bytes, tuple(accept))
    except TimeoutError:
        raise FetchError(
            f"{shown(address)} took longer than {settings.fetch_timeout:g} seconds.",
            "Try again later, or raise STYLEGRAPH_FETCH_TIMEOUT.",
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise FetchError(f"{shown(address)} could not be fetched: {_cause(error)}.", "Check the address.") from None


def canonical(url: str) -> str:
    """Return the one form of a URL: scheme and host in lower case, no default port, no fragment.

    Raises:
        FetchError: It is not an http or https address, or carries a user name or password.
    """
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError(f"{shown(url)} is not a URL.", "Give one such as https://example.com/page.") from None
    _require_plain(parsed)
    port = None if parsed.port == PORTS[parsed.scheme] else parsed.port
    return str(parsed.copy_with(fragment=None, port=port, path=parsed.path or "/"))


def shown(url: str) -> str:
    """Return a URL as a message may show it: no credentials, and nothing of the query, which may hold a key."""
    try:
        parsed = httpx.URL(url.strip())
        query = "?…" if parsed.query else ""
        return str(parsed.copy_with(username=None, password=None, query=None, fragment=None)) + query
    except (httpx.InvalidURL, ValueError, TypeError):
        return "The given address"


def _require_plain(url: httpx.URL) -> None:
    if url.scheme not in PORTS or not url.host or (url.port or 0) > _LAST_PORT:
        raise FetchError(f"{shown(str(url))} is not an http or https address.", "Files are given as paths.")
    if url.userinfo:
        raise FetchError(
            f"{shown(str(url))} was given with a user name or password in it.",
            "Leave them out: they would end up in citations.",
        )


async def _client(settings: Settings) -> httpx.AsyncClient:
    verify = await asyncio.to_thread(httpx.create_ssl_context)
    transport = GuardedTransport(settings.fetch_allow_hosts, verify)
    timeout = httpx.Timeout(settings.fetch_timeout, connect=min(_CONNECT_SECONDS, settings.fetch_timeout))
    return httpx.AsyncClient(transport=transport, headers=_HEADERS, timeout=timeout, trust_env=False)


async def _follow(
    client: httpx.AsyncClient, request: httpx.Request, own: Collection[str], limit: int, accept: tuple[str, ...]
) -> Fetched:
    """Follow redirects one by one: what they carry is never read, where they lead is checked like the first."""
    first = request.url
    for _ in range(_REDIRECTS + 1):
        response = await client.send(request, stream=True)
        try:
            if response.next_request is None:
                return await _read(response, limit, accept)
            request = response.next_request
            _require_plain(request.url)
            if _origin(request.url) != _origin(first):
                for name in own:
                    request.headers.pop(name, None)
        finally:
            await response.aclose()
    raise FetchError(f"{shown(str(first))} redirects more than {_REDIRECTS} times.", "Give the address it leads to.")


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or PORTS[url.scheme]


async def _read(response: httpx.Response, limit: int, accept: tuple[str, ...]) -> Fetched:
    place = shown(str(response.url))
    unchanged = response.status_code == httpx.codes.NOT_MODIFIED
    if not (response.is_success or unchanged):
        raise _refusal(response, place)
    content_type, charset = _content_type(response.headers.get("content-type", "text/plain"))
    if not (content_type.startswith(accept) or unchanged):
        raise NotWantedError(f"{place} is {content_type}, which is not read.", f"Readable: {', '.join(accept)}.")
    return Fetched(
        url=str(response.url.copy_with(fragment=None)),
        content=b"" if unchanged else await _body(response, limit),
        content_type=content_type,
        charset=charset,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        link=response.headers.get("link", ""),
        unchanged=unchanged,
    )


def _refusal(response: httpx.Response, place: str) -> FetchError:
    status, later = response.status_code, response.headers.get("retry-after", "")
    told = f"{place} answered {status}."
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and later):
        seconds = float(later) if later.isdigit() else _LATER
        return BusyError(told, "Try again later: the server asks not to be asked so often.", seconds)
    error = NotThereError if status in (404, 410) else FetchError
    return error(told, "Check that it opens in a browser.")


async def _body(response: httpx.Response, limit: int) -> bytes:
    """Read the body piece by piece, unpacked no further than the limit."""
    unpack = _unpacker(response.headers.get("content-encoding", "identity").strip().lower())
    too_big = FetchError(
        f"{shown(str(response.url))} is larger than {limit:,} bytes.",
        "Raise STYLEGRAPH_FETCH_MAX_BYTES if you want it.",
    )
    length = response.headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise too_big
    body, received = bytearray(), 0
    async for block in response.aiter_raw():
        received += len(block)
        body += unpack(block, limit + 1 - len(body))
        if max(received, len(body)) > limit:
            raise too_big
    return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding == "identity":
        return lambda block, room: block
    if encoding in ("gzip", "x-gzip"):
        return _gunzip()
    raise FetchError(f"The answer is packed as {encoding[:40]}, which was not asked for.", "Ask another server.")


def _gunzip() -> Callable[[bytes, int], bytes]:
    """Unpack gzip, one member after another, never more than there is room for: a small bomb stays small."""
    member = zlib.decompressobj(wbits=31)

    def unpack(block: bytes, room: int) -> bytes:
        nonlocal member
        out = b""
        while block and len(out) < room:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            try:
                out += member.decompress(block, room - len(out))
            except zlib.error:
                raise FetchError("The answer is not the gzip that it says it is.", "Try again later.") from None
            block = member.unused_data if member.eof else b""
        return out

    return unpack


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return message.get_content_type(), charset if isinstance(charset, str) else None


def _cause(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        text = str(error).lower()
        return "its certificate is not valid" if "certificate" in text else "the server can't be reached"
    return "the server broke off" if isinstance(error, httpx.TransportError) else "the server's answer makes no sense"
