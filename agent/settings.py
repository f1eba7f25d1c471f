"""Every setting, once: read from the environment and from `.env`, prefix `STYLEGRAPH_`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SettingsSourceError

from stylegraph.agent.budget import Budget
from stylegraph.agent.errors import SettingsError
from stylegraph.agent.regular_files import require_regular
from stylegraph.agent.state import Effort

_PREFIX = "STYLEGRAPH_"
_NO_SETTINGS = ("STYLEGRAPH_DEBUG", "STYLEGRAPH_SHARED", "STYLEGRAPH_TEST_")
"""What variables that are none of the settings begin with: of the command line, and of the tests."""


class Price(BaseModel):
    """What a chat model costs, in dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(
        default=None, ge=0, description="What was sent before and is still known; unset: as input."
    )

    @property
    def cached_input(self) -> float:
        """What tokens cost that the provider still knows."""
        return self.input if self.cached is None else self.cached


_ENV_FILE = Path(".env")
_ALIASES = ("STYLEGRAPH_OPENAI_API_KEY", "OPENAI_API_KEY", "STYLEGRAPH_TAVILY_API_KEY", "TAVILY_API_KEY")


def _names(given: object) -> object:
    """Read a list as people write it, separated by commas, or as JSON."""
    if not isinstance(given, str):
        return given
    if given.lstrip().startswith("["):
        try:
            return json.loads(given)
        except ValueError:
            raise ValueError('it is no list; write it plainly, such as a,b, or as JSON: ["a", "b"]') from None
    return [name for part in given.split(",") if (name := part.strip())]


Names = Annotated[list[str], NoDecode, BeforeValidator(_names)]
"""Several names, separated by commas."""


class Settings(BaseSettings):
    """What can be set. Each field is an environment variable: `home` is `STYLEGRAPH_HOME`.

    Raises:
        SettingsError: A keyword, or a variable in the environment or in `.env`, is the name of no setting.
        ValidationError: A value can't be used; see `load_settings`.

    Example:
        >>> Settings(_env_file=None, effort="quick").effort
        'quick'
    """

    model_config = SettingsConfigDict(
        env_prefix="STYLEGRAPH_",
        env_file=_ENV_FILE,
        env_file_encoding="utf-8-sig",  # editors on Windows write a mark before the first line
        env_ignore_empty=True,  # compose files hand on what nobody has set as an empty variable
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(default=Path(".stylegraph"), description="Folder for indexes, threads and the profile.")
    sources: Names = Field(default=[], description="Installed packs whose sources are asked as well: orders,calendar.")
    packs: Names = Field(default=[], description="Installed packs that are opened as well: boardgames.")
    samples: bool = Field(default=True, description="Index the sample knowledge when there is no index yet.")
    catalogue: Path | None = Field(
        default=None,
        description="Catalogue (CSV, JSONL or parquet), in the place of imported ones; unset: what was imported, "
        "else the sample catalogue.",
    )
    catalogue_currency: str | None = Field(
        default=None,
        pattern="^[A-Z]{3}$",
        description="What prices in STYLEGRAPH_CATALOGUE are in (ISO 4217, such as USD), where nothing in the file says it; unset: "
        "won. For imported ones: stylegraph catalogue import --currency.",
    )
    exchange_rates: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default={},
        description='What one unit of a currency is in won, as JSON: {"USD": 1400}. Amounts in another currency than the '
        "catalogue's are compared with its prices at these rates only; without one, the reply says that it can't.",
    )
    profile: bool = Field(
        default=True,
        description="Learn what a person says they like, and let it count; false: nothing is learned or used.",
    )
    effort: Effort = Field(default="standard", description="How hard a turn tries: quick, standard or thorough.")

    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("STYLEGRAPH_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of the chat model's provider; also read from OPENAI_API_KEY.",
    )
    base_url: str | None = Field(default=None, description="An OpenAI-compatible server instead of OpenAI's own.")
    model: str = Field(
        default="gpt-6-luna",
        description="The chat model that acts and grades, when there is a key or a base URL: a name of OpenAI's or of the "
        'server, or "PROVIDER:NAME" as LangChain writes it, such as "anthropic:claude-sonnet-5" (its extra, and its key).',
    )
    grader_model: str | None = Field(
        default=None, description="The chat model that grades answers; unset: STYLEGRAPH_MODEL."
    )
    reasoning_effort: str = Field(
        default="none",
        description="How long a model that thinks does so before it answers, where it can be told: none, low, medium, high; "
        "empty: its own default.",
    )
    responses_api: bool | None = Field(
        default=None,
        description="Speak OpenAI's Responses API: true or false; unset: where what is asked for needs it.",
    )
    reasoning_tokens: int = Field(
        default=4_000, ge=0, description="Room for what a model thinks unseen, beside STYLEGRAPH_MODEL_MAX_TOKENS."
    )
    general_knowledge: bool = Field(
        default=True,
        description="Let a chat model add what it knows itself where the sources are silent, marked as such.",
    )
    persona: str = Field(
        default="You are stylegraph, a helpful assistant.",
        description="Who the assistant is, to the chat model: one sentence or more.",
    )
    rules: str = Field(
        default="", description="Rules of your own for the chat model: how it speaks, what it adds or leaves out."
    )
    declines: str = Field(
        default="what would harm people", description="What the assistant does not do, to the chat model: a phrase."
    )
    prompts: Path | None = Field(
        default=None,
        description="Folder with prompts of your own: agent.md, grade.md in the place of those that are shipped.",
    )
    today: date | None = Field(
        default=None, description="The date that a chat model is told, such as 2026-12-01; unset: today's."
    )
    time_zone: str = Field(
        default="", description="The time zone of that date, such as Asia/Seoul; unset: this machine's."
    )
    context_tokens: int = Field(
        default=2_000,
        ge=200,
        description="Tokens of the conversation that a chat model reads as it stands; older parts in short.",
    )
    vision_model: str | None = Field(
        default=None, description="The chat model that looks at pictures; unset: the same as STYLEGRAPH_MODEL."
    )
    model_prices: dict[str, Price] = Field(
        default={},
        description="What models cost in dollars for a million tokens, as JSON, in the place of the list that is shipped: "
        '{"gpt-6-luna": {"input": 1, "cached": 0.1, "output": 6}}.',
    )
    model_max_tokens: int = Field(default=2_000, ge=16, description="Longest answer of one model call, in tokens.")
    model_timeout: float = Field(default=30.0, gt=0, description="Seconds that one model call may take.")
    model_retries: int = Field(
        default=2, ge=0, le=10, description="Retries of a model call on 429, 5xx and lost connections."
    )

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

    tavily_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("STYLEGRAPH_TAVILY_API_KEY", "TAVILY_API_KEY"),
        description="Key for web search by Tavily; also read from TAVILY_API_KEY.",
    )
    tavily_base_url: str | None = Field(
        default=None, description="A server that speaks Tavily's protocol instead of its own."
    )
    web_provider: Literal["tavily", "ddgs"] = Field(
        default="tavily",
        description="Who searches the web: tavily (a key or a base URL), or ddgs (none, `stylegraph[ddgs]`).",
    )
    web_search_depth: Literal["basic", "advanced"] = Field(default="basic", description="How deep Tavily searches.")
    web_include_domains: Names = Field(default=[], description="Search only these domains: vogue.co.kr,elle.co.kr.")
    web_exclude_domains: Names = Field(default=[], description="Never search these domains.")
    web_timeout: float = Field(default=10.0, gt=0, description="Seconds that one web search may take.")

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

    thread_states: int = Field(
        default=20,
        ge=0,
        description="States of a conversation that are kept to go back to, one a turn; its messages all stay. 0: every state.",
    )
    thread_busy: Literal["queue", "refuse"] = Field(
        default="queue", description="What becomes of a question to a conversation in which another is being answered."
    )

    question_max_chars: int = Field(default=20_000, ge=1, description="Longest question, in characters.")
    evidence_k: int = Field(default=6, ge=1, le=50, description="Pieces of evidence asked of each source.")
    prefetch: bool = Field(
        default=True,
        description="Look up what a question plainly asks for before a chat model is asked: it saves a call.",
    )
    source_timeout: float = Field(default=20.0, gt=0, description="Seconds that a source may take.")
    budget_model_calls: int = Field(default=12, ge=0, description="Model calls in one turn.")
    budget_tokens: int = Field(default=40_000, ge=0, description="Model tokens in one turn, in and out.")
    budget_dollars: float = Field(
        default=1.0,
        gt=0,
        description="Dollars that the model calls of one turn may cost, where the model's price is known.",
    )
    budget_web_searches: int = Field(default=4, ge=0, description="Web searches in one turn.")
    budget_seconds: float = Field(default=60.0, gt=0, description="Seconds for one turn.")
    budget_revisions: int = Field(default=2, ge=0, le=3, description="Revisions in one turn.")

    chunk_size: int = Field(default=800, ge=50, le=20_000, description="Longest chunk, in characters.")
    chunk_overlap: int = Field(default=100, ge=0, description="Characters that neighbouring chunks share.")
    document_max_bytes: int = Field(default=50_000_000, ge=1, description="Largest file or page that is indexed.")
    ocr: bool = Field(
        default=False,
        description="Read scanned pages of PDFs by Tesseract, which has to be installed; 2 seconds a page.",
    )
    fetch_timeout: float = Field(default=20.0, gt=0, description="Seconds for fetching one URL, redirects included.")
    fetch_max_bytes: int = Field(default=10_000_000, ge=1, description="Largest response that is read from a URL.")
    fetch_allow_hosts: Names = Field(
        default=[], description="Hosts that may be fetched although their address is private: wiki.local,docs.local."
    )

    picture_max_bytes: int = Field(default=20_000_000, ge=1, description="Largest picture file that is opened.")
    picture_max_pixels: int = Field(
        default=50_000_000, ge=256, description="Largest picture that is unpacked, in pixels."
    )
    picture_keep_days: float = Field(
        default=30.0, gt=0, description="Days that a picture is kept after it was last used."
    )
    picture_keep_bytes: int = Field(
        default=500_000_000, ge=0, description="Room for kept pictures; the oldest go first."
    )

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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Refuse names that no setting has, before any is read: a typo would be a default without a word."""
        for name in getattr(init_settings, "init_kwargs", {}):
            if name not in cls.model_fields and name.upper() not in variables():
                raise unknown_name("setting", name, cls.model_fields)
        for source in (env_settings, dotenv_settings):
            cls._check_variables(getattr(source, "env_vars", {}))
        return init_settings, env_settings, dotenv_settings, file_secret_settings

    @classmethod
    def _check_variables(cls, names: Iterable[str]) -> None:
        for name in strange_variables(names):
            raise unknown_name("setting", name, variables())

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


class GivenSettings(Settings):
    """Settings as they are given, strange names and all: `doctor` tells of those beside everything else."""

    @classmethod
    def _check_variables(cls, names: Iterable[str]) -> None:
        """Refuse none."""


def variables() -> set[str]:
    """Return the variables that set something."""
    return {variable for name in Settings.model_fields for variable in variables_of(name)}


def variables_of(setting: str) -> Iterator[str]:
    """Return the variables that set one setting."""
    alias = Settings.model_fields[setting].validation_alias
    if isinstance(alias, AliasChoices):
        yield from (str(choice) for choice in alias.choices)
    else:
        yield f"{_PREFIX}{setting.upper()}"


def strange_variables(names: Iterable[str]) -> list[str]:
    """Return the variables that look as if they set something, and set nothing."""
    ours = sorted(name.upper() for name in names if name.upper().startswith(_PREFIX))
    return [name for name in ours if name not in variables() and not name.startswith(_NO_SETTINGS)]


def unknown_name(kind: str, name: str, known: Iterable[str]) -> SettingsError:
    """Return the error for a name that there is not, with the nearest one that there is.

    Args:
        kind: What it was taken for: `setting`, `keyword`.
        name: The name.
        known: The right names.
    """
    right = sorted(known)
    near = difflib.get_close_matches(name, right, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(right)}."
    return SettingsError(f"There is no {kind} {name}.", remedy)


def load_settings(kind: type[Settings] = Settings, /, **overrides: Any) -> Settings:  # noqa: ANN401 - pydantic checks them
    """Read the settings.

    Args:
        kind: The class that reads them.
        overrides: Settings that win over the environment.

    Raises:
        SettingsError: A value can't be used, or a name is none of a setting; says which and why.
    """
    try:
        if "_env_file" not in overrides:
            _check_env_file(_ENV_FILE)
        return kind(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        raise _unusable("_".join(str(part) for part in first["loc"]), first["msg"]) from None
    except SettingsSourceError as error:
        field = next(iter(re.findall(r'"(\w+)"', str(error))), "")
        raise _unusable(field, "it is not valid JSON") from None


def _unusable(name: str, why: str) -> SettingsError:
    variable = name.upper() if name.upper() in _ALIASES else f"STYLEGRAPH_{name}".upper()
    return SettingsError(f"{variable} can't be used: {why}.", "Correct it in the environment or in .env.")


def _check_env_file(path: Path) -> None:
    """Read a file of settings once, so that what is wrong with it is said plainly.

    Raises:
        SettingsError: It is no file, or not UTF-8.
    """
    if not path.exists() or path.is_dir():
        return
    try:
        require_regular(path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.", "Make it a file that you may read.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    if "\0" in text:
        raise SettingsError(f"{path} is no text, or not UTF-8.", "Save it as UTF-8.")
