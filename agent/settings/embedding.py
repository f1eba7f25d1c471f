"""The embedding of documents, where it is on a server."""

from __future__ import annotations

from pydantic import Field, SecretStr

from stylegraph.agent.settings.models import ModelSettings


class EmbeddingSettings(ModelSettings):
    """The embedding of documents, where it is on a server."""

    embedding_model: str | None = Field(
        default=None,
        description="An embedding for documents on an OpenAI-compatible server, such as text-embedding-3-small; unset: the "
        "one on this machine. Then: stylegraph index rebuild NAME.",
    )
    embedding_base_url: str | None = Field(
        default=None,
        description="Its server, where it is another one than the chat model's: STYLEGRAPH_BASE_URL, or OpenAI's own.",
    )
    embedding_api_key: SecretStr | None = Field(
        default=None,
        description="Its key; unset: the chat model's, unless STYLEGRAPH_EMBEDDING_BASE_URL names a server of its own.",
    )
    embedding_dimensions: int | None = Field(
        default=None,
        ge=8,
        le=4096,
        description="Length that the server shortens vectors to, where the model can; unset: the model's own.",
    )
    embedding_query_prefix: str = Field(
        default="", description='What its model wants before a question, such as "query: " for E5; most want nothing.'
    )
    embedding_document_prefix: str = Field(
        default="",
        description='What its model wants before a document, such as "passage: "; another one makes another embedding.',
    )
    embedding_max_chars: int = Field(
        default=2_000,
        ge=200,
        le=30_000,
        description="Longest text of one vector, in characters: less for a model that reads few tokens. A longer chunk gets "
        "several.",
    )
    embedding_batch: int = Field(
        default=32, ge=1, le=2_048, description="Texts that one request to its server holds at most."
    )
    embedding_requests: int = Field(default=4, ge=1, le=64, description="Requests to its server at once.")
    embedding_retries: int = Field(
        default=4, ge=0, le=10, description="Retries of a request on 429, 5xx and lost connections."
    )
    embedding_timeout: float = Field(
        default=5.0,
        gt=0,
        description="Seconds that a question waits for its vector; then words alone are searched for.",
    )
    embedding_patience: float = Field(
        default=60.0, gt=0, description="Seconds that indexing waits for one request, retries included."
    )

    @property
    def embedding_server(self) -> tuple[str | None, SecretStr | None]:
        """Address (None: OpenAI's own) and key of the embedding's server. Another server never gets the chat model's key."""
        if self.embedding_base_url:
            return self.embedding_base_url, self.embedding_api_key
        return self.base_url, self.embedding_api_key or self.openai_api_key
