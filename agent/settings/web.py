"""Web search."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr

from stylegraph.agent.settings.names import Names


class WebSettings(BaseModel):
    """Web search."""

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

    @property
    def has_web(self) -> bool:
        """Whether web search is set up."""
        return self.web_provider == "ddgs" or self.tavily_api_key is not None or self.tavily_base_url is not None
