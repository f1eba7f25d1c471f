"""JSON over HTTP: the records that an API gives, page after page, as documents."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from pydantic import ConfigDict, Field

from stylegraph.agent.errors import FetchError, InputError
from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.fields import as_record
from stylegraph.tools.ingestion.formats.html import html_text
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record, placed
from stylegraph.tools.ingestion.remote.openapi import Request, find_request
from stylegraph.tools.ingestion.remote.pointer import MISSING, at, filled, step
from stylegraph.tools.net.fetch import Fetched, canonical

_JSON = ("application/", "text/")
_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines")
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_LINK = re.compile(r"<([^>]*)>([^<]*)")
_NEXT = re.compile(r";\s*rel\s*=\s*\"?[^\";]*\bnext\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Api:
    """How an API is asked, and what its records hold. Pointers are JSON pointers (RFC 6901), templates name them."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    records: str = ""
    """Where the list of records is in an answer; the answer itself by default."""
    id: str = "/id"
    """Where a record's id is; a record without one is known by its content."""
    title: str = "{/title}"
    text: str = "{/text}"
    url: str = ""
    """Where people read a record, as a template; by default the API's own address."""
    html: bool = False
    """Whether title and text are HTML."""
    fields: tuple[str, ...] = ()
    """Pointers to what is kept beside the text, to filter by."""
    params: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the request: the query, and those in the path of an OpenAPI operation."""
    token_env: str = ""
    """The environment variable that holds the secret; it is sent, and neither shown nor stored."""
    header: str = ""
    """The header that carries the secret: Authorization by default, or what OpenAPI says."""
    prefix: str | None = None
    """What stands before the secret: `Bearer ` by default for Authorization, else nothing."""
    operation: str = ""
    """The `operationId` of an OpenAPI document, which the source then is."""
    follow: Literal["", "link", "cursor", "page"] = ""
    """How the next page is found: the Link header, a cursor in the answer, or a page number; not at all by default."""
    cursor: str = ""
    """Where the cursor, or the whole next address, is in an answer."""
    param: str = "page"
    """The parameter that carries the cursor or the page number."""
    first: int = 1
    """The first page's number."""
    max_pages: Annotated[int, Field(ge=1, le=100_000)] = 1_000

    def __post_init__(self) -> None:
        """Refuse options that would do nothing.

        Raises:
            ValueError: One needs another that is not there.
        """
        if (self.follow == "cursor") != bool(self.cursor):
            raise ValueError('`cursor` and follow = "cursor" belong together')
        if (self.header or self.prefix is not None) and not self.token_env:
            raise ValueError("`header` and `prefix` say how the secret in `token_env` is sent, which is not there")


class ApiReading:
    """An API while it is read. Blocking: requests are made from the reading thread.

    A chunk's pointer is its record's place in the answer that it was in when it was indexed.

    Args:
        name: What the source is known by.
        url: The address of the records, or of the OpenAPI document that describes them.
        fetch: What fetches from a thread.
        api: How to ask.
        max_bytes: Largest document.
    """

    whole = True
    total = 0

    def __init__(self, name: str, url: str, fetch: Callable[..., Fetched], api: Api, max_bytes: int) -> None:
        self.done = 0
        """Bytes read so far."""
        self._url = url
        self._fetch = fetch
        self._api = api
        self._origin = Origin(name, url, urlsplit(url).path.rpartition("/")[2] or name, max_bytes)

    def __iter__(self) -> Iterator[Item]:
        page = self._origin.place
        try:
            request = self._request()
            headers = _headers(request, self._api)
            seen: set[str] = set()
            url: str | None = request.url
            while url is not None and url not in seen:
                if len(seen) >= self._api.max_pages:
                    yield Failure(page, f"has more than {self._api.max_pages:,} pages", "Raise max_pages.", hides=True)
                    return
                seen.add(url)
                page = f"{self._origin.place}, page {len(seen)}"
                fetched = self._fetch(url, _JSON, headers)
                self.done += len(fetched.content)
                answer = _answer(fetched)
                found = self._found(answer)
                yield from self._records(found, page)
                url = self._next(url, fetched, answer, len(found))
        except InputError as error:
            yield Failure(page, error.message, error.remedy, hides=True)

    def _request(self) -> Request:
        """Settle what is asked for first: it comes from an OpenAPI document, or is the source itself."""
        if self._api.operation:
            document = _document(self._fetch(self._url, _JSON))
            return find_request(document, self._url, self._api.operation, self._api.params)
        query = [*parse_qsl(urlsplit(self._url).query, keep_blank_values=True), *self._api.params.items()]
        return Request(_with_query(self._url, dict(query)))

    def _found(self, answer: Any) -> list[Any]:  # noqa: ANN401
        """Return the records of an answer.

        Raises:
            InputError: There are none where they should be.
        """
        found = at(answer, self._api.records)
        if isinstance(found, Mapping):
            return [found]
        if not isinstance(found, list):
            raise InputError(f"has no records at {self._api.records or 'its root'!r}", "Correct `records`.")
        return found

    def _records(self, found: list[Any], page: str) -> Iterator[Item]:
        for number, one in enumerate(found):
            pointer = step(self._api.records, number)
            record = self._record(one, f"{page}, {pointer}")
            yield placed(record, marks=((0, Locator(pointer=pointer)),)) if isinstance(record, Record) else record

    def _record(self, one: Any, where: str) -> Item:  # noqa: ANN401
        api = self._api
        read = html_text if api.html else str.strip
        identity = at(one, api.id)
        kept = {name.strip("/").replace("/", "."): at(one, name) for name in api.fields}
        fields = {name: value for name, value in kept.items() if value is not MISSING}
        fields |= {
            "title": read(filled(api.title, one)),
            "text": read(filled(api.text, one)),
            "url": filled(api.url, one),
        }
        if identity is not MISSING:
            fields["id"] = identity
        return as_record({name: value for name, value in fields.items() if value != ""}, self._origin, where)

    def _next(self, url: str, fetched: Fetched, answer: Any, found: int) -> str | None:  # noqa: ANN401
        """Return the address of the next page, or None.

        Raises:
            InputError: It is on another server, which must not see the secret.
        """
        follow = self._api.follow
        if follow == "link":
            after = next((target for target, rest in _LINK.findall(fetched.link) if _NEXT.search(rest)), None)
        elif follow == "cursor":
            after = self._after_cursor(url, at(answer, self._api.cursor))
        elif follow == "page" and found:
            number = dict(parse_qsl(urlsplit(url).query)).get(self._api.param, str(self._api.first))
            after = _with_query(url, {self._api.param: str(int(number) + 1)}) if number.isdigit() else None
        else:
            after = None
        return None if after is None else _same_server(url, canonical(urljoin(url, after)))

    def _after_cursor(self, url: str, cursor: Any) -> str | None:  # noqa: ANN401
        if cursor is MISSING or cursor is None or cursor in ("", False):
            return None
        text = str(cursor)
        whole = text.startswith(("http://", "https://", "/", "?"))
        return text if whole else _with_query(url, {self._api.param: text})


def _headers(request: Request, api: Api) -> dict[str, str]:
    """Return the headers of every request; never empty, so that no answer is kept on disk.

    Raises:
        InputError: The variable that should hold the secret is not set, or what it holds can't be sent.
    """
    headers = {"accept": "application/json, application/x-ndjson;q=0.9, */*;q=0.1"}
    if not api.token_env:
        return headers
    secret = os.environ.get(api.token_env, "")
    if not _TOKEN.fullmatch(secret.replace(" ", "_")):
        raise InputError(
            f"needs the secret in {api.token_env}, which is {'not set' if not secret else 'not one line of ASCII'}",
            "Set it in the environment.",
        )
    header = api.header or request.header
    default = request.prefix if not api.header else "Bearer " if header.lower() == "authorization" else ""
    return {**headers, header: (default if api.prefix is None else api.prefix) + secret}


def _answer(fetched: Fetched) -> Any:  # noqa: ANN401
    """Return the JSON of an answer; lines of JSON as a list.

    Raises:
        InputError: It is neither.
    """
    lines = fetched.content_type in _LINES
    try:
        if lines:
            return [json.loads(line) for line in fetched.content.decode("utf-8-sig").splitlines() if line.strip()]
        return json.loads(fetched.content)
    except (ValueError, RecursionError):
        kind = "a line that is not JSON" if lines else "something that is not JSON"
        raise InputError(f"answered with {kind}", "See what it answers in a browser.") from None


def _document(fetched: Fetched) -> Any:  # noqa: ANN401
    """Return an OpenAPI document, JSON or YAML.

    Raises:
        FetchError: It is neither.
    """
    import yaml

    try:
        return json.loads(fetched.content)
    except (ValueError, RecursionError):
        pass
    try:
        return yaml.safe_load(fetched.text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise FetchError("The OpenAPI document is neither JSON nor YAML.", "Check its address.") from None


def _with_query(url: str, values: Mapping[str, str]) -> str:
    """Set parameters in a URL's query; those that are there with other names stay."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **values}
    return parts._replace(query=urlencode(query)).geturl()


def _same_server(url: str, after: str) -> str:
    if urlsplit(url)[:2] != urlsplit(after)[:2]:
        raise InputError("names a next page on another server", "Only the server that was named is asked.")
    return after
