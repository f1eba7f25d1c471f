"""LangChain's rerankers: cross-encoders, and what compresses documents by choosing and ordering them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.documents import BaseDocumentCompressor, Document

from stylegraph.agent.evidence import Evidence
from stylegraph.tools.reranking.scores import between_0_and_1

_PLACE = "stylegraph_place"
_SCORE = "relevance_score"
"""Where LangChain's compressors of Cohere, Jina, FlashRank and cross-encoders put it, where they do."""


class CrossEncoderReranker:
    """A `Reranker` by a cross-encoder, in a thread of its own."""

    def __init__(self, encoder: BaseCrossEncoder) -> None:
        self._encoder = encoder

    async def rerank(self, question: str, evidence: Sequence[Evidence]) -> Sequence[float]:
        """Return a score 0..1 for each piece, in their order."""
        pairs = [(question, piece_text(piece)) for piece in evidence]
        scores = await asyncio.to_thread(self._encoder.score, pairs)
        return between_0_and_1([float(score) for score in scores])


class CompressorReranker:
    """A `Reranker` by a document compressor: what it leaves out comes last, with a score of 0."""

    def __init__(self, compressor: BaseDocumentCompressor) -> None:
        self._compressor = compressor

    async def rerank(self, question: str, evidence: Sequence[Evidence]) -> Sequence[float]:
        """Return a score 0..1 for each piece, in their order: what the compressor says, else by the place that it gives."""
        documents = [
            Document(page_content=piece_text(piece), metadata={_PLACE: place}) for place, piece in enumerate(evidence)
        ]
        kept = await self._compressor.acompress_documents(documents, question)
        scored = [float(one.metadata[_SCORE]) for one in kept if _SCORE in one.metadata]
        told = between_0_and_1(scored) if len(scored) == len(kept) else [1 - at / len(kept) for at in range(len(kept))]
        scores = [0.0] * len(evidence)
        for one, score in zip(kept, told, strict=True):
            scores[one.metadata[_PLACE]] = score
        return scores


def piece_text(piece: Evidence) -> str:
    """Return what a reranker reads of a piece: its title and its text."""
    return f"{piece['title']}\n{piece['text']}".strip()
