"""The server: who may use it, how much, and where it keeps what."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from stylegraph.agent.settings.names import Names


class ServerSettings(BaseModel):
    """The server: who may use it, how much, and where it keeps what."""

    server_keys: dict[str, SecretStr] = Field(
        default={},
        description="Who may use the server: user -> key, or `sha256:` and its hash, as JSON; `stylegraph serve --new-key USER` "
        "makes one.",
    )
    server_groups: dict[str, list[str]] = Field(
        default={},
        description='Group -> its users, as JSON: {"staff": ["kim"]}. They read what is indexed for the group.',
    )
    server_oidc_issuer: str | None = Field(
        default=None,
        description="Who else may use the server: whoever has a token (JWT) of this OpenID Connect issuer.",
    )
    server_oidc_audience: str | None = Field(
        default=None, description="The audience that such a token must be made for."
    )
    server_oidc_jwks: str | None = Field(default=None, description="Address of that issuer's keys (its `jwks_uri`).")
    server_oidc_groups: str = Field(
        default="groups", description="The claim of such a token that lists the user's groups."
    )
    server_origins: Names = Field(
        default=[],
        description="Other sites whose pages may call the server (CORS): https://smith.langchain.com for Studio.",
    )
    server_requests: int = Field(default=240, ge=1, description="Requests that one user may make in a minute.")
    server_runs: int = Field(default=4, ge=1, description="Questions of one user that are worked on at once.")
    server_crons: int = Field(
        default=0,
        ge=0,
        description="Questions to be asked at set times that one user may have (LangGraph's crons); 0: none.",
    )
    server_body_max_bytes: int = Field(default=25_000_000, ge=1_000, description="Largest request, pictures included.")
    server_shared: Literal["off", "users", "anyone"] = Field(
        default="users",
        description="Who may read a conversation by the link that its owner has made: nobody (there are no links then), whoever "
        "may use the server, or anyone, without a key.",
    )
    server_usage_days: int = Field(
        default=400,
        ge=1,
        description="Days for which it is kept what turns cost and how they ended, summed up by day and user.",
    )
    server_tokens: int = Field(
        default=0, ge=0, description="Model tokens that one user may spend in a day (UTC); 0: as many as they like."
    )
    server_upload_bytes: int = Field(
        default=500_000_000, ge=0, description="Room for the files that one user uploads for indexing."
    )
    server_read_seconds: float = Field(
        default=120.0, gt=0, description="Seconds that the server may read one document for; then it is given up."
    )
    server_read_bytes: int = Field(
        default=1_000_000_000, ge=100_000_000, description="Memory that reading one document may take on the server."
    )
    server_limits: str = Field(
        default="async+memory://",
        description="Where requests are counted; async+redis://HOST:PORT goes on counting when a server is started again.",
    )
    server_database: SecretStr | None = Field(
        default=None,
        description="Postgres in which several servers keep conversations, profiles and their lists: "
        "postgresql://USER:PASSWORD@HOST/NAME. Unset: files of this one.",
    )
    server_address: str = Field(
        default="", description="Where the other servers reach this one, such as http://10.0.0.5:2024."
    )
    server_log: Literal["text", "json"] = Field(
        default="text", description="How the server logs: for people, or JSON lines."
    )
    server_log_content: bool = Field(
        default=False, description="Let questions and answers into the server's log; they are left out of it otherwise."
    )

    @property
    def has_accounts(self) -> bool:
        """Whether the server knows who its users are; without that it serves this machine only."""
        return bool(self.server_keys) or self.server_oidc_issuer is not None
