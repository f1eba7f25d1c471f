"""Every setting, once: read from the environment and from `.env`, prefix `STYLEGRAPH_`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pydantic import AliasChoices
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings.catalogue import CatalogueSettings
from stylegraph.agent.settings.decisions import DecisionSettings
from stylegraph.agent.settings.documents import DocumentSettings
from stylegraph.agent.settings.elasticsearch import ElasticsearchSettings
from stylegraph.agent.settings.embedding import EmbeddingSettings
from stylegraph.agent.settings.general import GeneralSettings
from stylegraph.agent.settings.models import ModelSettings
from stylegraph.agent.settings.pictures import PictureSettings
from stylegraph.agent.settings.server import ServerSettings
from stylegraph.agent.settings.turns import TurnSettings
from stylegraph.agent.settings.web import WebSettings

PREFIX = "STYLEGRAPH_"
ENV_FILE = Path(".env")
_NO_SETTINGS = ("STYLEGRAPH_DEBUG", "STYLEGRAPH_SHARED", "STYLEGRAPH_TEST_")
"""What variables that are none of the settings begin with: of the command line, and of the tests."""
SECTIONS = (
    GeneralSettings,
    CatalogueSettings,
    ModelSettings,
    DecisionSettings,
    EmbeddingSettings,
    WebSettings,
    ElasticsearchSettings,
    TurnSettings,
    DocumentSettings,
    PictureSettings,
    ServerSettings,
)


class Settings(
    ServerSettings,
    PictureSettings,
    DocumentSettings,
    TurnSettings,
    ElasticsearchSettings,
    WebSettings,
    EmbeddingSettings,
    DecisionSettings,
    ModelSettings,
    CatalogueSettings,
    GeneralSettings,
    BaseSettings,
):
    """What can be set. Each field is an environment variable: `home` is `STYLEGRAPH_HOME`.

    Raises:
        SettingsError: A keyword, or a variable in the environment or in `.env`, is the name of no setting.
        ValidationError: A value can't be used; see `load_settings`.

    Example:
        >>> Settings(_env_file=None, effort="quick").effort
        'quick'
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",  # editors on Windows write a mark before the first line
        env_ignore_empty=True,  # compose files hand on what nobody has set as an empty variable
        extra="ignore",
        frozen=True,
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
        set_by = [source for source in (env_settings, dotenv_settings) if cls._checked(source)]
        return init_settings, *set_by, file_secret_settings

    @classmethod
    def _checked(cls, source: PydanticBaseSettingsSource) -> bool:
        """Check a source's names, and whether it sets anything: pydantic looks long for each setting where nothing is."""
        names = getattr(source, "env_vars", {})
        cls._check_variables(names)
        return any(name.upper() in variables() for name in names)

    @classmethod
    def _check_variables(cls, names: Iterable[str]) -> None:
        for name in strange_variables(names):
            raise unknown_name("setting", name, variables())


class GivenSettings(Settings):
    """Settings as they are given, strange names and all: `doctor` tells of those beside everything else."""

    @classmethod
    def _check_variables(cls, names: Iterable[str]) -> None:
        """Refuse none."""


@cache
def variables() -> frozenset[str]:
    """Return the variables that set something."""
    return frozenset(variable for name in Settings.model_fields for variable in variables_of(name))


def variables_of(setting: str) -> Iterator[str]:
    """Return the variables that set one setting."""
    alias = Settings.model_fields[setting].validation_alias
    if isinstance(alias, AliasChoices):
        yield from (str(choice) for choice in alias.choices)
    else:
        yield f"{PREFIX}{setting.upper()}"


def strange_variables(names: Iterable[str]) -> list[str]:
    """Return the variables that look as if they set something, and set nothing."""
    ours = sorted(name.upper() for name in names if name.upper().startswith(PREFIX))
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
