"""Every setting, once: read from the environment and from `.env`, prefix `STYLEGRAPH_`."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from stylegraph.agent.budget import Budget
from stylegraph.agent.errors import SettingsError
from stylegraph.agent.state import Effort


class Price(BaseModel):
    """What a chat model costs, in dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(None, ge=0, description="What was sent before and is still known; unset: as input.")

    @property
    def cached_input(self) -> float:
        """What tokens cost that the provider still knows."""
        return self.input if self.cached is None else self.cached


class Settings(BaseSettings):
    """What can be set. Each field is an environment variable: `home` is `STYLEGRAPH_HOME`."""

    model_config = SettingsConfigDict(
        env_prefix="STYLEGRAPH_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # compose files hand on what nobody has set as an empty variable
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(Path(".stylegraph"), description="Folder for indexes, threads and the profile.")
    samples: bool = Field(True, description="Index the sample knowledge when there is no index yet.")
    catalogue: Path | None = Field(
        None,
        description="Fashion catalogue (CSV, JSONL or parquet), in the place of imported ones; unset: what was imported, "
        "else the sample catalogue.",
    )
    catalogue_currency: str | None = Field(
        None,
        pattern="^[A-Z]{3}$",
        description="What prices in STYLEGRAPH_CATALOGUE are in (ISO 4217, such as USD), where nothing in the file says it; unset: "
        "won. For imported ones: stylegraph catalogue import --currency.",
    )
    exchange_rates: dict[str, Annotated[float, Field(gt=0)]] = Field(
        {},
        description='What one unit of a currency is in won, as JSON: {"USD": 1400}. Wishes in another currency than the '
        "catalogue's are compared with its prices at these rates only; without one, the reply says that it can't.",
    )
    profile: bool = Field(
        True, description="Learn what a person says they like, and let it count; false: nothing is learned or used."
    )
    effort: Effort = Field("standard", description="How hard a turn tries: quick, standard or thorough.")

    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("STYLEGRAPH_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of the chat model's provider; also read from OPENAI_API_KEY.",
    )
    base_url: str | None = Field(None, description="An OpenAI-compatible server instead of OpenAI's own.")
    model: str = Field(
        "gpt-6-luna",
        description="The chat model that acts and grades, when there is a key or a base URL: a name of OpenAI's or of the "
        'server, or "PROVIDER:NAME" as LangChain writes it, such as "anthropic:claude-sonnet-5" (its extra, and its key).',
    )
    grader_model: str | None = Field(None, description="The chat model that grades answers; unset: STYLEGRAPH_MODEL.")
    reasoning_effort: str = Field(
        "none",
        description="How long a model that thinks does so before it answers, where it can be told: none, low, medium, high; "
        "empty: its own default.",
    )
    responses_api: bool | None = Field(
        None, description="Speak OpenAI's Responses API: true or false; unset: where what is asked for needs it."
    )
    reasoning_tokens: int = Field(
        4_000, ge=0, description="Room for what a model thinks unseen, beside STYLEGRAPH_MODEL_MAX_TOKENS."
    )
    general_knowledge: bool = Field(
        True, description="Let a chat model add what it knows itself where the sources are silent, marked as such."
    )
    persona: str = Field(
        "You are stylegraph, a helpful assistant.",
        description="Who the assistant is, to the chat model: one sentence or more.",
    )
    rules: str = Field(
        "", description="Rules of your own for the chat model: how it speaks, what it adds or leaves out."
    )
    declines: str = Field(
        "what would harm people", description="What the assistant does not do, to the chat model: a phrase."
    )
    prompts: Path | None = Field(
        None, description="Folder with prompts of your own: agent.md, grade.md in the place of those that are shipped."
    )
    today: date | None = Field(
        None, description="The date that a chat model is told, such as 2026-12-01; unset: today's."
    )
    time_zone: str = Field("", description="The time zone of that date, such as Asia/Seoul; unset: this machine's.")
    context_tokens: int = Field(
        2_000,
        ge=200,
        description="Tokens of the conversation that a chat model reads as it stands; older parts in short.",
    )
    vision_model: str | None = Field(
        None, description="The chat model that looks at pictures; unset: the same as STYLEGRAPH_MODEL."
    )
    model_prices: dict[str, Price] = Field(
        {},
        description="What models cost in dollars for a million tokens, as JSON, in the place of the list that is shipped: "
        '{"gpt-6-luna": {"input": 1, "cached": 0.1, "output": 6}}.',
    )
    model_max_tokens: int = Field(2_000, ge=16, description="Longest answer of one model call, in tokens.")
    model_timeout: float = Field(30.0, gt=0, description="Seconds that one model call may take.")
    model_retries: int = Field(2, ge=0, le=10, description="Retries of a model call on 429, 5xx and lost connections.")

    embedding_model: str | None = Field(
        None,
        description="An embedding for documents on an OpenAI-compatible server, such as text-embedding-3-small; unset: the "
        "one on this machine. Then: stylegraph index rebuild NAME.",
    )
    embedding_base_url: str | None = Field(
        None,
        description="Its server, where it is another one than the chat model's: STYLEGRAPH_BASE_URL, or OpenAI's own.",
    )
    embedding_api_key: SecretStr | None = Field(
        None,
        description="Its key; unset: the chat model's, unless STYLEGRAPH_EMBEDDING_BASE_URL names a server of its own.",
    )
    embedding_dimensions: int | None = Field(
        None,
        ge=8,
        le=4096,
        description="Length that the server shortens vectors to, where the model can; unset: the model's own.",
    )
    embedding_query_prefix: str = Field(
        "", description='What its model wants before a question, such as "query: " for E5; most want nothing.'
    )
    embedding_document_prefix: str = Field(
        "",
        description='What its model wants before a document, such as "passage: "; another one makes another embedding.',
    )
    embedding_max_chars: int = Field(
        2_000,
        ge=200,
        le=30_000,
        description="Longest text of one vector, in characters: less for a model that reads few tokens. A longer chunk gets "
        "several.",
    )
    embedding_batch: int = Field(32, ge=1, le=2_048, description="Texts that one request to its server holds at most.")
    embedding_requests: int = Field(4, ge=1, le=64, description="Requests to its server at once.")
    embedding_retries: int = Field(4, ge=0, le=10, description="Retries of a request on 429, 5xx and lost connections.")
    embedding_timeout: float = Field(
        5.0, gt=0, description="Seconds that a question waits for its vector; then words alone are searched for."
    )
    embedding_patience: float = Field(
        60.0, gt=0, description="Seconds that indexing waits for one request, retries included."
    )

    tavily_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("STYLEGRAPH_TAVILY_API_KEY", "TAVILY_API_KEY"),
        description="Key for web search by Tavily; also read from TAVILY_API_KEY.",
    )
    tavily_base_url: str | None = Field(None, description="A server that speaks Tavily's protocol instead of its own.")
    web_provider: Literal["tavily", "ddgs"] = Field(
        "tavily", description="Who searches the web: tavily (a key or a base URL), or ddgs (none, `stylegraph[ddgs]`)."
    )
    web_search_depth: Literal["basic", "advanced"] = Field("basic", description="How deep Tavily searches.")
    web_include_domains: list[str] = Field([], description='Search only these domains, as JSON: ["vogue.co.kr"].')
    web_exclude_domains: list[str] = Field([], description="Never search these domains, as JSON.")
    web_timeout: float = Field(10.0, gt=0, description="Seconds that one web search may take.")

    elasticsearch_url: str | None = Field(
        None,
        description="Elasticsearch for the knowledge indexes instead of files: one URL, or several of one cluster, "
        "separated by commas.",
    )
    elasticsearch_api_key: SecretStr | None = Field(None, description="API key for Elasticsearch, encoded.")
    elasticsearch_user: str | None = Field(None, description="User of Elasticsearch, where there is no API key.")
    elasticsearch_password: SecretStr | None = Field(None, description="Password of that user.")
    elasticsearch_ca: Path | None = Field(
        None, description="Certificate authority (PEM) of Elasticsearch; unset: those that the system trusts."
    )
    elasticsearch_fingerprint: str | None = Field(
        None, description="SHA-256 fingerprint of Elasticsearch's certificate, checked instead of its authority."
    )
    elasticsearch_prefix: str = Field(
        "stylegraph",
        pattern=r"^[a-z][a-z0-9.-]{0,49}$",
        description="What the names of the indexes in Elasticsearch begin with; another one makes another library.",
    )
    elasticsearch_timeout: float = Field(10.0, gt=0, description="Seconds that one search in Elasticsearch may take.")
    elasticsearch_patience: float = Field(
        60.0, gt=0, description="Seconds that indexing waits for an Elasticsearch that is busy or being rebuilt."
    )
    elasticsearch_retries: int = Field(
        2, ge=0, le=10, description="Retries of a search on 429, 502 to 504 and lost connections."
    )
    elasticsearch_connections: int = Field(10, ge=1, le=100, description="Connections to each node of Elasticsearch.")
    elasticsearch_candidates: int = Field(
        50,
        ge=10,
        le=1000,
        description="Chunks that each leg puts forward in Elasticsearch; both legs score all of them.",
    )
    elasticsearch_num_candidates: int = Field(
        200, ge=10, le=10_000, description="Vectors that each shard of Elasticsearch looks at for the dense leg."
    )
    elasticsearch_shards: int = Field(1, ge=1, le=1024, description="Primary shards of a new index in Elasticsearch.")

    question_max_chars: int = Field(20_000, ge=1, description="Longest question, in characters.")
    evidence_k: int = Field(6, ge=1, le=50, description="Pieces of evidence asked of each source.")
    source_timeout: float = Field(20.0, gt=0, description="Seconds that a source may take.")
    budget_model_calls: int = Field(12, ge=0, description="Model calls in one turn.")
    budget_tokens: int = Field(40_000, ge=0, description="Model tokens in one turn, in and out.")
    budget_dollars: float = Field(
        0.0,
        ge=0,
        description="Dollars that the model calls of one turn may cost, where the model's price is known; 0: no limit.",
    )
    budget_web_searches: int = Field(4, ge=0, description="Web searches in one turn.")
    budget_seconds: float = Field(60.0, gt=0, description="Seconds for one turn.")
    budget_revisions: int = Field(2, ge=0, le=3, description="Revisions in one turn.")

    chunk_size: int = Field(800, ge=50, le=20_000, description="Longest chunk, in characters.")
    chunk_overlap: int = Field(100, ge=0, description="Characters that neighbouring chunks share.")
    document_max_bytes: int = Field(50_000_000, ge=1, description="Largest file or page that is indexed.")
    ocr: bool = Field(
        False, description="Read scanned pages of PDFs by Tesseract, which has to be installed; 2 seconds a page."
    )
    fetch_timeout: float = Field(20.0, gt=0, description="Seconds for fetching one URL, redirects included.")
    fetch_max_bytes: int = Field(10_000_000, ge=1, description="Largest response that is read from a URL.")
    fetch_allow_hosts: list[str] = Field(
        [],
        description='Hosts that may be fetched although their address is private, as JSON: ["wiki.local"].',
    )

    picture_max_bytes: int = Field(20_000_000, ge=1, description="Largest picture file that is opened.")
    picture_max_pixels: int = Field(50_000_000, ge=256, description="Largest picture that is unpacked, in pixels.")
    picture_keep_days: float = Field(30.0, gt=0, description="Days that a picture is kept after it was last used.")
    picture_keep_bytes: int = Field(500_000_000, ge=0, description="Room for kept pictures; the oldest go first.")

    server_keys: dict[str, SecretStr] = Field(
        {},
        description="Who may use the server: user -> key, or `sha256:` and its hash, as JSON; `stylegraph serve --new-key USER` "
        "makes one.",
    )
    server_groups: dict[str, list[str]] = Field(
        {}, description='Group -> its users, as JSON: {"staff": ["kim"]}. They read what is indexed for the group.'
    )
    server_oidc_issuer: str | None = Field(
        None, description="Who else may use the server: whoever has a token (JWT) of this OpenID Connect issuer."
    )
    server_oidc_audience: str | None = Field(None, description="The audience that such a token must be made for.")
    server_oidc_jwks: str | None = Field(None, description="Address of that issuer's keys (its `jwks_uri`).")
    server_oidc_groups: str = Field("groups", description="The claim of such a token that lists the user's groups.")
    server_origins: list[str] = Field(
        [],
        description='Other sites whose pages may call the server (CORS), as JSON: ["https://smith.langchain.com"] for Studio.',
    )
    server_requests: int = Field(240, ge=1, description="Requests that one user may make in a minute.")
    server_runs: int = Field(4, ge=1, description="Questions of one user that are worked on at once.")
    server_body_max_bytes: int = Field(25_000_000, ge=1_000, description="Largest request, pictures included.")
    server_tokens: int = Field(
        0, ge=0, description="Model tokens that one user may spend in a day (UTC); 0: as many as they like."
    )
    server_upload_bytes: int = Field(
        500_000_000, ge=0, description="Room for the files that one user uploads for indexing."
    )
    server_limits: str = Field(
        "async+memory://",
        description="Where requests are counted; async+redis://HOST:PORT lets several servers count together.",
    )
    server_log: Literal["text", "json"] = Field("text", description="How the server logs: for people, or JSON lines.")
    server_log_content: bool = Field(
        False, description="Let questions and answers into the server's log; they are left out of it otherwise."
    )

    @cached_property
    def budget(self) -> Budget:
        """The budget of one turn."""
        return Budget(
            model_calls=self.budget_model_calls,
            tokens=self.budget_tokens,
            dollars=self.budget_dollars,
            web_searches=self.budget_web_searches,
            seconds=self.budget_seconds,
            revisions=self.budget_revisions,
        )

    @property
    def has_model(self) -> bool:
        """Whether a chat model acts and grades."""
        known = self.openai_api_key is not None or self.base_url is not None
        return known or provider_of(self.model, self) != "openai"

    @property
    def embedding_server(self) -> tuple[str | None, SecretStr | None]:
        """Address (None: OpenAI's own) and key of the embedding's server. Another server never gets the chat model's key."""
        if self.embedding_base_url:
            return self.embedding_base_url, self.embedding_api_key
        return self.base_url, self.embedding_api_key or self.openai_api_key

    @property
    def has_elasticsearch(self) -> bool:
        """Whether the knowledge indexes are in Elasticsearch."""
        return bool(self.elasticsearch_url)

    @property
    def has_web(self) -> bool:
        """Whether web search is set up."""
        return self.web_provider == "ddgs" or self.tavily_api_key is not None or self.tavily_base_url is not None

    @property
    def has_accounts(self) -> bool:
        """Whether the server knows who its users are; without that it serves this machine only."""
        return bool(self.server_keys) or self.server_oidc_issuer is not None

    @property
    def imported(self) -> Path:
        """The index of the imported catalogues; there once something was imported."""
        return self.home / "catalogue" / "items.sqlite"

    @property
    def catalogue_in_use(self) -> Path | None:
        """The catalogue that is recommended from: the one that is set, else the imported ones; None: the sample."""
        return self.catalogue or (self.imported if self.imported.is_file() else None)

    @property
    def indexes(self) -> Path:
        """Folder of the knowledge indexes, one file each."""
        return self.home / "indexes"

    @property
    def pictures(self) -> Path:
        """Folder of the pictures that conversations refer to."""
        return self.home / "pictures"

    @property
    def uploads(self) -> Path:
        """Folder of the files that the server's users uploaded."""
        return self.home / "uploads"

    @property
    def threads(self) -> Path:
        """The file that holds conversations."""
        return self.home / "threads.sqlite"

    @property
    def people(self) -> Path:
        """The file that holds profiles."""
        return self.home / "people.sqlite"


def provider_of(model: str, settings: Settings) -> str:
    """Return whose protocol a model speaks: that of its name's prefix, OpenAI's where there is none or a server is named.

    Names on servers of one's own may hold colons themselves (`qwen3:8b`).
    """
    provider, colon, _ = model.partition(":")
    return provider if colon and settings.base_url is None else "openai"


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Args:
        overrides: Settings that win over the environment.

    Raises:
        SettingsError: A value can't be used; says which variable and why.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        variable = "STYLEGRAPH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{variable} can't be used: {first['msg']}.", "Correct it in the environment or in .env."
        ) from None
