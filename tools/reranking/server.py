"""A reranker on a server that answers `/rerank`: Text Embeddings Inference, Infinity, vLLM, Cohere, Jina."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from pydantic import SecretStr

from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.agent.evidence import Evidence
from stylegraph.tools.decisions.posting import posted
from stylegraph.tools.reranking.langchain import piece_text
from stylegraph.tools.reranking.scores import between_0_and_1

_LONGEST = 8_000
"""Characters of a passage: what is longer than a model's window is cut there anyway."""
_NOT_SO = ("400", "422")
"""What a server answers to the form of another."""


class ServerReranker:
    """A `Reranker` by a server.

    Cohere, Jina, Infinity and vLLM take `documents` and give `relevance_score`; Text Embeddings Inference takes `texts` and
    gives `score`. The first form is tried first, and what the server takes is remembered.

    Args:
        url: The address that is asked.
        model: The model's name; empty where a server has one alone.
        client: The HTTP client.
        api_key: Sent as a bearer token.
        retries: Retries of a request on 429, 5xx and lost connections.
    """

    def __init__(
        self, url: str, model: str, client: httpx.AsyncClient, api_key: SecretStr | None = None, retries: int = 2
    ) -> None:
        self._url = url
        self._model = model
        self._client = client
        self._key = api_key
        self._retries = retries
        self._takes_texts = False

    async def rerank(self, question: str, evidence: Sequence[Evidence]) -> Sequence[float]:
        """Return a score 0..1 for each piece, in their order.

        Raises:
            DecisionError: The server gave none.
        """
        texts = [piece_text(piece)[:_LONGEST] for piece in evidence]
        try:
            answer = await self._asked(question, texts)
        except DecisionError as error:
            if self._takes_texts or error.why != "status" or error.detail not in _NOT_SO:
                raise
            self._takes_texts = True
            answer = await self._asked(question, texts)
        return _scores(answer, len(evidence))

    def _body(self, question: str, texts: Sequence[str]) -> dict[str, Any]:
        if self._takes_texts:
            return {"query": question, "texts": [*texts], "raw_scores": False, "truncate": True}
        body = {"query": question, "documents": [*texts], "top_n": len(texts), "return_documents": False}
        return {"model": self._model, **body} if self._model else body

    async def _asked(self, question: str, texts: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
        return await posted(self._client, self._url, self._body(question, texts), self._key, self._retries)


def _scores(answer: Any, count: int) -> list[float]:  # noqa: ANN401 - any JSON
    """Read an answer of either form; what is not in it, such as what a server leaves out as irrelevant, has 0.

    Raises:
        DecisionError: It is of neither form.
    """
    try:
        results = answer["results"] if isinstance(answer, Mapping) else answer
        places = [int(one["index"]) for one in results]
        told = [float(one["relevance_score"] if "relevance_score" in one else one["score"]) for one in results]
        scores = [0.0] * count
        for place, score in zip(places, between_0_and_1(told), strict=True):
            scores[range(count)[place]] = score
    except (KeyError, TypeError, ValueError, IndexError):
        raise DecisionError("malformed") from None
    return scores
