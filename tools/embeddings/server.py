"""Text to vectors by a server that speaks OpenAI's protocol: OpenAI's own, or any that is compatible."""

from __future__ import annotations

import asyncio
import base64
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import httpx2
import numpy as np
import openai
from openai import AsyncOpenAI, Omit
from openai.types import CreateEmbeddingResponse

from stylegraph.agent.errors import EmbeddingError, SettingsError
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.retries import Passing, Retries
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings.failures import FormatError, PassingError, explained, too_slow
from stylegraph.tools.embeddings.texts import batches, usable

_REQUEST_CHARS = 100_000
"""Characters of one request: OpenAI takes 300,000 tokens, and a Hangul syllable may be more than one."""
_FIRST_PAUSE = 0.25
_REST_SECONDS = 10.0
"""How long questions leave a server alone that has failed: a turn that asks several things waits for it once."""
_FAULTS = (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError, LookupError)
"""What a call can raise; the last two when the server answers something else than vectors."""
_REMEMBERED = 64
"""Questions whose vectors are kept: a turn searches for one several times, in every index."""
_TITLE_SHARE = 4
"""A window leaves a quarter of the longest text for the title that stands before it."""


@asynccontextmanager
async def open_server_embedder(settings: Settings) -> AsyncIterator[ServerEmbedder]:
    """Open the embedding that the settings name, with an HTTP client of its own: one can't be shared by event loops.

    Raises:
        SettingsError: There is neither a key nor an address.
    """
    address, key = settings.embedding_server
    if not address and not key:
        raise SettingsError(
            "STYLEGRAPH_EMBEDDING_MODEL is set, but neither a key nor a server.",
            "Set OPENAI_API_KEY, STYLEGRAPH_EMBEDDING_API_KEY or STYLEGRAPH_EMBEDDING_BASE_URL.",
        )
    opened = await asyncio.to_thread(httpx2.AsyncClient, timeout=settings.embedding_patience, follow_redirects=True)
    async with opened as http:
        client = AsyncOpenAI(
            api_key=key.get_secret_value() if key else "none",
            base_url=address or None,
            max_retries=0,  # retried here, within the time that a question has
            http_client=http,
        )
        embedder = ServerEmbedder(client, settings)
        try:
            yield embedder
        finally:
            embedder.forget()


class ServerEmbedder:
    """An embedding on a server. Its dimension is what is set, else that of the first answer.

    Args:
        client: The client, which retries nothing itself.
        settings: Name the model and the limits.
    """

    def __init__(self, client: AsyncOpenAI, settings: Settings) -> None:
        self.tokens = 0
        """Tokens that the server has counted."""
        self.problem: EmbeddingError | None = None
        """Why the vectors that were last asked for did not come; None if they did."""
        self._client = client
        self._model = settings.embedding_model or ""
        self._settings = settings
        self._dimension = settings.embedding_dimensions or 0
        self._format: Literal["base64", "float"] = "base64"
        self._free = asyncio.Semaphore(settings.embedding_requests)
        self._asked: OrderedDict[tuple[str, ...], asyncio.Task[Vectors]] = OrderedDict()
        self._rest_until = 0.0

    @property
    def name(self) -> str:
        """The embedding's name, written into every index made with it: the model's, and what documents begin with."""
        prefix = self._settings.embedding_document_prefix
        return f"{self._model} after {prefix!r}" if prefix else self._model

    @property
    def dimension(self) -> int:
        """Length of a vector; 0 while the server has not told it yet."""
        return self._dimension

    @property
    def window(self) -> int:
        """Characters of a passage that one vector stands for well."""
        longest = self._settings.embedding_max_chars
        return longest - longest // _TITLE_SHARE

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit-length row a text: shape (len(texts), dimension), float32; a blank text gives zeros.

        Raises:
            EmbeddingError: The server did not answer, or not with vectors that can be used.
        """
        prefix = self._settings.embedding_document_prefix
        return await self._noted(self._embedded(texts, prefix, self._settings.embedding_patience))

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Do the same for the wordings of a question: in time or not at all, and once for all who ask the same.

        Raises:
            EmbeddingError: The server did not answer in time, or has just failed.
        """
        if self.problem is not None and time.monotonic() < self._rest_until:
            raise EmbeddingError(self.problem.message, self.problem.remedy)
        return await self._noted(asyncio.shield(self._remembered(tuple(texts))))

    def forget(self) -> None:
        """Return up what is under way, and what is remembered of questions."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()

    async def _noted(self, asked: Awaitable[Vectors]) -> Vectors:
        try:
            vectors = await asked
        except EmbeddingError as error:
            self.problem, self._rest_until = error, time.monotonic() + _REST_SECONDS
            raise
        self.problem = None
        return vectors

    def _remembered(self, texts: tuple[str, ...]) -> asyncio.Task[Vectors]:
        known = self._asked.get(texts)
        if known is None or (known.done() and (known.cancelled() or known.exception() is not None)):
            self._asked[texts] = asyncio.create_task(self._in_time(texts))
            self._asked[texts].add_done_callback(_looked_at)
        self._asked.move_to_end(texts)
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return self._asked[texts]

    async def _in_time(self, texts: Sequence[str]) -> Vectors:
        try:
            async with asyncio.timeout(self._settings.embedding_timeout):
                prefix = self._settings.embedding_query_prefix
                return await self._embedded(texts, prefix, self._settings.embedding_timeout)
        except TimeoutError:
            raise too_slow() from None

    async def _embedded(self, texts: Sequence[str], prefix: str, seconds: float) -> Vectors:
        clean = [usable(text, self._settings.embedding_max_chars) for text in texts]
        rows = [row for row, text in enumerate(clean) if text]
        if not rows and not self._dimension:
            await self._tried(["1"], seconds)
        parts = batches([prefix + clean[row] for row in rows], self._settings.embedding_batch, _REQUEST_CHARS)
        found = await self._together(list(parts), seconds)
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        if rows:
            vectors[rows] = np.concatenate(found)
        return vectors

    async def _together(self, parts: Sequence[list[str]], seconds: float) -> list[Vectors]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._tried(part, seconds)) for part in parts]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _tried(self, texts: list[str], seconds: float) -> Vectors:
        """Ask until it works, the failure is no passing one, or the tries or the time are used up."""
        async with self._free:
            try:
                retries = Retries(self._settings.embedding_retries, seconds, _FIRST_PAUSE)
                return await retries.call(lambda: self._in_some_format(texts, seconds), _passes)
            except TimeoutError:
                raise too_slow() from None

    async def _in_some_format(self, texts: list[str], seconds: float) -> Vectors:
        try:
            return await self._requested(texts, seconds)
        except FormatError:
            if self._format == "float":
                raise
            self._format = "float"
        return await self._requested(texts, seconds)

    async def _requested(self, texts: list[str], seconds: float) -> Vectors:
        try:
            answer = await self._client.embeddings.create(
                input=texts,
                model=self._model,
                dimensions=self._settings.embedding_dimensions or Omit(),
                encoding_format=self._format,
                timeout=seconds,
            )
            vectors = _rows(answer, len(texts))
        except _FAULTS as error:
            raise explained(error) from None
        self.tokens += getattr(getattr(answer, "usage", None), "prompt_tokens", 0)
        self._check(vectors.shape[1])
        return vectors

    def _check(self, dimension: int) -> None:
        """Learn the dimension from the first answer, and hold all others to it."""
        self._dimension = self._dimension or dimension
        if dimension != self._dimension:
            raise EmbeddingError(
                f"The embedding server gave vectors of {dimension} numbers instead of {self._dimension}.",
                "Set STYLEGRAPH_EMBEDDING_DIMENSIONS to a length that the model has, or leave it unset.",
            )


def _passes(error: BaseException) -> Passing | None:
    return Passing(error.pause) if isinstance(error, PassingError) else None


def _looked_at(task: asyncio.Task[Vectors]) -> None:
    """Look at how a task ended, so that asyncio does not log a failure that nobody waited for."""
    if not task.cancelled():
        task.exception()


def _rows(answer: CreateEmbeddingResponse, count: int) -> Vectors:
    """Read an answer: one unit-length row a text, in the order that the texts were sent in.

    Raises:
        ValueError: It holds no vector for each text, or vectors that are none.
    """
    found = sorted(getattr(answer, "data", None) or (), key=lambda one: one.index)  # a web page comes as a str
    if len(found) != count:
        raise ValueError(f"{len(found)} vectors for {count} texts")
    vectors: Vectors = np.stack([_numbers(one.embedding) for one in found])
    if vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise ValueError("no vectors")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _numbers(given: str | Sequence[float]) -> Vectors:
    if isinstance(given, str):
        return np.frombuffer(base64.b64decode(given, validate=True), dtype="<f4").astype(np.float32)
    return np.asarray(given, dtype=np.float32)
