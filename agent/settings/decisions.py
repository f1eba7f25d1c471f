"""Who decides in the place of the chat model, and what orders evidence."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr


class DecisionSettings(BaseModel):
    """Who decides in the place of the chat model, and what orders evidence."""

    decisions: str | None = Field(
        default=None,
        description="A decision model that routes, orders evidence and grades: openai:MODEL, or the URL of a server that answers "
        "/v1/systemone, with #MODEL behind it where it has several. Unset: the chat model, or local decisions.",
    )
    decisions_api_key: SecretStr | None = Field(
        default=None, description="Its key; unset: none, and for openai: that of the chat model's provider."
    )
    decisions_timeout: float = Field(
        default=10.0, gt=0, description="Seconds that one request to a decision model or a reranker may take."
    )
    reranker: str | None = Field(
        default=None,
        description="What orders evidence: the URL of a server that answers /rerank (Cohere's, Jina's, Infinity's, vLLM's or Text "
        "Embeddings Inference's protocol), with #MODEL behind it, or a decision model. Unset: STYLEGRAPH_DECISIONS, or nothing.",
    )
    reranker_api_key: SecretStr | None = Field(default=None, description="The key of that server.")
