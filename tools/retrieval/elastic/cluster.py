"""The connection to an Elasticsearch cluster: its client, its limits, and how it says what went wrong."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from elastic_transport import AsyncTransport, TransportApiResponse, TransportError
from elasticsearch import ApiError, AsyncElasticsearch, OrjsonSerializer
from elasticsearch.serializer import NdjsonSerializer

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.retries import Passing, Retries
from stylegraph.agent.settings import Settings
from stylegraph.tools.retrieval.elastic.errors import (
    ClusterBusyError,
    ClusterUnreachableError,
    explanation,
    refusal,
    type_and_reason,
)

T = TypeVar("T")

_COMPATIBLE = re.compile(r"compatible-with=\d+")
_FIRST_PAUSE = 0.2
_REST_SECONDS = 3.0


class Cluster:
    """One pool of connections to one cluster, shared by all of its indexes.

    Raises:
        SettingsError: The address, the credentials or the certificates can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        urls = [url.strip() for url in (settings.elasticsearch_url or "").split(",") if url.strip()]
        self.where = ", ".join(urlsplit(url).netloc.rpartition("@")[2] for url in urls)
        self.prefix = settings.elasticsearch_prefix
        self.settings = settings
        self.client = _client(urls, settings)
        self._retries = Retries(settings.elasticsearch_retries, settings.elasticsearch_timeout, _FIRST_PAUSE)
        self._unreachable: ClusterUnreachableError | None = None
        self._rest_until = 0.0

    async def ask(self, index: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make calls that belong to one question: within the time limit, and again after a pause if it is busy.

        A cluster that could not be reached is not tried again for some seconds: a turn that asks several things of it
        waits for its time limit once.

        Args:
            index: The index that it is about, for the error.
            call: May be called several times.

        Raises:
            IndexStoreError: It did not work; says why.
        """
        if self._unreachable is not None and time.monotonic() < self._rest_until:
            raise ClusterUnreachableError(self._unreachable.message, self._unreachable.remedy)
        try:
            async with self.explained(index):
                answer = await self._retries.call(lambda: self._explained(index, call), busy)
        except ClusterUnreachableError as error:
            self._unreachable, self._rest_until = error, time.monotonic() + _REST_SECONDS
            raise
        self._unreachable = None
        return answer

    async def _explained(self, index: str, call: Callable[[], Awaitable[T]]) -> T:
        async with self.explained(index):
            return await call()

    @asynccontextmanager
    async def explained(self, index: str) -> AsyncIterator[None]:
        """Turn what the client raises into an error that says what to do."""
        try:
            yield
        except (ApiError, TransportError, TimeoutError) as error:
            raise explanation(index, self.where, error) from error

    def found(self, index: str, answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return what `_mget` answered, record by record.

        Raises:
            IndexStoreError: Some could not be read.
        """
        records: list[Mapping[str, Any]] = answer["docs"]
        for record in records:
            if "error" in record:
                gone = type_and_reason(record["error"])[0] == "index_not_found_exception"
                raise refusal(index, self.where, 404 if gone else 503, record["error"])
        return records

    async def close(self) -> None:
        """Close all connections. Closing twice is fine."""
        await self.client.close()


def busy(error: BaseException) -> Passing | None:
    """Return how long to wait where a cluster is busy; None where it is something else."""
    return Passing(error.pause) if isinstance(error, ClusterBusyError) else None


class _Transport(AsyncTransport):
    """Speaks the dialect of version 8, which 8.x and 9.x servers understand: a 9.x client's own is refused by 8.x."""

    async def perform_request(  # type: ignore[override]
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        **more: Any,  # noqa: ANN401
    ) -> TransportApiResponse:
        """Send a request."""
        spoken = {name: _COMPATIBLE.sub("compatible-with=8", value) for name, value in headers.items()}
        return await super().perform_request(method, target, headers=spoken, **more)


class _OrjsonLines(NdjsonSerializer, OrjsonSerializer):
    """Lines of JSON, such as those of several searches, written by orjson: vectors are long."""


def _client(urls: list[str], settings: Settings) -> AsyncElasticsearch:
    tries = min(len(urls), settings.elasticsearch_retries + 1)
    try:
        return AsyncElasticsearch(
            urls,
            transport_class=_Transport,
            serializers={one.mimetype: one for one in (OrjsonSerializer(), _OrjsonLines())},
            request_timeout=settings.elasticsearch_timeout / max(tries, 1),
            max_retries=settings.elasticsearch_retries,
            retry_on_timeout=tries > 1,
            retry_on_status=(502, 503, 504),
            connections_per_node=settings.elasticsearch_connections,
            **_credentials(settings),
            **_certificates(settings),
        )
    except (ValueError, OSError) as error:
        raise SettingsError(
            f"STYLEGRAPH_ELASTICSEARCH_URL or what belongs to it can't be used: {error}.",
            "Give one URL such as https://localhost:9200, or several of one cluster, separated by commas.",
        ) from error


def _credentials(settings: Settings) -> dict[str, Any]:
    key, user, password = (
        settings.elasticsearch_api_key,
        settings.elasticsearch_user,
        settings.elasticsearch_password,
    )
    if key is not None and user is not None:
        raise SettingsError(
            "STYLEGRAPH_ELASTICSEARCH_API_KEY and STYLEGRAPH_ELASTICSEARCH_USER are both set.", "Keep one of them."
        )
    if (user is None) != (password is None):
        raise SettingsError(
            "Of STYLEGRAPH_ELASTICSEARCH_USER and STYLEGRAPH_ELASTICSEARCH_PASSWORD only one is set.", "Set both."
        )
    if user is not None and password is not None:
        return {"basic_auth": (user, password.get_secret_value())}
    return {} if key is None else {"api_key": key.get_secret_value()}


def _certificates(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if settings.elasticsearch_ca is not None:
        found["ca_certs"] = str(settings.elasticsearch_ca)
    if settings.elasticsearch_fingerprint is not None:
        found["ssl_assert_fingerprint"] = settings.elasticsearch_fingerprint
    return found
