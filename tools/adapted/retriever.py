"""A LangChain retriever as a source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from stylegraph.agent.evidence import Evidence, Gathered, SourceTask
from stylegraph.agent.state import merge_evidence
from stylegraph.tools.adapted.documents import as_evidence


@dataclass(frozen=True)
class AdaptedRetriever:
    """An `EvidenceSource` over a retriever."""

    retriever: BaseRetriever
    name: str
    description: str
    examples: Sequence[str] = ()

    @property
    def node(self) -> str:
        """The node's verb in the graph."""
        return f"search_{self.name}"

    async def gather(self, state: SourceTask) -> Gathered:
        """Ask the retriever each query; the best `k` documents of all count."""
        found = await asyncio.gather(*(self.retriever.ainvoke(query) for query in dict.fromkeys(state["queries"])))
        evidence: list[Evidence] = []
        for documents in found:
            evidence = merge_evidence(evidence, self._ranked(documents))
        return Gathered(evidence=evidence[: state["k"]])

    def _ranked(self, documents: Sequence[Document]) -> list[Evidence]:
        """Return documents with a score by their rank, unless the retriever has given them one."""
        return [
            as_evidence(self.name, document, 1 - rank / (len(documents) + 1)) for rank, document in enumerate(documents)
        ]
