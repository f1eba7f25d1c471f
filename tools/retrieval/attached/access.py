"""The way to the cluster of an attached index: whose credentials go there."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pydantic import SecretStr

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.settings import Settings

_PORTS = {"http": 80, "https": 443}


def settings_for(settings: Settings, url: str, api_key_env: str) -> Settings:
    """Return the settings that reach a cluster.

    The credentials that are set are those of the cluster that is set, and go to no other; where none is set, they are
    those of the attached one.

    Args:
        settings: The settings.
        url: The cluster's address.
        api_key_env: The environment variable that holds its API key; empty: the credentials are those of the settings.

    Raises:
        IndexStoreError: The variable is not set.
    """
    nobody = {"elasticsearch_api_key": None, "elasticsearch_user": None, "elasticsearch_password": None}
    there = {"elasticsearch_url": url}
    if api_key_env:
        return settings.model_copy(update={**there, **nobody, "elasticsearch_api_key": _secret(api_key_env, url)})
    if is_own(settings, url):
        return settings.model_copy(update=there)
    return settings.model_copy(update={**there, **nobody, "elasticsearch_fingerprint": None})


def is_own(settings: Settings, url: str) -> bool:
    """Check whether the credentials of the settings are for this cluster."""
    own = [one.strip() for one in (settings.elasticsearch_url or "").split(",") if one.strip()]
    return not own or _place(url) in map(_place, own)


def has_credentials(settings: Settings) -> bool:
    """Check whether any credentials are set."""
    return settings.elasticsearch_api_key is not None or settings.elasticsearch_user is not None


def _secret(variable: str, url: str) -> SecretStr:
    secret = os.environ.get(variable, "")
    if not secret.strip() or not secret.isascii() or "\n" in secret:
        what = "not set" if not secret.strip() else "not one line of ASCII"
        where = urlsplit(url).netloc
        raise IndexStoreError(f"{variable}, which holds the API key of {where}, is {what}.", "Set it to that API key.")
    return SecretStr(secret)


def _place(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").casefold(), parts.port or _PORTS.get(parts.scheme)
