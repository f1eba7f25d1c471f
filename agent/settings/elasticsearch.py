"""Elasticsearch for the knowledge indexes."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr


class ElasticsearchSettings(BaseModel):
    """Elasticsearch for the knowledge indexes."""

    elasticsearch_url: str | None = Field(
        default=None,
        description="Elasticsearch for the knowledge indexes instead of files: one URL, or several of one cluster, "
        "separated by commas.",
    )
    elasticsearch_api_key: SecretStr | None = Field(default=None, description="API key for Elasticsearch, encoded.")
    elasticsearch_user: str | None = Field(
        default=None, description="User of Elasticsearch, where there is no API key."
    )
    elasticsearch_password: SecretStr | None = Field(default=None, description="Password of that user.")
    elasticsearch_ca: Path | None = Field(
        default=None, description="Certificate authority (PEM) of Elasticsearch; unset: those that the system trusts."
    )
    elasticsearch_fingerprint: str | None = Field(
        default=None,
        description="SHA-256 fingerprint of Elasticsearch's certificate, checked instead of its authority.",
    )
    elasticsearch_prefix: str = Field(
        default="stylegraph",
        pattern=r"^[a-z][a-z0-9.-]{0,49}$",
        description="What the names of the indexes in Elasticsearch begin with; another one makes another library.",
    )
    elasticsearch_timeout: float = Field(
        default=10.0, gt=0, description="Seconds that one search in Elasticsearch may take."
    )
    elasticsearch_patience: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that indexing waits for an Elasticsearch that is busy or being rebuilt.",
    )
    elasticsearch_retries: int = Field(
        default=2, ge=0, le=10, description="Retries of a search on 429, 502 to 504 and lost connections."
    )
    elasticsearch_connections: int = Field(
        default=10, ge=1, le=100, description="Connections to each node of Elasticsearch."
    )
    elasticsearch_candidates: int = Field(
        default=50,
        ge=10,
        le=1000,
        description="Chunks that each leg puts forward in Elasticsearch; both legs score all of them.",
    )
    elasticsearch_num_candidates: int = Field(
        default=200,
        ge=10,
        le=10_000,
        description="Vectors that each shard of Elasticsearch looks at for the dense leg.",
    )
    elasticsearch_shards: int = Field(
        default=1, ge=1, le=1024, description="Primary shards of a new index in Elasticsearch."
    )

    @property
    def has_elasticsearch(self) -> bool:
        """Whether the knowledge indexes are in Elasticsearch."""
        return bool(self.elasticsearch_url)
